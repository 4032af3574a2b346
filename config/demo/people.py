"""Who can sign in to what the demonstration serves: a payer, the shop's owner, two of ours."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass

import phonenumbers
import qrcode
from django.db import transaction
from django.urls import is_valid_path
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.demo.story import Person, passphrase
from merchants.models import Role, Store
from merchants.offline.terms import Ceilings, set_terms
from merchants.premises.terminals import add_terminal
from merchants.staff.roles import give
from wallet.models import User
from wallet.proof import factors

_CEILINGS = Ceilings(
    each_minor=30_000, allowance_minor=60_000, day_minor=500_000, stored_minor=1_000_000
)


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody signs in, and with what."""

    name: str
    path: str
    phone: str
    password: str
    also: str


def furnish(store: Store, alice: Person, owner: Person) -> list[Door]:
    """Give the store an owner and a till, and us two colleagues; return who signs in where."""
    now = timezone.now()
    add_terminal(store=store, label="Counter 1", actor="demo", at=now)
    set_terms(merchant=store.merchant, accepts=True, ceilings=_CEILINGS, actor="demo", at=now)
    user = User.objects.get(phone=owner.phone)
    with transaction.atomic():
        give(merchant=store.merchant, store=None, user=user, role=Role.OWNER,
             refund_limit_minor=None, at=now)  # fmt: skip
    _enrol(user)
    ask = 'code: make demo ARGS="--code {}"'
    doors = [
        Door("wallet", "/", national(alice.phone), alice.password, f"PIN {alice.pin}"),
        Door(
            "till",
            "/till",
            national(owner.phone),
            owner.password,
            "choose Counter 1, open the shift",
        ),
        Door(
            "merchant",
            "/merchant/",
            national(owner.phone),
            owner.password,
            ask.format(national(owner.phone)),
        ),
        # What one of them asks for, the other one approves.
        *(_colleague(name, ask) for name in ("finance", "checker")),
    ]
    return [door for door in doors if is_valid_path(door.path)]


def _colleague(name: str, ask: str) -> Door:
    phone, password = f"+8210{secrets.randbelow(10**8):08d}", passphrase()
    _enrol(User.objects.create_superuser(phone, password))
    return Door(name, "/admin/", national(phone), password, ask.format(national(phone)))


def code_now(phone: str) -> str:
    """Return what the authenticator of a person shows now."""
    number = phonenumbers.parse(phone, "KR")
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    device = TOTPDevice.objects.get(user__phone=text, confirmed=True)
    return _shown(device)


def symbol(payload: str) -> str:
    """Return a code as lines for a terminal."""
    code, lines = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, border=2), io.StringIO()
    code.add_data(payload, optimize=0)
    code.print_ascii(out=lines, invert=True)
    return lines.getvalue()


def national(phone: str) -> str:
    """Return a number as people here write it."""
    shape = phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(phonenumbers.parse(phone), shape)


def _enrol(user: User) -> None:
    factors.enrol_totp(user=user)
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    # The code of the step before: the one shown now is still good for signing in.
    factors.confirm_totp(user=user, code=_shown(device, back=1))


def _shown(device: TOTPDevice, *, back: int = 0) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = timezone.now().timestamp() - back * device.step
    return f"{totp.token():0{device.digits}d}"
