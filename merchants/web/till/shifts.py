"""The shift, and what the day came to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from merchants.errors import MerchantError
from merchants.models import TillShift
from merchants.premises import shifts
from merchants.premises.takings import day_began, taken_by_kind, takings_of
from merchants.web.till.access import TillPage
from wallet.errors import WalletError
from wallet.web.words import words_of


class Shift(TillPage):
    template = "till/shift.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        if request.POST.get("deed") == "close":
            if self.shift is not None:
                shifts.close_shift(shift=self.shift, by=self.person, at=at)
            return redirect("till:shift")
        try:
            shifts.open_shift(terminal=self.terminal, by=self.person, at=at)
        except (MerchantError, WalletError) as error:
            return self._page(status=409, says=words_of(error).text)
        return redirect("till:keypad")

    def _page(self, *, status: int = 200, says: str = "") -> HttpResponse:
        took = None
        if self.shift is not None:
            since = self.shift.opened_at
            took = takings_of(store=self.store, since=since, terminal=self.terminal)
        rows = TillShift.objects.select_related("opened_by", "terminal__store__merchant")
        past = rows.filter(terminal=self.terminal, closed_at__isnull=False)
        return self.show(
            status=status,
            says=says,
            shift=self.shift,
            took=took,
            past=past.order_by("-closed_at")[:5],
            person=self.person,
        )


class Takings(TillPage):
    """What the store took today, by kind of code."""

    template = "till/takings.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        since = day_began(self.store, timezone.now())
        whole = takings_of(store=self.store, since=since)
        parts = taken_by_kind(store=self.store, since=since)
        return self.show(whole=whole, parts=parts, since=since)
