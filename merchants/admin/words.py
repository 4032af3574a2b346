"""What the admin sites say about states and reasons, in the reader's language.

The labels of states stand beside their edges, in ``merchants.states`` and the models, in English;
``LABELS`` names them once more, so that they are collected for translation.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

LABELS = (
    # of settlements, payouts and their files
    __("Open"),
    __("Closing"),
    __("Calculated"),
    __("In review"),
    __("Approved"),
    __("Payable"),
    __("Carried forward"),
    __("Held"),
    __("Paid out"),
    __("Reconciled"),
    __("Created"),
    __("Queued"),
    __("In a file"),
    __("Submitted"),
    __("Unknown: the bank is asked"),
    __("Accepted by the bank"),
    __("Paid"),
    __("Rejected by the bank"),
    __("Returned"),
    __("Funds are payable again"),
    __("Cancelled"),
    # of lines
    __("Payment"),
    __("Refund"),
    __("Refund reversed"),
    __("Dispute"),
    __("Dispute reversed"),
    __("Fee"),
    __("Fee given back"),
    __("VAT on fees"),
    __("Held back as a reserve"),
    __("Reserve released"),
    __("Adjustment"),
    __("Returned payout"),
    __("Carried from before"),
    __("Below the minimum payout"),
    __("Was below the minimum payout"),
    # of payments and disputes
    __("Asked for"),
    __("Waiting for the payer"),
    __("Set aside"),
    __("Captured"),
    __("Closed unpaid"),
    __("Voided"),
    __("Expired"),
    __("Partially refunded"),
    __("Refunded"),
    __("A decision is proposed"),
    __("The merchant keeps the money"),
    __("The payer has it back"),
    __("Taken back by the payer"),
    __("Conceded by the merchant"),
    __("Not received"),
    __("Not as described"),
    __("Paid twice"),
    __("Wrong amount"),
    __("Not paid by the holder"),
    __("Another reason"),
    __("The payer"),
    __("The merchant"),
    # of exports
    __("Being made"),
    __("Made"),
    __("Failed too often"),
    __("Spreadsheet"),
    # of risk rules
    __("made"),
    __("in effect"),
    __("ended"),
    __("Payments of the payer, this one with them"),
    __("What the payer paid, this one with it"),
    __("The amount, to a merchant never paid before"),
    __("The amount, at these hours"),
    __("Metres from the payer to the store, where both are known"),
    __("Allow, for review afterwards"),
    __("Ask for a second proof"),
    __("Refuse"),
    # of people and accounts
    __("Owner"),
    __("Manager"),
    __("Cashier"),
    __("Viewer"),
    __("Requested"),
    __("Rejected"),
)
REASONS = {
    "NO_BANK_ACCOUNT": __("There is no approved bank account to pay to."),
    "BANK_ACCOUNT_COOLING_OFF": __("The bank account was changed, and is paid to after 72 hours."),
    "MERCHANT_SUSPENDED": __("The merchant is suspended."),
    "PAYOUT_FAILED": __("The bank did not take the payout: check the bank account."),
    "MANUAL": __("It is being looked at by a person."),
}
WHERE = {
    "NOT_PAID": __("Nobody has paid it."),
    "DAY_OPEN": __("Its business day is not settled yet."),
    "IN_REVIEW": __("A person looks at its settlement."),
    "CARRIED": __("Its settlement pays nothing by itself, and is part of the next one."),
    "HELD": __("Its settlement is on hold."),
    "DUE": __("Its settlement is paid out when it is due."),
    "BEING_PAID": __("Its payout is on its way to the bank."),
    "PAID_OUT": __("The bank paid it; it is not on a statement yet."),
    "AT_BANK": __("It is on the bank's statement."),
    "CAME_BACK": __("Its payout came back, and is made anew."),
}


def reason_of(hold_reason: str) -> str:
    """Return why a settlement is held, in words; its code alone is for people of ours."""
    code = hold_reason.split(" ", 1)[0]
    return str(REASONS.get(code, _("It is on hold.")))
