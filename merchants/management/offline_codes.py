"""Making the codes of payments without a network, for the command."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from merchants.offline.reference.book import Book
from merchants.offline.reference.checks import Limits
from merchants.offline.reference.keys import Ed25519Key
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.wire import records
from merchants.offline.wire.certificates import (
    ALLOWANCE_TAG,
    TILL_TAG,
    AllowanceCertificate,
    TillCertificate,
)

_DAY = 86_400


def simulate(*, at: int) -> Iterator[tuple[str, str]]:
    """Yield the codes that a till and a telephone show each other, of an issuer made up for it.

    With these a browser's implementation can be tried; nothing of it is in any database.
    """
    issuer, phone_key, till_key = (Ed25519Key() for _ in range(3))
    key_id = hashlib.sha256(issuer.public).digest()[: records.KEY_ID_BYTES]
    keys = {key_id: issuer.public}
    allowance = AllowanceCertificate(
        key_id, b"allowan1", phone_key.public, "KRW", 50_000, 30_000, 50, at, at + 3 * _DAY
    )
    issued = issuer.sign(records.message(ALLOWANCE_TAG, allowance.body))
    phone = Telephone(phone_key, keys, allowance, issued)
    shop = TillCertificate(
        key_id, b"tilltill", till_key.public, "M1", "T1", "Corner Shop", "KRW", at, at + 7 * _DAY
    )
    till = Till(
        key=till_key,
        certificate=shop,
        issued=issuer.sign(records.message(TILL_TAG, shop.body)),
        code_key=b"k" * 32,
        issuers=keys,
        limits=Limits(30_000, 60_000, 500_000, 300_000, 24, 48),
        book=Book(uploaded_at=at, listed_at=at),
    )
    yield "issuer key", f"{key_id.hex()} {issuer.public.hex()}"
    asked = till.ask(12_000, at=at, order_no="A-1")
    yield "till shows", asked
    answered = phone.pay(asked, at=at)
    yield "telephone shows", answered
    yield "till uploads", till.accept(answered, at=at).alone.text
