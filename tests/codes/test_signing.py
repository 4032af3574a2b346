"""A printed code is signed: whatever is changed about it shows."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from merchants.codes.description import describe
from merchants.codes.mpm import code as mpm
from merchants.codes.ours.signing import Verdict, judge, signing_keys
from merchants.codes.ours.store_code import StoreCode, read_store_code, write_store_code
from merchants.errors import CodeRefused
from tests.codes.payloads import run, sealed
from tests.codes.test_store_code import CORNER_SHOP, PINE_COFFEE

# Any settings will do: the keys follow from what is set there.
KEY = signing_keys()[0]
SIGNED = write_store_code(replace(PINE_COFFEE, poster_version=3), KEY)


def parts(payload: str) -> dict[str, str]:
    """Cut a payload into its objects, by hand."""
    found, place = {}, 0
    while place < len(payload):
        length = int(payload[place + 2 : place + 4])
        found[payload[place : place + 2]] = payload[place + 4 : place + 4 + length]
        place += 4 + length
    return found


def resealed(objects: dict[str, str]) -> str:
    return sealed(run({k: v for k, v in objects.items() if k != "63"}))


def test_a_signed_code_says_the_same_and_that_it_is_genuine() -> None:
    code = mpm.read(SIGNED)
    assert read_store_code(code) == replace(PINE_COFFEE, poster_version=3)
    assert judge(SIGNED) is Verdict.GENUINE
    assert describe(SIGNED)["signature"] == "genuine"
    assert [each.id for each in code.unreserved] == ["80", "81"]


def test_the_signature_is_made_as_documented() -> None:
    found = parts(SIGNED)
    first, second = parts(found["80"]), parts(found["81"])
    assert (first["00"], second["00"]) == ("app.jigap", "app.jigap")
    public = KEY.public
    assert first["01"] == hashlib.sha256(public).hexdigest()[:6].upper()
    signature = base64.urlsafe_b64decode(first["02"] + second["01"] + "==")
    rest = run({k: v for k, v in found.items() if k not in {"63", "80", "81"}})
    Ed25519PublicKey.from_public_bytes(public).verify(signature, f"jigap.code.v1\n{rest}".encode())


def test_nobody_signed_an_unsigned_code() -> None:
    assert judge(write_store_code(CORNER_SHOP)) is Verdict.MISSING
    one_half = resealed({k: v for k, v in parts(SIGNED).items() if k != "81"})
    assert judge(one_half) is Verdict.MISSING
    foreign = parts(SIGNED) | {"80": run({"00": "app.other", "01": "x"})}
    assert judge(resealed(foreign)) is Verdict.MISSING


@pytest.mark.parametrize(
    ("object_id", "value"),
    [
        ("26", run({"00": "app.jigap", "01": "M1", "02": "S1A2B3C4D5E6", "03": "01", "04": "3"})),
        ("26", run({"00": "app.jigap", "01": "M7K2Q9ZT4XBA", "02": "S1A2B3C4D5E6", "03": "01"})),
        ("59", "Other Coffee"),
        ("60", "Busan"),
        ("52", "5812"),
        ("64", run({"00": "ko", "01": "다른 커피", "02": "서울"})),
        ("62", run({"03": "GANGNAM-2", "07": "T02"})),
        ("65", "more"),
    ],
)
def test_a_changed_object_shows_although_the_checksum_is_right(object_id: str, value: str) -> None:
    assert judge(resealed(parts(SIGNED) | {object_id: value})) is Verdict.WRONG


def test_another_codes_signature_fits_no_other_code() -> None:
    other = parts(write_store_code(CORNER_SHOP, KEY))
    moved = parts(SIGNED) | {"80": other["80"], "81": other["81"]}
    assert judge(resealed(moved)) is Verdict.WRONG


def test_the_order_of_objects_is_signed_too() -> None:
    found = parts(SIGNED)
    swapped = {k: found[k] for k in ("00", "01", "52", "26")} | found
    assert list(swapped) != list(found)
    assert judge(resealed(swapped)) is Verdict.WRONG


@given(st.data())
def test_no_changed_character_is_genuine(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(SIGNED) - 9))
    character = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    altered = sealed(SIGNED[:place] + character + SIGNED[place + 1 : -8])
    if altered == SIGNED:
        return
    with suppress(CodeRefused):
        assert judge(altered) is not Verdict.GENUINE


def test_another_spelling_of_the_signature_is_another_code() -> None:
    # The last of 86 characters of base64 holds two bits that mean something, and four that do not.
    found = parts(SIGNED)
    second = parts(found["81"])
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(second["01"][-1])
    second["01"] = second["01"][:-1] + alphabet[last ^ 1]
    assert judge(resealed(found | {"81": run(second)})) is Verdict.WRONG


def test_keys_change_with_overlap(settings: Settings) -> None:
    settings.CODE_SECRETS = ["newest", "older"]
    newest, older = signing_keys()
    assert newest.id != older.id
    for key in (newest, older):
        assert judge(write_store_code(CORNER_SHOP, key)) is Verdict.GENUINE
    assert judge(SIGNED) is Verdict.UNKNOWN_KEY
    settings.CODE_SECRETS = ["newest"]
    assert judge(write_store_code(CORNER_SHOP, older)) is Verdict.UNKNOWN_KEY
    settings.CODE_SECRETS = []
    with pytest.raises(ImproperlyConfigured):
        signing_keys()


def test_the_longest_signed_code_fits() -> None:
    longest = StoreCode(
        merchant_id="M" * 11,
        store_id="S" * 11,
        name="가" * 25,
        latin_name="x" * 25,
        city="나" * 15,
        latin_city="y" * 15,
        country="KR",
        currency="KRW",
        merchant_category_code="5814",
        store_label="2" * 25,
        terminal_label="3" * 11,
        poster_version=99_999,
    )
    assert len(write_store_code(longest, KEY).encode()) <= 512
