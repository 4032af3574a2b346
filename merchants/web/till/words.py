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
