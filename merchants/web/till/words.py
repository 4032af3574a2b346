"""What a cashier is told about refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as __

from wallet.web.words import say

_SENTENCES = {
    "consumer_code_refused": (
        "payload",
        __("This code is not good: used, too old, or not ours. Ask for a new one."),
    ),
    "consumer_code_malformed": ("payload", __("A digit is wrong. Scan it again, or type it.")),
    "too_many_bad_codes": ("payload", __("Too many bad codes. Show your own code instead.")),
    "order_conflict": ("payload", __("This was charged to somebody else. Begin again.")),
    "refund_above_limit": ("amount", __("That is above what you may give back. Ask a manager.")),
    "refund_too_large": ("amount", __("That is more than is left of this payment.")),
    "refund_window_over": ("", __("This payment is too old to be given back here.")),
    "refund_conflict": ("", __("This was given back before. Look at the payment.")),
    "shift_open": ("", __("Somebody else's shift is open at this till. Close it first.")),
    "terminal_label_taken": ("label", __("Another till here has this name.")),
}


def learn() -> None:
    """Make the pages speak of the till."""
    for code, (field, text) in _SENTENCES.items():
        say(code, text, field)


# What the page that has no server to ask says, by the codes of its script.
OFFLINE_WORDS = [
    ("broken", __("This is not what was asked for. Scan what the customer shows now.")),
    ("issuer_unknown", __("This was not made by us. Take no money for it.")),
    ("signature_wrong", __("This was altered. Take no money for it.")),
    ("certificate_expired", __("This till was without a network for too long. Connect it.")),
    ("must_synchronize", __("This till was without a network for too long. Connect it.")),
    ("clock_back", __("The clock of this device went back. Set it right.")),
    ("nonce_unknown", __("This is for another payment, or was shown before.")),
    ("receipt_other", __("This receipt is for another payment.")),
    ("digits_wrong", __("The digits do not fit. Ask for them again.")),
    ("digits_over", __("Three times wrong. Show a new code.")),
    ("not_accepted", __("The merchant takes no payments without a network.")),
    ("voucher_expired", __("The customer's allowance is out of time.")),
    ("voucher_revoked", __("The customer's allowance was revoked.")),
    ("voucher_replayed", __("This was shown before. It is not paid twice.")),
    ("voucher_other_till", __("This is for another till.")),
    ("voucher_other_payment", __("This is for another payment.")),
    ("voucher_above_cap", __("This is more than the customer may pay without a network.")),
    ("voucher_out_of_order", __("This does not fit what the customer showed before.")),
    ("limit_reached", __("This till may take no more without a network.")),
]
