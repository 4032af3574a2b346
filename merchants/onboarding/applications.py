"""Applying as a merchant, and changing or withdrawing it before it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ledger.currencies import currency as currency_of
from merchants.access.audits import name_of, note
from merchants.errors import AlreadyMerchant, ApplicationOpen, ApplicationState
from merchants.models import Application, Merchant
from merchants.onboarding.registration import normal_registration
from merchants.refusals import refused_as
from wallet.idempotency import use_case
from wallet.models import User
from wallet.people import normal_phone
from wallet.withdrawals.numbers import normal_number

_State = Application.State
# Every way that an application goes; all others are refused.
EDGES = {
    (_State.SUBMITTED, "amend"): _State.SUBMITTED,
    (_State.REVIEWED, "amend"): _State.SUBMITTED,
    (_State.SUBMITTED, "review"): _State.REVIEWED,
    (_State.REVIEWED, "review"): _State.REVIEWED,
    (_State.REVIEWED, "approve"): _State.APPROVED,
    (_State.SUBMITTED, "reject"): _State.REJECTED,
    (_State.REVIEWED, "reject"): _State.REJECTED,
    (_State.SUBMITTED, "withdraw"): _State.WITHDRAWN,
    (_State.REVIEWED, "withdraw"): _State.WITHDRAWN,
}


@use_case
def submit(*, applicant: User, asked: Mapping[str, str], at: datetime) -> Application:
    """Apply as a merchant; ``asked`` has a text for each field of ``Application`` that is asked.

    Raises:
        InvalidRegistrationNumber, InvalidPhone, UnknownBank, InvalidAccountNumber,
            UnknownCurrency: something written is none.
        AlreadyMerchant: the business is one in this currency.
        ApplicationOpen: an application for it is open.

    """
    application = Application(applicant=applicant, submitted_at=at, **_normal(asked))
    _save(application)
    note(application=application, action="application.submitted", actor=name_of(applicant), at=at)
    return application


@use_case
def amend(*, application: Application, asked: Mapping[str, str], at: datetime) -> Application:
    """Change an application that is not decided; a review of it starts again.

    Raises:
        ApplicationState: it was decided or withdrawn.
        InvalidRegistrationNumber and the others: as for ``submit``.

    """
    found = locked(application)
    move(found, "amend")
    for name, value in _normal(asked).items():
        setattr(found, name, value)
    found.fee_plan, found.reviewed_by, found.reviewed_at = None, None, None
    _save(found)
    actor = name_of(found.applicant)
    note(application=found, action="application.amended", actor=actor, at=at)
    return found


@use_case
def withdraw(*, application: Application, at: datetime) -> Application:
    """Take an application back; a second time changes nothing.

    Raises:
        ApplicationState: it was decided.

    """
    found = locked(application)
    if found.state == _State.WITHDRAWN:
        return found
    move(found, "withdraw")
    found.save(update_fields=["state"])
    actor = name_of(found.applicant)
    note(application=found, action="application.withdrawn", actor=actor, at=at)
    return found


def locked(application: Application) -> Application:
    """Return an application as it is now, locked until the database transaction ends."""
    rows = Application.objects.select_related("applicant", "fee_plan")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=application.pk)


def move(application: Application, event: str) -> None:
    """Set the state of a locked application, without saving it.

    Raises:
        ApplicationState: no edge leads on from where it is.

    """
    state = EDGES.get((_State(application.state), event))
    if state is None:
        raise ApplicationState(application.state, event)
    application.state = state


def _normal(asked: Mapping[str, str]) -> dict[str, str]:
    bank_code, number = normal_number(bank_code=asked["bank_code"], text=asked["bank_number"])
    return dict(asked) | {
        "registration_number": normal_registration(asked["registration_number"]),
        "contact_phone": normal_phone(asked["contact_phone"]),
        "currency": currency_of(asked["currency"]).code,
        "bank_code": bank_code,
        "bank_number": number,
    }


def _save(application: Application) -> None:
    registered = Merchant.objects.filter(
        registration_number=application.registration_number, currency=application.currency
    )
    if registered.exists():
        raise AlreadyMerchant
    with refused_as(ApplicationOpen, "merchants_application_open_once"):
        application.save()
