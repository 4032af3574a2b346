"""What happened, newest first; looked through, and each line on a page of its own."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse

from wallet.activity import listing, titles
from wallet.activity.documents import receipt_pdf
from wallet.activity.filters import Filters
from wallet.activity.listing import Noted
from wallet.activity.masking import mask
from wallet.activity.months import ZONE
from wallet.activity.receipts import Receipt, receipt
from wallet.models import Wallet
from wallet.templatetags.screens import language
from wallet.web.access import WalletPage, is_part
from wallet.web.forms.search import KINDS, SearchForm
from wallet.web.reading import places
from wallet.web.reading.lines import ShownLine, shown

_LIMIT = 30


class Activity(WalletPage):
    template = "wallet/reading/activity.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(self.wallet.currency, request.GET)
        lines, following = self._lines(form.filters, request.GET.get("after", ""))
        asked = {
            name: value
            for name, value in request.GET.items()
            if name in form.fields and value and len(value) <= 100  # noqa: PLR2004 - as the form's
        }
        more = f"?{urlencode({**asked, 'after': following})}" if following else ""
        part = "wallet/reading/activity_lines.html"
        template = part if is_part(request) else self.template
        return self.show(
            template=template,
            form=form,
            days=by_day([shown(line) for line in lines]),
            more=more,
            is_search=bool(asked),
            kinds=[(name, label) for name, (label, _kinds) in KINDS.items()],
            chosen=asked.get("kind", ""),
        )

    def _lines(self, filters: Filters, after: str) -> tuple[list[Noted], str]:
        wallet, account_id = self.wallet, self.wallet.available_account_id
        if filters == Filters():
            place = places.read_place(after, wallet.currency)
            lines, further = listing.newest(
                wallet=wallet, account_id=account_id, limit=_LIMIT, after=place
            )
            return lines, places.write_place(further)
        lines, mark = listing.found(
            wallet=wallet,
            account_id=account_id,
            filters=filters,
            limit=_LIMIT,
            after=places.read_mark(after),
        )
        return lines, places.write_mark(mark)


class ReceiptPage(WalletPage):
    template = "wallet/reading/receipt.html"

    def get(self, request: HttpRequest, entry_id: int) -> HttpResponse:  # noqa: ARG002
        found = _found(self.wallet, entry_id)
        return self.show(
            receipt=found,
            title=titles.title(found.kind, found.amount.minor, language()),
            who=mask(found.counterparty),
            thing=titles.thing(found.reference),
        )


class ReceiptPdf(WalletPage):
    def get(self, request: HttpRequest, entry_id: int) -> HttpResponse:  # noqa: ARG002
        found = _found(self.wallet, entry_id)
        return pdf(receipt_pdf(self.wallet, found, language()), f"receipt-{found.number}")


def pdf(document: bytes, name: str) -> HttpResponse:
    """Return a PDF to keep."""
    answer = HttpResponse(document, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def by_day(lines: list[ShownLine]) -> list[tuple[object, list[ShownLine]]]:
    """Return lines in groups, one for each day where the holder lives."""
    days = groupby(lines, key=lambda line: line.at.astimezone(ZONE).date())
    return [(day, list(group)) for day, group in days]


def _found(wallet: Wallet, entry_id: int) -> Receipt:
    found = receipt(wallet=wallet, entry_id=entry_id) if entry_id < 2**63 else None
    if found is None:
        raise Http404
    return found
