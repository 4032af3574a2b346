"""The admin's pages of merchants: to look at, with no secret and in few queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from merchants.models import ApiKey, Store
from tests.merchants.access.test_routes import belongings
from tests.merchants.cast import keyed
from tests.wallet.people import PASSWORD
from wallet.models import User

pytestmark = pytest.mark.django_db
PAGES = [
    model.__name__.lower()
    for model in apps.get_app_config("merchants").get_models()
    if admin.site.is_registered(model)
]


def test_there_are_pages() -> None:
    assert len(PAGES) >= 11


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_shown_in_few_queries_and_changes_nothing(
    corner_shop: Store, page: str, django_assert_max_num_queries: Any
) -> None:
    belongings(corner_shop)
    client = staff_client()
    with django_assert_max_num_queries(10):
        answer = client.get(f"/admin/merchants/{page}/")
    assert answer.status_code == 200
    # What is made here is made by a use-case, on a page of ours instead of Django's form.
    added = client.get(f"/admin/merchants/{page}/add/", follow=True).status_code
    assert added in {403, 404}


def test_a_key_is_shown_without_its_secret(corner_shop: Store) -> None:
    _, secret = keyed(corner_shop.merchant, "merchant:read")
    client = staff_client()
    key = ApiKey.objects.get()
    shown = client.get(f"/admin/merchants/apikey/{key.pk}/change/")
    assert shown.status_code == 200
    assert secret[16:] not in shown.content.decode()


def staff_client() -> Client:
    """Return a member of staff who signed in with both factors."""
    user = User.objects.create_superuser("+821000000001", PASSWORD)
    device = TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
