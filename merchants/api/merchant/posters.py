"""Posters of a store: what its code says, printing it, and recalling those that hang."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.models import Store, Terminal
from merchants.premises import posters
from merchants.printing.layout import Page, Size, lay_out, payee_code
from merchants.printing.pdf import to_pdf
from merchants.printing.png import to_png
from merchants.printing.svg import to_svg
from merchants.store_codes import printed_code
from wallet.api.etags import tagged
from wallet.api.once import answer
from wallet.api.reading import KEY, read_body
from wallet.api.statements import AnyNegotiation
from wallet.idempotency import Once

_KINDS = {
    "pdf": (to_pdf, "application/pdf"),
    "svg": (to_svg, "image/svg+xml"),
    "png": (to_png, "image/png"),
}


class PosterResponse(serializers.Serializer[Any]):
    store_id = serializers.CharField(source="public_id")
    version = serializers.IntegerField(source="poster_version")
    oldest_version = serializers.IntegerField(
        source="oldest_poster_version", help_text="Posters before it were recalled"
    )
    payee_code = serializers.SerializerMethodField(help_text="What a payer may type instead")
    payload = serializers.SerializerMethodField(help_text="The text of the code, signed")

    def get_payee_code(self, store: Store) -> str:
        return payee_code(store)

    def get_payload(self, store: Store) -> str:
        return printed_code(store)


class RecallRequest(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        min_value=1, max_value=99_999, help_text="The newest that is recalled, with all before"
    )


class PrintRequest(serializers.Serializer[Any]):
    # Not ``format``, which DRF keeps for itself.
    kind = serializers.ChoiceField(choices=list(_KINDS), default="pdf")
    size = serializers.ChoiceField(choices=list(Size), default=Size.A6)
    terminal_id = serializers.RegexField(
        r"^[A-Z0-9]{1,25}\Z", required=False, help_text="For the poster of one till"
    )


class PosterDetail(MerchantView):
    needs = {"GET": Permission.CODES_READ, "POST": Permission.CODES_WRITE}

    @extend_schema(operation_id="show_poster", responses=PosterResponse)
    @tagged
    def get(self, request: Request, store_id: str) -> Response:  # noqa: ARG002
        return Response(PosterResponse(_store(self, Permission.CODES_READ, store_id)).data)

    @extend_schema(
        operation_id="renew_poster",
        parameters=[KEY],
        request=None,
        responses={201: PosterResponse},
    )
    def post(self, request: Request, store_id: str) -> Response:  # noqa: ARG002
        """Make the next version; posters that hang stay good until they are recalled."""
        store = _store(self, Permission.CODES_WRITE, store_id)
        renewed: Once[Store] = self.once("renew_poster", PosterResponse)
        reply = posters.renew.once(
            renewed, store=store, actor=self.principal.actor, at=timezone.now()
        )
        return answer(reply)


class PosterRecall(MerchantView):
    needs = {"POST": Permission.CODES_WRITE}

    # Takes no Idempotency-Key: what is recalled stays recalled.
    @extend_schema(
        operation_id="recall_poster", request=RecallRequest, responses={200: PosterResponse}
    )
    def post(self, request: Request, store_id: str) -> Response:
        """Make posters of a version, and all before, worth nothing."""
        store = _store(self, Permission.CODES_WRITE, store_id)
        version = read_body(RecallRequest, request)["version"]
        done = posters.recall(
            store=store, version=version, actor=self.principal.actor, at=timezone.now()
        )
        return Response(PosterResponse(done).data)


class PosterPrint(MerchantView):
    needs = {"GET": Permission.CODES_READ}
    content_negotiation_class = AnyNegotiation

    @extend_schema(
        operation_id="print_poster",
        parameters=[PrintRequest],
        responses={
            (200, media): OpenApiTypes.BINARY for _, media in sorted(_KINDS.values(), key=str)
        },
    )
    def get(self, request: Request, store_id: str) -> HttpResponse:
        """Draw the newest version: A6, A5, or a sheet of A4 with stickers of 25 mm."""
        store = _store(self, Permission.CODES_READ, store_id)
        query = PrintRequest(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        page = lay_out(
            store=store,
            size=Size(asked["size"]),
            terminal=_terminal(store, asked.get("terminal_id")),
        )
        return _file(page, asked["kind"], f"{store.public_id}-{asked['size']}")


def _file(page: Page, kind: str, name: str) -> HttpResponse:
    draw, media = _KINDS[kind]
    response = HttpResponse(draw(page), content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _store(view: MerchantView, permission: Permission, public_id: str) -> Store:
    rows = view.principal.stores(permission).select_related("merchant")
    return get_object_or_404(rows, public_id=public_id)


def _terminal(store: Store, public_id: str | None) -> Terminal | None:
    if public_id is None:
        return None
    return get_object_or_404(Terminal, store=store, public_id=public_id, revoked_at=None)
