"""The wallet itself: frozen and opened again, topped up by itself, closed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.errors import LedgerError
from ledger.money import Money
from wallet.errors import WalletError
from wallet.models import AutoTopUp, Freeze, Wallet
from wallet.proof.proofs import Means
from wallet.topups.automatic import set_rule
from wallet.wallets.closing import close
from wallet.wallets.freezing import freeze_own, unfreeze_own
from wallet.web.access import WalletPage
from wallet.web.confirming import begin_step_up
from wallet.web.deeds import Deed, Doing, Question, register
from wallet.web.entry.home import held_by
from wallet.web.forms.settings import AutoTopUpForm, CloseForm
from wallet.web.words import explain


class FreezePage(WalletPage):
    template = "wallet/settings/freeze.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        causes = set(self.wallet.freezes.values_list("cause", flat=True))
        return self.show(wallet=self.wallet, causes=causes, own=Freeze.Cause.HOLDER in causes)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Freeze at once, without a question; open again after a second proof."""
        if request.POST.get("deed") == "unfreeze":
            return begin_step_up(self, self.drafts.begin("unfreeze"), by="")
        freeze_own(wallet=self.wallet, at=timezone.now())
        messages.success(request, _("Your wallet is frozen. Nothing leaves it until you lift it."))
        return redirect("wallet:freeze")


class AutoTopUpPage(WalletPage):
    template = "wallet/settings/auto_top_up.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        rule = AutoTopUp.objects.filter(wallet=self.wallet).first()
        return self.show(form=AutoTopUpForm(self.wallet.currency, initial=_first(rule)), rule=rule)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AutoTopUpForm(self.wallet.currency, request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        try:
            set_rule(wallet=self.wallet, **form.cleaned_data, at=timezone.now())
        except (WalletError, LedgerError):
            form.add_error("daily_ceiling", _("Write at least the amount of one top-up."))
            return self.correct(form=form)
        messages.success(request, _("Saved."))
        return redirect("wallet:auto_top_up")


class Close(WalletPage):
    template = "wallet/settings/close.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=CloseForm(), **held_by(self.wallet))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CloseForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form, **held_by(self.wallet))
        try:
            close(wallet=self.wallet, at=timezone.now())
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form, **held_by(self.wallet))
        messages.success(request, _("Your wallet is closed."))
        return redirect("wallet:home")


def _first(rule: AutoTopUp | None) -> dict[str, object]:
    if rule is None:
        return {}
    named = {name: _digits(getattr(rule, name)) for name in ("threshold", "amount")}
    return {**named, "daily_ceiling": _digits(rule.daily_ceiling), "enabled": rule.enabled}


def _digits(amount: Money) -> str:
    return f"{amount.to_major()}"


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001 - as deeds are asked
    return Question(title=_("Use the wallet again"), button=_("Unfreeze"), back="/settings/freeze")


def _do(doing: Doing) -> HttpResponse:
    unfreeze_own(wallet=doing.wallet, proof=doing.prove(), at=doing.at)
    messages.success(doing.request, _("Your wallet can be used again."))
    return redirect("wallet:home")


register("unfreeze", Deed(_ask, _do, proof=Means.SESSION))
