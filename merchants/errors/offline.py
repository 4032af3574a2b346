"""Refusals about paying without a network: codes, certificates, vouchers, allowances."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class OfflineRefused(MerchantError):
    """Base of everything that keeps an offline payment from happening; nothing moved."""

    code = "offline_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class OfflineCodeBroken(OfflineRefused):
    """Not a code of this kind, or not one of ours at all."""

    code = "offline_code_broken"
    status = 400
    message = "this is not a code of this kind"


class OfflineSignatureWrong(OfflineRefused):
    """A code was altered, or signed by somebody else."""

    code = "offline_signature_wrong"
    status = 400
    message = "this code was altered, or is somebody else's"


class OfflineIssuerUnknown(OfflineRefused):
    """A certificate is by a key of the issuer that is not known here."""

    code = "offline_issuer_unknown"
    status = 400
    message = "this code is by an issuer that is not known here"


class CertificateExpired(OfflineRefused):
    """The certificate of a till or of a telephone is past its time."""

    code = "offline_certificate_expired"
    message = "this certificate is past its time; go online to get another one"


class VoucherRefused(OfflineRefused):
    """Base of what is wrong with a voucher."""

    code = "voucher_refused"


class VoucherUnknown(VoucherRefused):
    """No allowance was issued under the voucher's number."""

    code = "voucher_unknown"
    message = "no allowance was issued under this number"


class VoucherOtherTill(VoucherRefused):
    """The voucher pays another till than the one it is presented by."""

    code = "voucher_other_till"
    message = "this voucher pays another till"


class VoucherOtherPayment(VoucherRefused):
    """The voucher answers another question: its nonce, amount, currency or time differ."""

    code = "voucher_other_payment"
    message = "this voucher answers something else than was asked"


class VoucherReplayed(VoucherRefused):
    """The till has this voucher already."""

    code = "voucher_replayed"
    message = "this voucher was shown before"


class VoucherOutOfOrder(VoucherRefused):
    """A later voucher of the telephone was seen, or the sums of two do not fit each other."""

    code = "voucher_out_of_order"
    message = "this voucher does not follow the one before"


class VoucherNonceUsed(VoucherRefused):
    """What the till asked for was paid already, with a network or without one."""

    code = "voucher_nonce_used"
    message = "what the till asked for was paid by something else"


class VoucherAboveCap(VoucherRefused):
    """More than the certificate allows: of an amount, of a sum, or of vouchers."""

    code = "voucher_above_cap"
    message = "this is more than the telephone may spend without a network"


class VoucherExpired(VoucherRefused):
    """Made after the certificate was past its time."""

    code = "voucher_expired"
    message = "the telephone's certificate was past its time"


class VoucherRevoked(VoucherRefused):
    """The allowance or the telephone was revoked before the till could not know it any more."""

    code = "voucher_revoked"
    message = "the telephone was revoked before"


class VoucherPastDeadline(VoucherRefused):
    """Uploaded after the reserve went back to the payer; a colleague decides about it."""

    code = "voucher_past_deadline"
    message = "this voucher came after its deadline; it waits for a decision"


class VoucherUnguaranteed(VoucherRefused):
    """The reserve was used up by others, and the rest is above what is guaranteed."""

    code = "voucher_unguaranteed"
    message = "nothing is left of the reserve, and this is above what is guaranteed"


class VoucherNotLate(OfflineRefused):
    """No voucher under this number waits for a decision."""

    code = "voucher_not_late"
    message = "no voucher under this number waits for a decision"


class TooManyVouchers(OfflineRefused):
    """More vouchers than one upload may have."""

    code = "too_many_vouchers"
    status = 400
    message = "an upload has at most 10,000 vouchers"


class TillLimitReached(OfflineRefused):
    """The till has accepted as much as its merchant lets it without a network."""

    code = "till_limit_reached"

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"the till may not accept more without a network: {self.limit}"


class TillMustSynchronize(OfflineRefused):
    """The till has been without a network for too long, or its clock went back."""

    code = "till_must_synchronize"

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because

    def __str__(self) -> str:
        return f"the till has to go online first: {self.because}"


class TillNonceUnknown(OfflineRefused):
    """The till asked for nothing under this nonce, or it was paid already."""

    code = "till_nonce_unknown"
    message = "the till asked for nothing of the kind, or was paid already"


class ReceiptOther(OfflineRefused):
    """The receipt is for another till, amount or currency."""

    code = "receipt_other"
    message = "this receipt is for something else"


class ReceiptCodeWrong(OfflineRefused):
    """The six digits are not those of this payment."""

    code = "receipt_code_wrong"
    message = "these are not the digits of this payment"


class TillCodeStale(OfflineRefused):
    """The till's code was made too long ago, or by a clock that runs ahead."""

    code = "till_code_stale"
    message = "the till's code is too old; ask for a new one"


class TillUnknown(OfflineRefused):
    """The till's certificate was revoked, or replaced by another one."""

    code = "till_unknown"
    message = "this till's certificate is not valid any more"


class TillCodeUsed(OfflineRefused):
    """Somebody else paid what the till asked for."""

    code = "till_code_used"
    message = "this was paid already; ask the store for a new code"


class OfflineNotOffered(OfflineRefused):
    """This installation has no key to issue anything under."""

    code = "offline_not_offered"
    message = "paying without a network is not offered here"


class OfflineNotAccepted(OfflineRefused):
    """The merchant does not accept payments without a network."""

    code = "offline_not_accepted"
    message = "the merchant does not accept payments without a network"


class OfflineTermsUnsound(OfflineRefused):
    """The ceilings do not fit each other."""

    code = "offline_terms_unsound"
    status = 400
    message = "each ≤ allowance ≤ twice each, and allowance ≤ day and stored"


class OfflineNotEligible(OfflineRefused):
    """The wallet may not pay without a network."""

    code = "offline_not_eligible"

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because

    def __str__(self) -> str:
        return f"this wallet may not pay without a network: {self.because}"


class AllowanceTooLarge(OfflineRefused):
    """More than may be set aside for paying without a network."""

    code = "allowance_too_large"

    def __init__(self, left: str, currency: str) -> None:
        super().__init__(left, currency)
        self.left = left
        self.currency = currency

    def __str__(self) -> str:
        return f"at most {self.left} {self.currency} more can be set aside now"


class AllowanceSpent(OfflineRefused):
    """The telephone has not so much left to spend without a network."""

    code = "allowance_spent"

    def __init__(self, left_minor: int) -> None:
        super().__init__(left_minor)
        self.left_minor = left_minor

    def __str__(self) -> str:
        return f"{self.left_minor} minor units can be spent without a network"


class TerminalKeyNeeded(OfflineRefused):
    """Only the till itself may get its certificate, by an API key for it alone."""

    code = "terminal_key_needed"
    status = 403
    message = "ask with an API key that is for this terminal alone"


class TillKeyInvalid(OfflineRefused):
    """Not a public key, or its holder did not sign with the other half."""

    code = "till_key_invalid"
    status = 400
    message = "send a public key, and the till's id signed with its other half"


class MerchantSuspended(OfflineRefused):
    """The merchant is suspended; what it has can be sent again when that is lifted."""

    code = "merchant_suspended"
    message = "the merchant is suspended; send it again when that is lifted"
