"""Refusals of transfers, and of everything around them."""

from __future__ import annotations

from wallet.errors.base import WalletError


class UnknownRecipient(WalletError):
    """Nobody with this phone number or handle has a wallet in this currency."""

    code = "unknown_recipient"
    status = 404
    message = "nobody with this phone number or handle has a wallet in this currency"


class TransferToSelf(WalletError):
    """Sender and recipient are the same wallet."""

    code = "transfer_to_self"
    status = 400
    message = "a transfer goes to another wallet"


class TooManyLookups(WalletError):
    """The person asked for too many unknown payees today."""

    code = "too_many_lookups"
    status = 429
    message = "too many people were looked for in vain today; try again tomorrow"


class UnreadableText(WalletError):
    """The text is too long, or holds characters that cannot be seen."""

    code = "unreadable_text"
    status = 400
    message = "write plain text without invisible characters or line breaks, and not too long"


class InvalidHandle(WalletError):
    """The text is not a handle, or is a word kept for ourselves."""

    code = "invalid_handle"
    status = 400
    message = "a handle is 3 to 20 letters a to z, digits and underscores, and no reserved word"


class HandleTaken(WalletError):
    """Somebody else has this handle."""

    code = "handle_taken"
    message = "this handle is taken"


class RecipientHasWallet(WalletError):
    """Money cannot wait for somebody who can have it at once."""

    code = "recipient_has_wallet"
    message = "this person has a wallet; send a transfer"


class TooManyClaims(WalletError):
    """The sender has too much money waiting for others already."""

    code = "too_many_claims"
    message = "too many transfers wait for people without a wallet; cancel one first"


class UnknownClaim(WalletError):
    """No claim has this link, or it is for somebody else's phone."""

    code = "unknown_claim"
    status = 404
    message = "there is no such claim for your phone number and this wallet's currency"


class PhoneNotConfirmed(WalletError):
    """The person has not shown that the phone number is theirs."""

    code = "phone_not_confirmed"
    status = 403
    message = "confirm your phone number first"


class ClaimNotOpen(WalletError):
    """The claim was claimed, cancelled or returned before."""

    code = "claim_not_open"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state

    def __str__(self) -> str:
        return f"the claim is {self.state.lower()}"


class ScheduledTransferNotOpen(WalletError):
    """The scheduled transfer was sent, cancelled or failed before."""

    code = "scheduled_transfer_not_open"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state

    def __str__(self) -> str:
        return f"the scheduled transfer is {self.state.lower()}"


class InvalidDueTime(WalletError):
    """A scheduled transfer is due in the future, within a year."""

    code = "invalid_due_time"
    status = 400
    message = "a scheduled transfer is due in the future, at most a year from now"


class MoneyRequestNotOpen(WalletError):
    """The request was paid, declined or cancelled before, or it is too old."""

    code = "money_request_not_open"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state

    def __str__(self) -> str:
        return f"the request is {self.state.lower()}"


class InvalidSplit(WalletError):
    """The bill cannot be split so."""

    code = "invalid_split"
    status = 400
    message = "name 1 to 30 different people other than yourself, and a share for each of them"


class TooManyRequests(WalletError):
    """The asker has too many open requests to the same person."""

    code = "too_many_requests"
    message = "this person has not answered your earlier requests yet"
