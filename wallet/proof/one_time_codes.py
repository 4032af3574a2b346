"""Codes of six digits sent to a telephone: whoever reads one out has it in hand.

Note [Sent codes]
The code is made and committed, hashed, before it is sent, and sent outside of any database
transaction: a text message cannot be taken back. Only the newest code counts. Like a PIN it is
compared under the lock of its row, and a wrong guess is committed before the answer. A code that
was used is remembered with the request that used it, so that the same request may come again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from wallet.errors import CodeNotSent, TooManyCodes, WrongCode
from wallet.idempotency import use_case
from wallet.models import OneTimeCode
from wallet.notices.senders import Outcome, Outgoing, sender_of
from wallet.notices.texts import Text

DIGITS = 6
LIFETIME = timedelta(minutes=5)
KEPT = timedelta(days=2)
MAX_FAILURES = 5
# To one telephone, whatever for: a text message costs money and wakes people up.
MOST = ((timedelta(seconds=30), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
_TEXTS = {
    "SIGN_UP": "{code} 지갑 가입 인증번호 · is your Jigap sign-up code",
    "STEP_UP": "{code} 지갑 본인확인 번호. 누구에게도 알려주지 마세요 · Jigap code: tell nobody",
}


def send(*, phone: str, purpose: str, at: datetime, subject: str = "") -> None:
    """Make a code, commit it, and send it; ``subject`` narrows down what it is good for.

    Raises:
        TooManyCodes: too many were sent to this telephone lately.
        CodeNotSent: the operator did not take it.

    """
    code = _make(phone=phone, purpose=purpose, subject=subject, at=at)
    outgoing = Outgoing(
        id=uuid.uuid4(),
        notice_id=uuid.uuid4(),
        kind="security.code",
        text=Text(_TEXTS[purpose].format(code=code), ""),
        phone=phone,
        subscription=None,
    )
    if sender_of("SMS").send(outgoing, at=at).outcome is not Outcome.SENT:
        raise CodeNotSent


@use_case
def _make(*, phone: str, purpose: str, subject: str, at: datetime) -> str:
    with connection.cursor() as cursor:
        # Two at once must not both find room for one more.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [phone])
    longest = max(period for period, _ in MOST)
    sent = OneTimeCode.objects.filter(phone=phone, sent_at__gt=at - longest)
    times = list(sent.values_list("sent_at", flat=True))
    for period, most in MOST:
        if sum(one > at - period for one in times) >= most:
            raise TooManyCodes
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    OneTimeCode.objects.create(
        phone=phone,
        purpose=purpose,
        subject=subject,
        hashed=_hashed(phone, code),
        sent_at=at,
        expires_at=at + LIFETIME,
    )
    return code


def check(
    *, phone: str, purpose: str, code: str, at: datetime, subject: str = "", used_by: str = ""
) -> None:
    """Use a code up; see Note [Sent codes].

    Args:
        phone: where it was sent, in E.164.
        purpose: what it was sent for.
        code: as typed.
        at: now.
        subject: as it was sent.
        used_by: names the request; the same request may use the same code again.

    Raises:
        WrongCode: it is not this, too old, used, or guessed at too often.
        RuntimeError: a database transaction is open, whose end could undo the count.

    """
    with transaction.atomic(durable=True):
        rows = OneTimeCode.objects.filter(phone=phone, purpose=purpose, subject=subject)
        newest = rows.select_for_update().order_by("-sent_at", "-pk").first()
        is_right = newest is not None and _accepts(newest, phone, code, used_by, at)
        if newest is not None:
            _note(newest, used_by, at, is_right=is_right)
    if not is_right:
        raise WrongCode


def prune(*, at: datetime) -> int:
    """Remove codes that count for nothing any more, not even for how many were sent."""
    removed, _ = OneTimeCode.objects.filter(sent_at__lt=at - KEPT).delete()
    return removed


def _accepts(row: OneTimeCode, phone: str, code: str, used_by: str, at: datetime) -> bool:
    if row.failures >= MAX_FAILURES or at >= row.expires_at:
        return False
    if row.used_at is not None and (not used_by or row.used_by != used_by):
        return False
    return hmac.compare_digest(bytes(row.hashed), _hashed(phone, code))


def _note(row: OneTimeCode, used_by: str, at: datetime, *, is_right: bool) -> None:
    if is_right:
        row.used_at, row.used_by = row.used_at or at, used_by
    elif row.failures < MAX_FAILURES:
        row.failures += 1
    row.save(update_fields=["used_at", "used_by", "failures"])


def _hashed(phone: str, code: str) -> bytes:
    # A million codes are soon tried on a stolen table; the pepper is not in the database.
    text = f"one_time_code:{phone}:{code}"
    return hmac.digest(settings.PIN_PEPPER.encode(), text.encode(), hashlib.sha256)
