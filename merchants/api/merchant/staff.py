"""Staff of a merchant, and the invitations that it made."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.access.principal import Principal
from merchants.api.access import MerchantView
from merchants.api.merchant.fields import RoleFields, limit_of, money_or_none
from merchants.models import Role, StaffInvitation, StaffRole
from merchants.staff import invitations, roles
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.payees import PersonResponse
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once
from wallet.transfers.names import mask_phone, person


class _PlaceResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    role = serializers.CharField()
    store_id = serializers.CharField(source="store.public_id", default=None, allow_null=True)
    refund_limit = serializers.SerializerMethodField()

    def get_refund_limit(self, held: StaffRole | StaffInvitation) -> dict[str, str] | None:
        return money_or_none(held.refund_limit_minor, held.merchant.currency)


class StaffResponse(_PlaceResponse):
    person = serializers.SerializerMethodField()
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_person(self, held: StaffRole) -> dict[str, Any]:
        return dict(PersonResponse(person(held.user)).data)


class StaffPage(serializers.Serializer[Any]):
    items = StaffResponse(many=True)
    next = serializers.CharField(allow_null=True)


class InvitationRequest(RoleFields):
    phone = serializers.CharField(max_length=32)
    store_id = serializers.CharField(
        max_length=25, required=False, allow_null=True, default=None, help_text="Null: all stores"
    )


class InvitationResponse(_PlaceResponse):
    phone = serializers.SerializerMethodField(help_text="Masked")
    state = serializers.CharField()
    invited_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()

    def get_phone(self, invitation: StaffInvitation) -> str:
        return mask_phone(invitation.phone)


class InvitationPage(serializers.Serializer[Any]):
    items = InvitationResponse(many=True)
    next = serializers.CharField(allow_null=True)


def _near(principal: Principal, permission: Permission) -> Q:
    """Return what narrows rows to the stores at which the principal may do this."""
    if principal.may_everywhere(permission):
        return Q(merchant=principal.merchant)
    return Q(store__in=principal.stores(permission))


def _staff(principal: Principal, near: Q) -> QuerySet[StaffRole]:
    rows = StaffRole.objects.select_related("merchant", "store", "user__profile")
    return rows.filter(near, merchant=principal.merchant, ended_at__isnull=True)


class StaffList(MerchantView):
    needs = {"GET": Permission.STAFF_READ}

    @extend_schema(
        operation_id="list_staff", parameters=PAGE_PARAMETERS, responses={200: StaffPage}
    )
    def get(self, request: Request) -> Response:
        rows = _staff(self.principal, _near(self.principal, Permission.STAFF_READ))
        return Response(StaffPage(page(request, rows)).data)


class StaffDetail(MerchantView):
    # Everybody may leave; whose role else one may end, the use-case knows.
    needs = {"PUT": Permission.STAFF_WRITE, "DELETE": Permission.MERCHANT_READ}

    @extend_schema(
        operation_id="change_staff_role", request=RoleFields, responses={200: StaffResponse}
    )
    def put(self, request: Request, role_id: uuid.UUID) -> Response:
        near = _near(self.principal, Permission.STAFF_WRITE)
        found = get_object_or_404(_staff(self.principal, near), public_id=role_id)
        body = read_body(RoleFields, request)
        changed = roles.change_role(
            held=found,
            role=Role(body["role"]),
            refund_limit_minor=limit_of(body, self.principal.merchant),
            by=self.confirmed(),
            at=timezone.now(),
        )
        return Response(StaffResponse(changed).data)

    @extend_schema(operation_id="end_staff_role", responses={204: None})
    def delete(self, request: Request, role_id: uuid.UUID) -> Response:  # noqa: ARG002
        near = Q(user=self.person) | _near(self.principal, Permission.STAFF_WRITE)
        found = get_object_or_404(_staff(self.principal, near), public_id=role_id)
        roles.end_role(held=found, by=self.person, at=timezone.now())
        return Response(status=204)


class InvitationList(MerchantView):
    needs = {"GET": Permission.STAFF_READ, "POST": Permission.STAFF_WRITE}

    @extend_schema(
        operation_id="list_staff_invitations",
        parameters=PAGE_PARAMETERS,
        responses={200: InvitationPage},
    )
    def get(self, request: Request) -> Response:
        rows = StaffInvitation.objects.select_related("merchant", "store").filter(
            _near(self.principal, Permission.STAFF_READ), state=StaffInvitation.State.OPEN
        )
        return Response(InvitationPage(page(request, rows)).data)

    @extend_schema(
        operation_id="invite_staff",
        parameters=[KEY],
        request=InvitationRequest,
        responses={201: InvitationResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(InvitationRequest, request)
        principal, store = self.principal, None
        if body["store_id"] is not None:
            stores = principal.stores(Permission.STAFF_WRITE)
            store = get_object_or_404(stores, public_id=body["store_id"])
        invited: Once[StaffInvitation] = self.once("invite_staff", InvitationResponse)
        reply = invitations.invite.once(
            invited,
            merchant=principal.merchant,
            store=store,
            phone=body["phone"],
            role=Role(body["role"]),
            refund_limit_minor=limit_of(body, principal.merchant),
            by=self.confirmed(),
            at=timezone.now(),
        )
        return answer(reply)


class InvitationDetail(MerchantView):
    needs = {"DELETE": Permission.STAFF_WRITE}

    @extend_schema(operation_id="revoke_staff_invitation", responses={204: None})
    def delete(self, request: Request, invitation_id: uuid.UUID) -> Response:  # noqa: ARG002
        rows = StaffInvitation.objects.filter(
            _near(self.principal, Permission.STAFF_WRITE), merchant=self.principal.merchant
        )
        found = get_object_or_404(rows, public_id=invitation_id)
        invitations.revoke(invitation=found, by=self.person, at=timezone.now())
        return Response(status=204)
