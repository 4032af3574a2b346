"""The till with no network: a page that is kept on the device, and what it fetches and sends."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from ledger.money import Money
from merchants.access.audits import name_of
from merchants.access.permissions import Permission
from merchants.errors import MerchantError
from merchants.models import OfflineTerms
from merchants.offline import tills
from merchants.offline.issuing import public_keys
from merchants.offline.revoking import revocations
from merchants.offline.terms import LIST_AGE, UPLOAD_AGE
from merchants.offline.uploading import MOST, Presented, upload
from merchants.offline.wire.certificates import TILL_PREFIX
from merchants.offline.wire.records import seal
from merchants.offline.wire.vouchers import LONGEST
from merchants.web.till.access import TillPage
from merchants.web.till.words import OFFLINE_WORDS
from wallet.errors import WalletError
from wallet.templatetags.screens import money
from wallet.web.entry.signing import HOME_CURRENCY

_CEILINGS = ("each", "allowance", "day", "stored")
_ORDER_NO = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_SECONDS_AN_HOUR = 3600


class Worker(View):
    """The till's own service worker; it serves the till's pages and no others."""

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = render(request, "till/sw.js", content_type="text/javascript")
        answer["Cache-Control"] = "no-cache"
        answer["Service-Worker-Allowed"] = "/till"
        return answer


class Page(View):
    """The page itself: nobody's, since it is kept; what it shows comes from the device."""

    def get(self, request: HttpRequest) -> HttpResponse:
        # The script has no server to ask how money is written.
        pattern = money(Money(1, HOME_CURRENCY)).replace("1", "{}")
        context = {"keys": "123456789", "pattern": pattern, "words": OFFLINE_WORDS}
        return render(request, "till/offline.html", context)


class OfflinePart(TillPage):
    """What the kept page fetches and sends; refusals are answered with their code."""

    needs = Permission.OFFLINE_WRITE

    def answer(self, body: dict[str, Any]) -> JsonResponse:
        """Return what every answer has: the issuer's keys, the list of the revoked, the terms."""
        terms = OfflineTerms.objects.filter(merchant=self.store.merchant).first()
        common = {
            "token": get_token(self.request),
            "issuers": {key.hex(): public.hex() for key, public in public_keys().items()},
            "revocations": revocations(at=timezone.now()),
            "terms": None if terms is None or not terms.accepts else said_of(terms),
            "terminal": self.terminal.public_id,
            "store": self.store.name,
            "label": self.terminal.label,
        }
        return JsonResponse({**common, **body})


class News(OfflinePart):
    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        try:
            return self.answer({})
        except MerchantError as error:
            return JsonResponse({"code": error.code}, status=409)


class Certificate(OfflinePart):
    """Issues a certificate for a key that this device made."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            public_key = bytes.fromhex(request.POST.get("public_key", "")[:200])
            signature = bytes.fromhex(request.POST.get("signature", "")[:200])
            made = tills.certify(
                terminal=self.terminal,
                public_key=public_key,
                signature=signature,
                actor=name_of(self.person),
                at=timezone.now(),
            )
            text = seal(TILL_PREFIX, (bytes(made.body), bytes(made.signature)))
            code_key = tills.code_key_of(made).hex()
            return self.answer({"certificate": text, "code_key": code_key})
        except ValueError:
            return JsonResponse({"code": "till_key_invalid"}, status=400)
        except (MerchantError, WalletError) as error:
            return JsonResponse({"code": error.code}, status=409)


class Vouchers(OfflinePart):
    """Takes what the till accepted: in any order, again and again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        presented = read_vouchers(request.body)
        if presented is None:
            return JsonResponse({"code": "invalid_request"}, status=400)
        try:
            outcomes = upload(
                merchant=self.store.merchant,
                store_ids=[self.store.pk],
                presented=presented,
                at=timezone.now(),
            )
        except (MerchantError, WalletError) as error:
            return JsonResponse({"code": error.code}, status=409)
        told = [{"state": each.state, "code": each.code} for each in outcomes]
        return self.answer({"outcomes": told})


def read_vouchers(body: bytes) -> list[Presented] | None:
    """Return the vouchers of a request; None where it is not a list of them."""
    try:
        said = json.loads(body)
        rows = said["vouchers"]
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST:
            return None
        found = [Presented(row["voucher"], row.get("order_no")) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return found if all(_is_sound(each) for each in found) else None


def said_of(terms: OfflineTerms) -> dict[str, int]:
    """Return the ceilings, in minor units, and how old lists and uploads may get."""
    ceilings = {name: getattr(terms, f"{name}_minor") for name in _CEILINGS}
    hours = {
        "list_hours": int(LIST_AGE.total_seconds()) // _SECONDS_AN_HOUR,
        "upload_hours": int(UPLOAD_AGE.total_seconds()) // _SECONDS_AN_HOUR,
    }
    return ceilings | hours


def _is_sound(each: Presented) -> bool:
    """Tell whether both are text as they may be; they come from JSON as they are."""
    text: Any = each.text
    order_no: Any = each.order_no
    if not isinstance(text, str) or len(text) > LONGEST:
        return False
    is_text = isinstance(order_no, str)
    return order_no is None or (is_text and bool(_ORDER_NO.fullmatch(order_no)))
