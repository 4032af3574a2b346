"""The one table of what pages say about refusals: the field, and what to do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as __

SENTENCES: dict[str, tuple[str, str | Promise]] = {
    "insufficient_funds": (
        "amount",
        __("Your wallet holds less than this. Top up first, or choose a smaller amount."),
    ),
    "recipient_full": (
        "amount",
        __("They cannot receive this much right now. Try a smaller amount."),
    ),
    "invalid_amount": ("amount", __("Write the amount in whole won, such as 12,000.")),
    "currency_mismatch": ("amount", __("Your wallet is in another currency than this.")),
    "pin_required": ("pin", __("Enter your six-digit PIN.")),
    "pin_not_set": ("pin", __("You have no PIN yet. Set one under Settings, then come back.")),
    "pin_locked": (
        "pin",
        __("Your PIN is locked after five wrong tries. Choose a new one under Settings → PIN."),
    ),
    "weak_pin": (
        "pin",
        __("Choose six digits that are harder to guess: no date, no series, no repetition."),
    ),
    "pin_set": ("pin", __("You have a PIN already. Change it under Settings → PIN.")),
    "wrong_code": (
        "code",
        __("That code does not fit. Look at the newest message, or ask for another code."),
    ),
    "too_many_codes": ("", __("Too many codes were sent. Wait a little, then ask again.")),
    "code_not_sent": ("", __("The text message could not be sent. Try again in a minute.")),
    "step_up_ended": (
        "code",
        __("This code is too old or was tried too often. Ask for another one."),
    ),
    "step_up_refused": ("", __("Your confirmation was used or is too old. Begin again.")),
    "factor_not_set": ("", __("This way of confirming is not set up yet.")),
    "wrong_credentials": (
        "password",
        __("Phone number and password do not fit together. Check both."),
    ),
    "too_many_sign_ins": ("", __("Too many tries. Wait a few minutes, then try again.")),
    "invalid_phone": ("phone", __("Write a phone number such as 010-1234-5678.")),
    "phone_taken": ("phone", __("This number has a wallet already. Sign in instead.")),
    "unknown_recipient": (
        "payee",
        __("Nobody with this number or handle has a wallet. Check it, or send a link instead."),
    ),
    "transfer_to_self": ("payee", __("This is your own number. Enter somebody else's.")),
    "too_many_lookups": (
        "payee",
        __(
            "You looked for too many unknown people today. Send to somebody you paid before, or try tomorrow."
        ),
    ),
    "recipient_has_wallet": ("payee", __("They have a wallet. Send the money to it directly.")),
    "too_many_claims": ("", __("Too many of your links are open. Cancel one first.")),
    "unreadable_text": (
        "memo",
        __("Use letters, digits and signs that can be seen, up to 100 of them."),
    ),
    "claim_not_open": ("", __("This money was claimed, cancelled or sent back before.")),
    "unknown_claim": ("", __("This link is not for your phone number, or does not exist.")),
    "phone_not_confirmed": ("", __("Confirm your phone number first.")),
    "money_request_not_open": ("", __("This request was answered, cancelled, or is too old.")),
    "too_many_requests": (
        "payee",
        __("They have not answered your earlier requests. Wait for an answer first."),
    ),
    "invalid_split": (
        "payees",
        __("Name 1 to 30 different people other than yourself, and at least 1 won each."),
    ),
    "invalid_due_time": ("due", __("Choose a time in the future, within a year.")),
    "scheduled_transfer_not_open": ("", __("This transfer was sent or cancelled before.")),
    "wallet_not_open": (
        "",
        __("A wallet in this is frozen or closed. If it is yours, unfreeze it under Settings."),
    ),
    "frozen_by_others": (
        "",
        __("Our staff froze this wallet. Contact us to have it opened again."),
    ),
    "wallet_exists": ("", __("You have a wallet in this currency already.")),
    "currency_not_offered": ("", __("Wallets in this currency are not offered.")),
    "wallet_not_empty": ("", __("The wallet still holds money. Withdraw or send it first.")),
    "wallet_has_obligations": (
        "",
        __("Something is still under way. Wait for it, or cancel it first."),
    ),
    "unknown_bank": ("bank_code", __("Choose a bank from the list.")),
    "invalid_account_number": (
        "number",
        __("This bank has no such account number. Check the digits."),
    ),
    "bank_account_known": ("number", __("You have added this account before.")),
    "too_many_bank_accounts": (
        "",
        __("You have as many bank accounts as one may have. Remove one first."),
    ),
    "bank_account_not_verified": ("account", __("Verify this bank account first.")),
    "bank_account_state": ("", __("This account waits for no code any more. Add it again.")),
    "wrong_account_code": (
        "code",
        __("Those are not the three digits beside the deposit. Check your bank's statement."),
    ),
    "account_code_expired": (
        "code",
        __("The deposit is too old. Remove the account and add it again."),
    ),
    "invalid_handle": (
        "handle",
        __("Use 3 to 20 letters, digits or underscores; some words are reserved."),
    ),
    "handle_taken": ("handle", __("Somebody else has this handle. Choose another.")),
    "invalid_month": ("", __("There is no such month.")),
    "statement_not_yet": ("", __("This month has not begun.")),
    "no_statement": ("", __("You had no wallet in this month.")),
    "statement_too_long": ("", __("This statement is too long for a PDF. Download it as CSV.")),
    "unknown_draft": ("", __("This was open for too long. Begin again.")),
    "unknown_session": ("", __("This session ended before.")),
    "bank_not_answering": ("", __("The bank does not answer just now. Try again in a minute.")),
    "request_in_progress": (
        "",
        __("This is being done right now. Look at your activity in a moment."),
    ),
    "idempotency_key_reused": (
        "",
        __("This form was used before. Look at your activity, or begin again."),
    ),
}
