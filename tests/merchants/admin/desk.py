"""Who signs in at the two admin sites, and with what."""

from __future__ import annotations

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from wallet.models import User


def signed_in(user: User) -> Client:
    """Return the browser of somebody whose session began with both factors."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, name="authenticator", confirmed=True)
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
