"""Whatever was scanned: read by the kind of code that it is."""

from merchants.codes import description, payers
from merchants.codes.cpm import description as cpm
from merchants.codes.cpm import reading

Fields = dict[str, object]


def describe(text: str) -> Fields:
    """Return what a scanned text says; ``scheme`` is its kind.

    Raises:
        CodeRefused: it cannot be relied on, or is no code for paying; the subclass says why.
        ConsumerCodeMalformed: it is a payer's code of ours, and mistyped.

    """
    if reading.looks_like_one(text):
        return cpm.describe(text)
    if payers.looks_like_one(text):
        return payers.describe(text)
    return description.describe(text)
