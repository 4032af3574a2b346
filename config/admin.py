"""The admin's front door: a password and the authenticator's code, both or nothing."""

from __future__ import annotations

from typing import Any

import django_otp
from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice


class SecondFactorForm(AdminAuthenticationForm):
    """Asks for the code beside the password; which of them was wrong is not said."""

    code = forms.RegexField(
        r"^[0-9]{6}\Z",
        label="Code",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check password, then code; a right one marks the session as verified."""
        cleaned = super().clean() or {}
        user = self.get_user()
        if user is not None:
            device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
            code = cleaned.get("code", "")
            if device is None or not django_otp.verify_token(user, device.persistent_id, code):
                raise ValidationError(
                    self.error_messages["invalid_login"],
                    code="invalid_login",
                    params={"username": self.username_field.verbose_name},
                )
            user.otp_device = device  # type: ignore[attr-defined]  # django_otp reads it when the session begins
        return cleaned


class SecondFactorSite(AdminSite):
    """Lets in only staff whose session began with both."""

    login_form = SecondFactorForm
    login_template = "config/admin_login.html"
    site_header = site_title = "Jigap"

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether this is a member of staff who showed the second factor."""
        return super().has_permission(request) and bool(request.user.is_verified())  # type: ignore[union-attr]
