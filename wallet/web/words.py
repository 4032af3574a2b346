"""Refusals in words that say what to do, and the field they belong to.

By code, so that whoever stands above the wallet can add its own: ``say("unknown_store", ...)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ledger.errors import LedgerError
from ledger.money import Money
from wallet.activity.months import ZONE
from wallet.errors import LimitExceeded, WalletError, WrongPin
from wallet.templatetags.screens import clock, day, money
from wallet.web.sentences import SENTENCES


@dataclass(frozen=True, slots=True)
class Words:
    """What to say, and beside which field; "" where it is about the whole form."""

    text: str
    field: str = ""


def say(code: str, text: str | Promise, field: str = "") -> None:
    """Add the words of a refusal that this app does not know."""
    SENTENCES[code] = (field, text)


def words_of(error: Exception) -> Words:
    """Return what to say about a refusal."""
    if isinstance(error, LimitExceeded):
        return Words(_limit(error), "amount")
    if isinstance(error, WrongPin):
        return Words(_wrong_pin(error), "pin")
    code = error.code if isinstance(error, (WalletError, LedgerError)) else ""
    code = code or str(getattr(error, "code", ""))
    field, text = SENTENCES.get(code, ("", ""))
    return Words(str(text) or str(error), field)


def not_now() -> str:
    """Return what is said where the same may well succeed in a moment."""
    return _("This did not work just now. Please try again in a moment.")


def explain(form: Form, error: Exception) -> None:
    """Put a refusal into a form, beside the field it is about."""
    words = words_of(error)
    form.add_error(words.field if words.field in form.fields else None, words.text)


def _wrong_pin(error: WrongPin) -> str:
    if not error.attempts_left:
        return str(SENTENCES["pin_locked"][1])
    return _("This is not your PIN. Tries left: %(left)d.") % {"left": error.attempts_left}


def _limit(error: LimitExceeded) -> str:
    left = Money.from_major(error.left, error.currency)
    if not error.resets_at or left.minor:
        return _("This is above your limit: %(left)s is left of it.") % {"left": money(left)}
    at = datetime.fromisoformat(error.resets_at).astimezone(ZONE)
    when = f"{day(at)} {clock(at)}"
    return _("Your limit is used up until %(when)s.") % {"when": when}
