"""``printing COUNT``: print how many signed codes a second makes, and how many of bare ``qrcode``.

Both take turns after each code, so that a busy machine is as busy for the one as for the other.
"""

from __future__ import annotations

import io
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http.settings")
django.setup()

import qrcode  # noqa: E402

from merchants.codes.pictures.images import draw_png  # noqa: E402
from merchants.models import Merchant, Store  # noqa: E402
from merchants.store_codes import printed_code  # noqa: E402


def store(number: int) -> Store:
    """Return a store that is in no database; what is printed of it needs none."""
    merchant = Merchant(public_id="M7K2Q9ZT4XBA", currency="KRW")
    return Store(
        public_id=f"S{number:010d}",
        merchant=merchant,
        name="소나무 커피",
        latin_name="Sonamu Coffee",
        city="Seoul",
        merchant_category_code="5814",
    )


def ours(made: Store) -> str:
    """Sign the code of a store, and draw it."""
    payload = printed_code(made)
    draw_png(payload)
    return payload


def bare(payload: str) -> None:
    """Draw the same text as its manual says."""
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    symbol.add_data(payload)
    symbol.make(fit=True)
    symbol.make_image().save(io.BytesIO(), "PNG")


def main(count: int) -> None:
    """Make so many of each."""
    bare(ours(store(0)))  # what is made once
    spent = [0.0, 0.0]
    for number in range(count):
        made = store(number)
        started = time.process_time()
        payload = ours(made)
        between = time.process_time()
        bare(payload)
        spent[0] += between - started
        spent[1] += time.process_time() - between
    print(count / spent[0], count / spent[1])


if __name__ == "__main__":
    main(int(sys.argv[1]))
