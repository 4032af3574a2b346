"""What happened on a wallet, newest first."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from wallet.activity import listing, titles
from wallet.activity.accounts import account_of
from wallet.activity.filters import Filters
from wallet.activity.listing import Noted
from wallet.api.etags import tagged
from wallet.api.fields import MoneyField
from wallet.api.filtering import PARAMETERS, read_account, read_filters
from wallet.api.languages import LANG, read_language
from wallet.api.places import read_limit, read_mark, read_place, write_mark, write_place
from wallet.api.reading import own_wallet
from wallet.api.stale import may_be_stale
from wallet.models import Wallet


class ThingResponse(serializers.Serializer[Any]):
    type = serializers.CharField()
    id = serializers.CharField()


class LineResponse(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="entry_id")
    kind = serializers.CharField()
    amount = MoneyField()
    balance = MoneyField()
    effective_at = serializers.DateTimeField()
    title = serializers.CharField()
    counterparty = serializers.CharField()
    memo = serializers.CharField()
    thing = ThingResponse(allow_null=True)
    receipt_url = serializers.CharField()


class ActivityResponse(serializers.Serializer[Any]):
    lines = LineResponse(many=True)
    next = serializers.CharField(allow_null=True)


class ActivityList(APIView):
    @extend_schema(
        operation_id="list_activity",
        parameters=[
            OpenApiParameter("after", str),
            OpenApiParameter("limit", int),
            LANG,
            *PARAMETERS,
        ],
        responses=ActivityResponse,
    )
    @tagged
    @may_be_stale
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        which = read_account(request.query_params)
        filters = read_filters(request.query_params, wallet.currency)
        language, limit = read_language(request), read_limit(request)
        lines, following = _page(request, wallet, which, filters, limit)
        shown = [_shown(noted, wallet, language) for noted in lines]
        return Response(ActivityResponse({"lines": shown, "next": following}).data)


def _page(
    request: Request, wallet: Wallet, which: str, filters: Filters, limit: int
) -> tuple[list[Noted], str | None]:
    # A place is good for the list it came from: another account or other words are another list.
    account_id = account_of(wallet, which)
    if filters == Filters():
        what = f"{which}:all"
        place = read_place(request, what, wallet.currency)
        if account_id is None:
            return [], None
        lines, further = listing.newest(
            wallet=wallet, account_id=account_id, limit=limit, after=place
        )
        return lines, write_place(further, what)
    what = f"{which}:{'words' if filters.by_words else 'window'}"
    mark = read_mark(request, what)
    if account_id is None:
        return [], None
    lines, reached = listing.found(
        wallet=wallet, account_id=account_id, filters=filters, limit=limit, after=mark
    )
    return lines, write_mark(reached, what)


def _shown(noted: Noted, wallet: Wallet, language: str) -> dict[str, Any]:
    line = noted.line
    return {
        "entry_id": line.entry_id,
        "kind": line.kind,
        "amount": line.amount,
        "balance": line.balance,
        "effective_at": line.effective_at,
        "title": titles.title(line.kind, line.amount.minor, language),
        "counterparty": noted.counterparty,
        "memo": noted.memo,
        "thing": titles.thing(line.reference),
        "receipt_url": reverse("receipt", args=[wallet.public_id, line.entry_id]),
    }
