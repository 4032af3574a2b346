"""Second factors: the telephone, an authenticator (TOTP, RFC 6238), and backup codes on paper."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import django_otp
from django.conf import settings
from django_otp.plugins.otp_totp.models import TOTPDevice

from wallet.errors import FactorNotSet, WrongCode
from wallet.idempotency import use_case
from wallet.models import BackupCode, StepUp, User

BACKUP_CODES = 10
# Capitals and digits without those that are taken for one another; 16 of them are 79 bits.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 16
_DEVICE_NAME = "authenticator"


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can prove themselves with, beside the PIN."""

    has_totp: bool
    backup_codes_left: int

    @property
    def methods(self) -> list[str]:
        """The ways a step-up can be proved."""
        by = [StepUp.By.SMS.value]
        if self.has_totp:
            by.append(StepUp.By.TOTP.value)
        if self.backup_codes_left:
            by.append(StepUp.By.BACKUP_CODE.value)
        return by


def factors_of(user: User) -> Factors:
    """Return a person's second factors; the confirmed telephone is always one."""
    totp = TOTPDevice.objects.filter(user=user, confirmed=True).exists()
    left = BackupCode.objects.filter(user=user, used_at=None).count()
    return Factors(has_totp=totp, backup_codes_left=left)


@use_case
def enrol_totp(*, user: User) -> str:
    """Make a new authenticator secret; return its ``otpauth://`` address.

    It counts once its first code was shown; the one before it counts until then.
    """
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    device = TOTPDevice.objects.create(user=user, name=_DEVICE_NAME, confirmed=False)
    return str(device.config_url)


def confirm_totp(*, user: User, code: str) -> None:
    """Take an authenticator into use, by its first code; the one before it is forgotten.

    Raises:
        FactorNotSet: no enrolment was begun.
        WrongCode: the code is not this, or came too soon after a wrong one.

    """
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None:
        raise FactorNotSet
    if django_otp.verify_token(user, device.persistent_id, code) is None:
        raise WrongCode
    _take_into_use(user=user, device_id=device.pk)


@use_case
def _take_into_use(*, user: User, device_id: int) -> None:
    TOTPDevice.objects.filter(user=user).exclude(pk=device_id).delete()
    TOTPDevice.objects.filter(pk=device_id).update(confirmed=True)


@use_case
def remove_totp(*, user: User) -> bool:
    """Forget a person's authenticator; tell whether there was one."""
    removed, _ = TOTPDevice.objects.filter(user=user).delete()
    return bool(removed)


@use_case
def make_backup_codes(*, user: User, at: datetime) -> list[str]:
    """Make new codes for paper, shown this once; the ones before them are worth nothing."""
    codes = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(BACKUP_CODES)
    ]
    User.objects.select_for_update().get(pk=user.pk)  # two at once must not leave twenty
    BackupCode.objects.filter(user=user).delete()
    BackupCode.objects.bulk_create(
        BackupCode(user=user, hashed=_hashed(user, code), made_at=at) for code in codes
    )
    return codes


def use_totp(*, user: User, code: str) -> None:
    """Use a code of the authenticator up; a clock that drifts is followed.

    Raises:
        FactorNotSet: the person has no authenticator.
        WrongCode: it is not this, was used, or came too soon after a wrong one.

    """
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    if device is None:
        raise FactorNotSet
    # This function locks the device while it compares and counts; the device's own does not.
    if django_otp.verify_token(user, device.persistent_id, code) is None:
        raise WrongCode


@use_case
def use_backup_code(*, user: User, code: str, at: datetime) -> None:
    """Cross a code out; of many that bring the same, one succeeds.

    Raises:
        WrongCode: it is not one of the person's, or was used.

    """
    plain = code.upper().replace("-", "").replace(" ", "")
    rows = BackupCode.objects.filter(user=user, hashed=_hashed(user, plain), used_at=None)
    if not rows.update(used_at=at):
        raise WrongCode


def _hashed(user: User, code: str) -> bytes:
    text = f"backup_code:{user.pk}:{code}"
    return hmac.digest(settings.PIN_PEPPER.encode(), text.encode(), hashlib.sha256)
