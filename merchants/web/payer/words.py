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
    "offline_code_broken": ("payload", __("This code is damaged. Ask the till for a new one.")),
    "offline_issuer_unknown": ("payload", __("This is no till of ours. Do not pay it.")),
    "offline_signature_wrong": ("payload", __("This code was changed. Do not pay it.")),
    "till_unknown": ("payload", __("This till is no longer known. Ask the store.")),
    "till_code_stale": ("payload", __("This code is too old. Ask the till for a new one.")),
    "till_code_used": ("payload", __("This code was paid before. Ask the till for a new one.")),
    "offline_certificate_expired": (
        "payload",
        __("This till was without a network for too long."),
    ),
    "offline_not_eligible": (
        "amount",
        __("Not yet: the holder has to be verified, and the wallet a week old."),
    ),
    "offline_not_offered": ("amount", __("Paying without a network is not offered here.")),
    "allowance_too_large": ("amount", __("That is more than may be set aside on phones.")),
    "image_unreadable": ("picture", __("This file is no picture. Take a photo of the code.")),
    "image_too_large": ("picture", __("This picture is too large. Take one under 10 MB.")),
    "image_without_code": ("picture", __("There is no code in it. Go closer, in good light.")),
}

# What the page that has no server to ask says, by the codes of its script.
OFFLINE_WORDS = [
    ("broken", __("This is no till's code. Scan the one on the till.")),
    ("issuer_unknown", __("This is no till of ours. Do not pay it.")),
    ("signature_wrong", __("This code was changed. Do not pay it.")),
    ("certificate_expired", __("This is out of time. Connect to a network first.")),
    ("voucher_other_payment", __("The till takes another currency.")),
    ("voucher_above_cap", __("That is more than one payment may be without a network.")),
    ("allowance_spent", __("That is more than is left on this phone.")),
    ("pin_wrong", __("This is not your PIN.")),
    ("pin_over", __("Five wrong PINs: connect to a network, and set money aside again.")),
]


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
