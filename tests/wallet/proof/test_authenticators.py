"""An authenticator: a phone reads its picture, its clock may differ, its codes are good once."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from django.db import connection
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from PIL import Image, ImageDraw

from tests.wallet.people import Caller
from wallet.errors import StepUpEnded, WrongCode
from wallet.models import Wallet
from wallet.proof import factors, step_ups

pytestmark = pytest.mark.django_db
STEP_SECONDS = 30
SCALE = 10


@pytest.fixture
def device(alice: Wallet) -> TOTPDevice:
    """An authenticator in use, in the middle of a step: a test does not cross into the next."""
    return enrolled(alice)


def enrolled(wallet: Wallet) -> TOTPDevice:
    factors.enrol_totp(user=wallet.holder)
    device = TOTPDevice.objects.get(user=wallet.holder)
    device.t0 = int(time.time()) - 1_000 * STEP_SECONDS - STEP_SECONDS // 2
    device.confirmed = True
    device.save()
    return device


def shown(device: TOTPDevice, steps: int = 0) -> str:
    """What the authenticator shows whose clock is so many steps ahead of ours."""
    totp = TOTP(device.bin_key, t0=device.t0)
    totp.time = time.time() + STEP_SECONDS * steps
    return f"{totp.token():06d}"


def proved(wallet: Wallet, code: str) -> bool:
    """Prove a step-up by a code; the waiting time after a wrong one is over."""
    TOTPDevice.objects.update(throttling_failure_count=0)
    begun = step_ups.begin(user=wallet.holder, fingerprint=b"f" * 32, by="TOTP", at=timezone.now())
    try:
        step_ups.prove(user=wallet.holder, public_id=begun.public_id, code=code, at=timezone.now())
    except WrongCode:
        return False
    return True


def test_the_picture_of_the_enrolment_says_what_the_address_says(alice: Wallet) -> None:
    made = Caller(alice).post("/second-factors/totp", {}).json()
    (read,) = zxingcpp.read_barcodes(drawn(made["svg"]))
    assert read.text == made["uri"]
    said = parse_qs(urlsplit(read.text).query)
    assert (said["digits"], said["period"], said["issuer"]) == (["6"], ["30"], ["Jigap"])


def drawn(svg: str) -> Image.Image:
    """The modules of an SVG of one path, with a quiet zone."""
    modules = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+),([\d.]+)", svg)]
    width = (int(max(x for x, _ in modules)) + 5) * SCALE
    picture = Image.new("L", (width, width), 255)
    draw = ImageDraw.Draw(picture)
    for x, y in modules:
        draw.rectangle([x * SCALE, y * SCALE, (x + 1) * SCALE - 1, (y + 1) * SCALE - 1], 0)
    return picture


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_differ_by_a_step(alice: Wallet, device: TOTPDevice, steps: int) -> None:
    assert proved(alice, shown(device, steps))


@pytest.mark.parametrize("steps", [-10, -2, 2, 10])
def test_a_clock_that_differs_by_more_is_wrong(
    alice: Wallet, device: TOTPDevice, steps: int
) -> None:
    assert not proved(alice, shown(device, steps))


def test_a_clock_that_runs_ahead_is_followed(alice: Wallet, device: TOTPDevice) -> None:
    assert [proved(alice, shown(device, steps)) for steps in (1, 2, 3)] == [True] * 3
    assert not proved(alice, shown(device, 5))


def test_a_code_is_good_once_and_the_ones_before_it_never_again(
    alice: Wallet, device: TOTPDevice
) -> None:
    codes = [shown(device, steps) for steps in (0, 0, -1, 1)]
    assert [proved(alice, code) for code in codes] == [True, False, False, True]


def test_after_a_wrong_code_even_the_right_one_waits(alice: Wallet, device: TOTPDevice) -> None:
    right = shown(device)
    with pytest.raises(WrongCode):
        factors.use_totp(user=alice.holder, code=f"{(int(right) + 1) % 10**6:06d}")
    with pytest.raises(WrongCode):
        factors.use_totp(user=alice.holder, code=right)


@pytest.mark.django_db(transaction=True)
def test_of_ten_that_say_one_code_at_once_one_is_believed(alice: Wallet) -> None:
    code = shown(enrolled(alice))
    at = timezone.now()
    begun = [
        step_ups.begin(user=alice.holder, fingerprint=bytes([n]) * 32, by="TOTP", at=at)
        for n in range(10)
    ]
    barrier = threading.Barrier(len(begun))

    def act(number: int) -> bool:
        barrier.wait()
        try:
            step_ups.prove(
                user=alice.holder,
                public_id=begun[number].public_id,
                code=code,
                at=at + timedelta(seconds=1),
            )
        except (WrongCode, StepUpEnded):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(begun)) as pool:
        assert sum(pool.map(act, range(len(begun)))) == 1
