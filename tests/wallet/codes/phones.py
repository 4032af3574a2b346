"""A phone that shows codes: it has what the server told it once, and no network."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from tests.wallet.devices.phones import Phone
from tests.wallet.people import Caller
from wallet.codes import handles
from wallet.codes.digits import code_at
from wallet.models import Device, Wallet


@dataclass
class CodePhone:
    """What a phone keeps of the answer to its enrolment."""

    device: str
    handle: str
    key: bytes

    def code(self, at: datetime | None = None) -> str:
        """Return what it shows at an instant; now, unless told."""
        return code_at(handle=self.handle, key=self.key, at=at or timezone.now())


def enrolled(wallet: Wallet, *, phone: Phone | None = None) -> CodePhone:
    """Bind a phone, if it is not, and let it fetch a handle and a key over the API."""
    phone = phone or bound(wallet)
    answer = Caller(wallet).post(
        f"/devices/{phone.device}/code-keys", {"wallet_id": str(wallet.public_id)}
    )
    assert answer.status_code == 201, answer.json()
    return kept(phone, answer.json())


def enrolled_at(wallet: Wallet, at: datetime) -> CodePhone:
    """Give the holder's phone, bound if there is none, its next handle and key at an instant."""
    device = Device.objects.filter(user=wallet.holder, revoked_at=None).first()
    if device is None:
        device = Device.objects.get(public_id=bound(wallet).device)
    told = handles.issue(device=device, wallet=wallet, at=at)
    return CodePhone(str(device.public_id), told.handle, told.key)


def bound(wallet: Wallet) -> Phone:
    """Return a phone with a key that signs."""
    phone = Phone(wallet.holder)
    assert phone.bind(wallet).status_code == 201
    return phone


def kept(phone: Phone, told: dict[str, Any]) -> CodePhone:
    """Return what the phone keeps of an answer."""
    key = base64.urlsafe_b64decode(told["key"] + "=")
    return CodePhone(phone.device, told["handle"], key)
