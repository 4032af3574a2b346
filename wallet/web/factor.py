"""The front door of an admin site: a password and the authenticator's code, both or nothing."""

from __future__ import annotations

from typing import Any

import django_otp
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from wallet import people
from wallet.errors import TooManySignIns, WalletError
from wallet.models import User
from wallet.web.access import address_of
from wallet.web.words import words_of


class SecondFactorForm(AdminAuthenticationForm):
    """Asks for the code beside the password; which of them was wrong is not said.

    Tries are counted with those at the wallet's own door, before the password is looked at.
    """

    code = forms.RegexField(
        r"^[0-9]{6}\Z",
        label=_("Code of the authenticator"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        """Check password, then code; a right one marks the session as verified."""
        given = self.cleaned_data
        user = self._who(given.get("username") or "", given.get("password") or "")
        self.confirm_login_allowed(user)
        device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
        code = given.get("code", "")
        if device is None or not django_otp.verify_token(user, device.persistent_id, code):
            raise self.get_invalid_login_error()
        user.otp_device = device  # type: ignore[attr-defined]  # django_otp reads it when the session begins
        self.user_cache: User | None = user
        return given

    def _who(self, phone: str, password: str) -> User:
        try:
            return people.sign_in(
                phone=phone,
                password=password,
                address=address_of(self.request),
                at=timezone.now(),
            )
        except TooManySignIns as error:
            raise ValidationError(words_of(error).text, code=error.code) from error
        except WalletError as error:
            raise self.get_invalid_login_error() from error


def has_shown_factor(request: HttpRequest) -> bool:
    """Tell whether the session began with the authenticator's code."""
    user: Any = request.user
    return bool(user.is_active and user.is_verified())
