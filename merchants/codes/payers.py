"""Codes that payers show as bare digits: ours, and whose the others are."""

import re

from merchants.errors import PayerCodeUnknown
from wallet.codes import digits

Fields = dict[str, object]

# First two digits and how many there are, as those who issue them publish.
_ALIPAY = re.compile("(2[5-9]|30)[0-9]{14,22}")
_WECHAT = re.compile("1[0-5][0-9]{16}")
_DIGITS = re.compile("[0-9]{10,30}")


def looks_like_one(text: str) -> bool:
    """Tell whether a text is nothing but digits, as many as payers' codes have."""
    return _DIGITS.fullmatch(text) is not None


def describe(text: str) -> Fields:
    """Return whose code it is; of ours, the handle, and nothing that it could be charged by.

    Raises:
        ConsumerCodeMalformed: it is of our form, and mistyped.
        PayerCodeUnknown: nobody's that is known.

    """
    if digits.looks_like_one(text):
        code = digits.parse(text)
        return _fields("jigap_consumer", "Jigap", ours=True, handle=code.handle)
    if _WECHAT.fullmatch(text):
        return _fields("wechat_pay_consumer", "WeChat Pay")
    if _ALIPAY.fullmatch(text):
        return _fields("alipay_consumer", "Alipay")
    raise PayerCodeUnknown


def _fields(scheme: str, name: str, *, ours: bool = False, handle: str | None = None) -> Fields:
    return {"scheme": scheme, "scheme_name": name, "ours": ours, "handle": handle}
