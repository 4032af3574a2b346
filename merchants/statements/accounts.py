"""Our own accounts at banks: a statement of any other account is not taken."""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import account_id
from merchants.models import HouseAccount
from merchants.statements.contents import account_number, currency_code
from wallet.chart import OPERATING, SAFEGUARDING
from wallet.idempotency import use_case

_CODES = {
    HouseAccount.Purpose.SAFEGUARDING: SAFEGUARDING,
    HouseAccount.Purpose.OPERATING: OPERATING,
}


@use_case
def add_house_account(*, number: str, currency: str, purpose: str, at: datetime) -> HouseAccount:
    """Say that an account is ours; saying it again changes nothing.

    Raises:
        StatementUnreadable: it is no account number, or no currency.

    """
    plain, currency = account_number(number, 1), currency_code(currency, 1)
    ledger_account_id = account_id(_CODES[HouseAccount.Purpose(purpose)], currency)
    made, _ = HouseAccount.objects.select_related("ledger_account").get_or_create(
        ledger_account_id=ledger_account_id,
        defaults={"number": plain, "currency": currency, "purpose": purpose, "added_at": at},
    )
    return made
