"""What a payer is told about codes and payments."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.codes.description import describe
from merchants.errors import CodeRefused, MerchantError
from wallet.web.confirming import decline_with
from wallet.web.words import say, words_of

_SENTENCES = {
    "unknown_store": ("payload", __("No store takes payments under this code. Ask the store.")),
    "unknown_payment": ("payload", __("This payment is not known. Ask for a new code.")),
    "code_outdated": ("payload", __("This code was changed. Do not pay it; ask for a new one.")),
    "payment_ended": ("payload", __("This payment was paid, closed, or is out of time.")),
    "code_unsigned": ("payload", __("This code is not signed, so it is not ours. Ask the store.")),
    "code_key_unknown": ("payload", __("Somebody else signed this code. Do not pay it.")),
    "code_signature_wrong": ("payload", __("This code was changed. Do not pay it.")),
    "code_revoked": ("payload", __("This poster was recalled. Look for the store's new one.")),
    "image_unreadable": ("picture", __("This file is no picture. Take a photo of the code.")),
    "image_too_large": ("picture", __("This picture is too large. Take one under 10 MB.")),
    "image_without_code": ("picture", __("There is no code in it. Go closer, in good light.")),
}


def learn() -> None:
    """Make the wallet's pages speak of stores' codes and payments."""
    decline_with(MerchantError)
    for code, (field, text) in _SENTENCES.items():
        say(code, text, field)


def explain_code(payload: str, error: Exception) -> str:
    """Return what to say of a code that cannot be paid; one of another system is named."""
    if not isinstance(error, CodeRefused) or error.code in _SENTENCES:
        return words_of(error).text
    try:
        said = describe(payload)
    except CodeRefused:
        return _("This is not a payment code. Look for the code at the counter.")
    if said["ours"]:
        return _("This code is damaged or was changed. Do not pay it; tell the store.")
    return _("This is a %(scheme)s code of “%(name)s”. It cannot be paid from this wallet.") % {
        "scheme": said["scheme_name"] or _("foreign"),
        "name": said["merchant_name"] or "?",
    }
