"""Whatever was scanned: read by the kind of code that it is."""

from __future__ import annotations

from merchants.codes import description, payers
from merchants.codes.cpm import description as cpm
from merchants.codes.cpm import reading
from merchants.offline.issuing import public_keys
from merchants.offline.reference import describing

Fields = dict[str, object]


def describe(text: str) -> Fields:
    """Return what a scanned text says; ``scheme`` is its kind.

    Raises:
        CodeRefused: it cannot be relied on, or is no code for paying; the subclass says why.
        ConsumerCodeMalformed: it is a payer's code of ours, and mistyped.
        OfflineCodeBroken: it begins like a code of ours for paying without a network.

    """
    if reading.looks_like_one(text):
        return cpm.describe(text)
    if payers.looks_like_one(text):
        return payers.describe(text)
    if describing.looks_like_one(text):
        return describing.describe(text, keys=public_keys())
    return description.describe(text)
