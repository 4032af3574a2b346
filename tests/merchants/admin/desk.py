"""Who signs in at the two admin sites, and with what."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from merchants.models import Deed
from wallet.models import User

REASON = "as it was shown"


def signed_in(user: User) -> Client:
    """Return the browser of somebody whose session began with both factors."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, name="authenticator", confirmed=True)
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def may_change(user: User, *models: str) -> Client:
    """Give somebody the rights to look at and to decide about these, and sign them in."""
    return _given(user, [f"{verb}_{model}" for model in models for verb in ("view", "change")])


def may_add(user: User, *models: str) -> Client:
    """Give somebody the rights to look at and to ask for these, and sign them in."""
    return _given(user, [f"{verb}_{model}" for model in models for verb in ("view", "add")])


def _given(user: User, names: list[str]) -> Client:
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return signed_in(User.objects.get(pk=user.pk))


def hidden(page: Any) -> dict[str, str]:
    """Return what a page of a deed carries: its key, and the digest of what it shows."""
    text = page.content.decode()
    found = re.findall(r'<input type="hidden" name="(key|seen)"(?: value="([^"]*)")?', text)
    return dict(found)


def do(client: Client, path: str, **given: Any) -> Any:
    """Open the page of a deed, and send it with a reason."""
    page = client.get(path)
    assert page.status_code == 200, path
    return client.post(path, {"reason": REASON, **hidden(page), **given})


def outcomes() -> list[str]:
    """Return what came of everything that was asked for, in order."""
    return list(Deed.objects.exclude(outcome="").order_by("pk").values_list("outcome", flat=True))
