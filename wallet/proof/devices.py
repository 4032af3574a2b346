"""Device keys: a signature over the request stands in for the PIN, up to a daily amount.

Note [Signed request]
The device signs, with Ed25519 (or ECDSA on P-256), these lines joined by a line feed, in UTF-8:

    jigap.request.v1
    <method>
    <path with query, as sent>
    <SHA-256 of the body, in hexadecimal>
    <Idempotency-Key, or nothing>
    <seconds since 1970>
    <nonce: 16 to 64 of A-Z a-z 0-9 - _>

and sends ``Wallet-Device`` (its id), ``Wallet-Time``, ``Wallet-Nonce`` and ``Wallet-Signature``
(base64url). A nonce is good once. What is sent again after a lost answer is signed again, with a
new nonce and the same Idempotency-Key, which keeps it from happening twice.

A nonce is committed by itself without waiting for the disk: were it lost in a crash, the request
it came with is still answered once, by its key, and is too old five minutes later. A transfer uses
it up in its own database transaction, and by itself only where nothing came of that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from wallet.errors import (
    BadDeviceSignature,
    ClockSkew,
    DeviceKeyTaken,
    InvalidDeviceKey,
    NonceReplayed,
    TooManyDevices,
    UnknownDevice,
)
from wallet.idempotency import use_case
from wallet.models import Device, DeviceNonce, User
from wallet.proof.keys import is_public_key, verifies
from wallet.proof.telling import tell

DEVICE_HEADER = "Wallet-Device"
MAX_SKEW = timedelta(minutes=5)
MOST_DEVICES = 5
_REQUEST, _REGISTRATION = "jigap.request.v1", "jigap.device.v1"
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_USE_NONCE = (
    "SELECT wallet_use_nonce(%s, %s, %s) FROM set_config('synchronous_commit', 'off', TRUE)"
)


@dataclass(frozen=True, slots=True)
class Nonce:
    """A nonce that a device signed with, for whoever acts on the signature to use up."""

    device_id: int
    nonce: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came, and what its device says of it; all text is unchecked."""

    device: str
    time: str
    nonce: str
    signature: str
    method: str
    path: str
    body: bytes
    key: str

    @property
    def signed(self) -> bytes:
        """The bytes under the signature; see Note [Signed request]."""
        digest = hashlib.sha256(self.body).hexdigest()
        lines = (_REQUEST, self.method, self.path, digest, self.key, self.time, self.nonce)
        return "\n".join(lines).encode()


def registration(*, user: User, public_key: str) -> bytes:
    """Return what a device signs to be bound: whose it becomes, and its key as sent."""
    return f"{_REGISTRATION}\n{user.phone}\n{public_key}".encode()


@use_case
def bind(*, user: User, name: str, public_key: str, signature: str, at: datetime) -> Device:
    """Bind a device to a person, who was asked for a second proof by the caller.

    Args:
        user: whose it becomes.
        name: what the person calls it.
        public_key: 32 bytes of Ed25519 or 33 of P-256 (see ``wallet.proof.keys``), base64url.
        signature: of ``registration``, base64url: who binds a key has its other half.
        at: now.

    Raises:
        InvalidDeviceKey: the key or the signature is none.
        DeviceKeyTaken: the key was bound before, here or elsewhere.
        TooManyDevices: the person has as many as one may have.

    """
    key = _bytes(public_key)
    signed = registration(user=user, public_key=public_key)
    proves = verifies(public_key=key, signature=_bytes(signature), message=signed)
    if not (is_public_key(key) and proves):
        raise InvalidDeviceKey
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Device.objects.filter(user=user, revoked_at=None).count() >= MOST_DEVICES:
        raise TooManyDevices
    try:
        with transaction.atomic():
            device = Device.objects.create(user=user, name=name, public_key=key, bound_at=at)
    except IntegrityError as exc:
        raise DeviceKeyTaken from exc
    tell(user=user, kind="device.bound", facts={"name": name}, at=at)
    return device


@use_case
def revoke(*, device: Device, at: datetime) -> None:
    """Make a device's signatures worth nothing, from now; again, they are already."""
    device = Device.objects.select_for_update(no_key=True, of=("self",)).get(pk=device.pk)
    if device.revoked_at is None:
        device.revoked_at = at
        device.save(update_fields=["revoked_at"])
        tell(user=device.user, kind="device.revoked", facts={"name": device.name}, at=at)


def check(*, user: User, request: SignedRequest, at: datetime) -> None:
    """Check that a device of this person signed a request, just now and never before.

    Raises:
        BadDeviceSignature, ClockSkew, UnknownDevice: as for ``verify``.
        NonceReplayed: it signed with this nonce before.

    """
    if not use(verify(user=user, request=request, at=at)):
        raise NonceReplayed


def verify(
    *, user: User, request: SignedRequest, at: datetime, found: Device | None = None
) -> Nonce:
    """Check that a device of this person signed a request just now; return what it signed with.

    Args:
        user: the person.
        request: as it came.
        at: now.
        found: the device, where it was looked up before.

    Raises:
        BadDeviceSignature: a header is missing or malformed, or the signature does not fit.
        ClockSkew: it was signed more than five minutes from now.
        UnknownDevice: the device is not this person's, or was revoked.

    """
    if not (_NONCE.fullmatch(request.nonce) and _TIME.fullmatch(request.time)):
        raise BadDeviceSignature
    now = int(at.timestamp())
    if abs(now - int(request.time)) > MAX_SKEW.total_seconds():
        raise ClockSkew(now)
    device = found or _device(user, request.device)
    if not verifies(
        public_key=bytes(device.public_key),
        signature=_bytes(request.signature),
        message=request.signed,
    ):
        raise BadDeviceSignature
    return Nonce(device.pk, request.nonce, at)


def use(nonce: Nonce) -> bool:
    """Use a nonce up, and tell whether it was good until then."""
    with connection.cursor() as cursor:
        cursor.execute(_USE_NONCE, [nonce.device_id, nonce.nonce, nonce.signed_at])
        (is_good,) = cursor.fetchone()
    return bool(is_good)


def prune(*, at: datetime) -> int:
    """Remove nonces of requests that would be too old by now."""
    removed, _ = DeviceNonce.objects.filter(used_at__lt=at - 2 * MAX_SKEW).delete()
    return removed


def device_id(text: str) -> uuid.UUID | None:
    """Return which device a header names; None where it names none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _device(user: User, text: str) -> Device:
    public_id = device_id(text)
    if public_id is None:
        raise UnknownDevice
    found = Device.objects.filter(user=user, public_id=public_id, revoked_at=None).first()
    if found is None:
        raise UnknownDevice
    return found


def _bytes(text: str) -> bytes:
    """Return what base64url stands for, with padding or without; nothing for what is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
