"""Finding who is meant by a phone number or a handle, without becoming a phone book.

Note [Misses]: every answer that tells whether somebody has a wallet is bounded. A person may be
wrong MISSES_A_DAY times in a day, counted in PostgreSQL whichever way they ask; then nothing is
answered any more but of those they paid before. Finding people is not bounded, only guessing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.db.models import F

from wallet.errors import InvalidHandle, InvalidPhone, TooManyLookups, UnknownRecipient
from wallet.idempotency import use_case
from wallet.models import PayeeMisses, Transfer, User, Wallet
from wallet.people import normal_phone
from wallet.transfers.names import Person, mask_phone, person
from wallet.transfers.profiles import normal_handle

MISSES_A_DAY = 30
_TAKE_ONE = """
    INSERT INTO wallet_payeemisses AS kept (user_id, day, misses) VALUES (%s, %s, 1)
    ON CONFLICT ON CONSTRAINT wallet_payee_misses_one_a_day
    DO UPDATE SET misses = kept.misses + 1 WHERE kept.misses < %s
    RETURNING misses
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Who would be paid, masked, and whether they have an open wallet in the currency."""

    person: Person
    has_wallet: bool


@use_case
def look_up(*, user: User, payee: str, currency: str, at: datetime) -> Found:
    """Return who would be paid; the same shape, at the same cost, for somebody unknown.

    Raises:
        TooManyLookups: the person was wrong too often today.

    """
    # One is taken before looking and given back after finding, so that nobody gets more by asking
    # many times at once.
    if not _take_one(user, at):
        raise TooManyLookups
    wallet = _wallet_of(payee, currency)
    is_open = wallet is not None and wallet.status == Wallet.Status.OPEN
    mine = PayeeMisses.objects.filter(user=user, day=day_of(at))
    mine.update(misses=F("misses") - int(is_open))
    if wallet is None or not is_open:
        return Found(Person(None, _masked(payee)), has_wallet=False)
    return Found(person(wallet.holder), has_wallet=True)


def find_payee(*, payee: str, asker: Wallet, at: datetime) -> Wallet:
    """Return the wallet of a phone number or, with an at sign, a handle; its holder with it.

    Raises:
        UnknownRecipient: nobody with it has a wallet in the asker's currency.
        TooManyLookups: the asker was wrong too often today, and never paid this one before.

    """
    return find_payees(payees=[payee], asker=asker, at=at)[0]


def find_payees(*, payees: Sequence[str], asker: Wallet, at: datetime) -> list[Wallet]:
    """Return the wallets of several people, in order.

    Raises:
        UnknownRecipient, TooManyLookups: as for one.

    """
    found = [_wallet_of(payee, asker.currency) for payee in payees]
    misses = _misses(asker, at)
    known = [wallet for wallet in found if wallet is not None]
    require_found(
        is_found=len(known) == len(found),
        misses=misses,
        was_paid=misses >= MISSES_A_DAY and all(_was_paid(asker, wallet) for wallet in found),
    )
    return known


def require_found(*, is_found: bool, misses: int, was_paid: bool) -> None:
    """Refuse a payee who was not found, or who may not be told of.

    Args:
        is_found: whether there is a wallet.
        misses: how often the asker was wrong today.
        was_paid: whether the asker paid it before; counts where too many were wrong.

    Raises:
        UnknownRecipient, TooManyLookups: as for ``find_payee``.

    """
    if misses >= MISSES_A_DAY and not was_paid:
        raise TooManyLookups
    if not is_found:
        raise UnknownRecipient


def named_by(payee: str) -> tuple[str | None, str | None]:
    """Return the phone number or the handle that a payee is named by; neither for nonsense."""
    try:
        if payee.startswith("@"):
            return None, normal_handle(payee)
        return normal_phone(payee), None
    except (InvalidHandle, InvalidPhone):
        return None, None


def require_guesses_left(*, asker: Wallet, at: datetime) -> None:
    """Refuse to tell anything of people never paid once a person was wrong too often today.

    Raises:
        TooManyLookups: that is so.

    """
    if _misses(asker, at) >= MISSES_A_DAY:
        raise TooManyLookups


@use_case
def count_miss(*, user: User, at: datetime) -> None:
    """Count that a person was told that somebody is unknown; see Note [Misses]."""
    _take_one(user, at)


def _misses(asker: Wallet, at: datetime) -> int:
    today = PayeeMisses.objects.filter(user=asker.holder_id, day=day_of(at))
    return today.values_list("misses", flat=True).first() or 0


def _was_paid(asker: Wallet, wallet: Wallet | None) -> bool:
    return Transfer.objects.filter(sender=asker, recipient=wallet).exists() if wallet else False


def _take_one(user: User, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ONE, [user.pk, day_of(at), MISSES_A_DAY])
        return cursor.fetchone() is not None


def _wallet_of(payee: str, currency: str) -> Wallet | None:
    wallets = Wallet.objects.select_related("holder__profile").filter(currency=currency)
    wallets = wallets.exclude(status=Wallet.Status.CLOSED)
    phone, handle = named_by(payee)
    if handle is not None:
        return wallets.filter(holder__profile__handle=handle).first()
    return wallets.filter(holder__phone=phone).first() if phone is not None else None


def _masked(payee: str) -> str | None:
    try:
        return None if payee.startswith("@") else mask_phone(normal_phone(payee))
    except InvalidPhone:
        return None


def day_of(at: datetime) -> str:
    """Return the day in which misses at an instant are counted."""
    return at.astimezone(UTC).date().isoformat()
