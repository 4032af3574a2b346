"""Pictures of stores: drawn anew, seen by everybody, set by the merchant."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from merchants.models import Store, StorePicture
from merchants.premises.pictures import small_jpeg
from tests.merchants.cast import Member

pytestmark = pytest.mark.django_db


def picture(size: tuple[int, int] = (900, 600), kind: str = "PNG", **more: Any) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **more)
    return file.getvalue()


def put(owner: Member, store: Store, data: bytes, kind: str = "image/png") -> Any:
    path = f"/api/v1/merchant/stores/{store.public_id}/picture"
    return owner.client.put(path, data, content_type=kind)


def test_a_picture_is_made_small_and_seen_by_everybody(owner: Member, corner_shop: Store) -> None:
    path = f"/api/v1/stores/{corner_shop.public_id}/picture"
    assert Client().get(path).status_code == 404
    assert put(owner, corner_shop, picture()).status_code == 204
    seen = Client().get(path)
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    with Image.open(BytesIO(seen.content)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (512, 341))
    assert Client().get(path, headers={"If-None-Match": seen["ETag"]}).status_code == 304
    assert put(owner, corner_shop, picture((10, 10), "WEBP"), "image/webp").status_code == 204
    assert StorePicture.objects.count() == 1


def test_nothing_hidden_in_a_picture_is_passed_on() -> None:
    exif = Image.Exif()
    exif[0x010E] = "where the owner lives"
    exif[0x0112] = 6  # lies on its side
    made = small_jpeg(picture((90, 60), "JPEG", exif=exif, comment=b"where the owner lives"))
    assert b"where the owner" not in made
    with Image.open(BytesIO(made)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((60, 90), {})


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"", "image/png", 400, "image_unreadable"),
        (b"<svg/>", "image/svg+xml", 400, "image_unreadable"),
        (picture()[:300], "image/png", 400, "image_unreadable"),
        (b"x" * (10 * 1024 * 1024 + 1), "image/png", 400, "image_too_large"),
        (b"{}", "application/json", 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_picture_is_refused(
    owner: Member, corner_shop: Store, data: bytes, kind: str, status: int, code: str
) -> None:
    answer = put(owner, corner_shop, data, kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not StorePicture.objects.exists()


def test_a_picture_that_unpacks_to_too_much_is_refused(owner: Member, corner_shop: Store) -> None:
    answer = put(owner, corner_shop, picture((6000, 5000)))
    assert (answer.status_code, answer.json()["code"]) == (400, "image_too_large")
