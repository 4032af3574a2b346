"""Invitations to a signed-in person: looked at, accepted, declined."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.api.merchant.profile import PlaceOfWork
from merchants.models import StaffInvitation, StaffRole
from merchants.staff import invitations
from wallet.api.once import answer, once
from wallet.api.payees import signed_in
from wallet.api.reading import KEY
from wallet.idempotency import Once


class OfferResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    legal_name = serializers.CharField(source="merchant.legal_name")
    store_name = serializers.CharField(source="store.name", default=None, allow_null=True)
    role = serializers.CharField()
    expires_at = serializers.DateTimeField()


def _offered(request: Request, invitation_id: uuid.UUID) -> StaffInvitation:
    own = StaffInvitation.objects.filter(phone=signed_in(request).phone)
    return get_object_or_404(own, public_id=invitation_id)


class OfferList(APIView):
    @extend_schema(operation_id="list_own_invitations", responses=OfferResponse(many=True))
    def get(self, request: Request) -> Response:
        user = signed_in(request)
        # Before the number is confirmed, it may be somebody else's.
        if user.phone_confirmed_at is None:
            return Response([])
        found = invitations.offered_to(user=user, at=timezone.now()).order_by("pk")
        return Response(OfferResponse(found, many=True).data)


class OfferAccept(APIView):
    @extend_schema(
        operation_id="accept_invitation",
        parameters=[KEY],
        request=None,
        responses={201: PlaceOfWork},
    )
    def post(self, request: Request, invitation_id: uuid.UUID) -> Response:
        found = _offered(request, invitation_id)
        accepted: Once[StaffRole] = once(request, "accept_invitation", PlaceOfWork)
        reply = invitations.accept.once(
            accepted, invitation=found, user=signed_in(request), at=timezone.now()
        )
        return answer(reply)


class OfferDecline(APIView):
    @extend_schema(operation_id="decline_invitation", request=None, responses={204: None})
    def post(self, request: Request, invitation_id: uuid.UUID) -> Response:
        found = _offered(request, invitation_id)
        invitations.decline(invitation=found, user=signed_in(request), at=timezone.now())
        return Response(status=204)
