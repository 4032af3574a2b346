"""How often somebody may try to sign in.

A try is counted before the password is looked at, by one statement that is committed by itself:
however many arrive at once, and in however many processes, no more than these are looked at, and
nothing that follows takes the count back. A number nobody has is counted like any other.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.models import F

from wallet.errors import TooManySignIns, WrongCredentials
from wallet.models import SignInTries, User

FREE_PHONE, FREE_ADDRESS = 5, 50
FIRST_WAIT_SECONDS = 60  # doubled with each further try
LONGEST_WAIT_SECONDS = 3600
FORGOTTEN = timedelta(days=1)
_TAKE = """
    INSERT INTO wallet_signintries AS kept (subject, tries, last_at)
    VALUES (%(subject)s, 1, %(at)s)
    ON CONFLICT (subject) DO UPDATE SET tries = kept.tries + 1, last_at = %(at)s
    WHERE kept.tries < %(free)s OR kept.last_at <= %(at)s - least(
        %(first)s * power(2, least(kept.tries - %(free)s, 20)), %(longest)s
    ) * interval '1 second' RETURNING tries
"""


def take_try(*, phone: str, address: str, at: datetime) -> None:
    """Count a try, before the password is looked at.

    Raises:
        TooManySignIns: too many went wrong, and it is too soon for another.

    """
    _take(f"phone:{phone}", FREE_PHONE, at)
    _take(f"address:{address}", FREE_ADDRESS, at)


def require_password(*, user: User, password: str, at: datetime) -> None:
    """Ask somebody who is signed in for the password again.

    A wrong one counts like one at the sign-in: a stolen session is no way around that count.

    Raises:
        TooManySignIns: too many went wrong, and it is too soon for another.
        WrongCredentials: it is wrong.
        RuntimeError: a database transaction is open, whose end could undo the count.

    """
    subject = f"phone:{user.phone}"
    with transaction.atomic(durable=True):
        _take(subject, FREE_PHONE, at)
    if not check_password(password, user.password):
        raise WrongCredentials
    SignInTries.objects.filter(subject=subject).delete()


def _take(subject: str, free: int, at: datetime) -> None:
    first, longest = FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS
    facts: dict[str, str | int | datetime] = {
        "subject": subject,
        "at": at,
        "free": free,
        "first": first,
        "longest": longest,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, facts)
        if cursor.fetchone() is None:
            raise TooManySignIns


def forgive(*, phone: str, address: str) -> None:
    """Forget a telephone number's tries, whose password was given, and this one of the address.

    Not the address's others: whoever owns one number could try out others without end, signing in
    between. But many may sign in from one address.
    """
    SignInTries.objects.filter(subject=f"phone:{phone}").delete()
    here = SignInTries.objects.filter(subject=f"address:{address}", tries__gt=0)
    here.update(tries=F("tries") - 1)


def prune(*, at: datetime) -> int:
    """Forget tries of yesterday."""
    removed, _ = SignInTries.objects.filter(last_at__lt=at - FORGOTTEN).delete()
    return removed
