"""The one place where a refusal of the database becomes an error that explains it.

PostgreSQL names the constraint; the posting functions add the account as JSON in the detail.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DataError, IntegrityError
from psycopg import errors as pg

from ledger import errors

TOO_LARGE = "the amount or the resulting balance is too large"

BY_CONSTRAINT: dict[str, Callable[[Mapping[str, Any]], errors.LedgerError]] = {
    "ledger_transaction_balances": lambda _: errors.UnbalancedTransaction(),
    "ledger_transaction_has_legs": lambda _: errors.EmptyTransaction(),
    "ledger_transaction_named": lambda _: errors.EmptyTransaction(),
    "ledger_transaction_texts_fit": lambda _: errors.InvalidText(),
    "ledger_transaction_reversal_names_original": lambda _: errors.EmptyTransaction(),
    "ledger_entry_amount_not_zero": lambda _: errors.InvalidAmount("an amount cannot be zero"),
    "ledger_entry_account_exists": lambda f: errors.UnknownAccount(str(f.get("account_id", ""))),
    "ledger_entry_currency_matches": lambda f: errors.CurrencyMismatch(
        f.get("expected", ""), f.get("given", "")
    ),
    "ledger_account_floor_holds": lambda f: errors.InsufficientFunds(f.get("account_id", 0)),
    "ledger_account_cap_holds": lambda f: errors.CapExceeded(f.get("account_id", 0)),
    "ledger_account_not_frozen": lambda f: errors.AccountFrozen(f.get("account_id", 0)),
    "ledger_account_not_closed": lambda f: errors.AccountClosed(f.get("account_id", 0)),
    "ledger_account_closed_is_empty": lambda f: errors.AccountNotEmpty(f.get("account_id", 0)),
    "ledger_account_code_well_formed": lambda _: errors.InvalidAccount(
        "an account code is lower-case words parted by colons"
    ),
    "ledger_account_category_known": lambda _: errors.InvalidAccount("unknown category"),
    "ledger_account_striped_has_no_bounds": lambda _: errors.InvalidAccount(
        "an account has 1 to 64 stripes, and with more than one neither floor nor cap"
    ),
    "ledger_account_opens_within_bounds": lambda _: errors.InvalidAccount(
        "an account opens empty, so its floor is at most and its cap at least zero"
    ),
    "ledger_account_balance_fits": lambda _: errors.InvalidAmount(TOO_LARGE),
    "ledger_transaction_reference_same_legs": lambda f: errors.ReferenceConflict(
        f.get("reference", "")
    ),
    "ledger_transaction_exists": lambda f: errors.UnknownTransaction(f.get("transaction_id", 0)),
    "ledger_transaction_reverses_original": lambda _: errors.NotReversible(),
    "ledger_transaction_reverses_once": lambda _: errors.AlreadyReversed(),
    "ledger_sweep_finds_something": lambda _: errors.NothingToSweep(),
    "ledger_group_whole": lambda f: errors.GroupRefused(f.get("group", "")),
    "ledger_period_not_locked": lambda _: errors.PeriodLocked(),
    "ledger_period_not_soft_closed": lambda _: errors.PeriodSoftClosed(),
    "ledger_period_edge": lambda _: errors.PeriodStateRefused(),
    "ledger_period_ended": lambda _: errors.PeriodNotOver(),
    "ledger_period_in_order": lambda _: errors.PeriodOutOfOrder(),
    "ledger_period_settled": lambda _: errors.PeriodBusy(),
    "ledger_period_is_month": lambda _: errors.PeriodInvalid(),
    "ledger_period_two_persons": lambda _: errors.PeriodInvalid(),
    "ledger_permit_two_persons": lambda _: errors.PeriodInvalid(),
    "ledger_append_only": lambda _: errors.HistoryIsFinal(),
    "ledger_only_posting_writes": lambda _: errors.HistoryIsFinal(),
}


def refusal(constraint: str, facts: Mapping[str, Any]) -> errors.LedgerError | None:
    """Return the error for a constraint's name, or None where the ledger does not know it."""
    explain = BY_CONSTRAINT.get(constraint)
    return explain(facts) if explain else None


@contextmanager
def explained(**facts: object) -> Iterator[None]:
    """Turn the database's refusals inside the block into ledger errors.

    Args:
        facts: what the caller knows that the database does not say, such as the reference.

    """
    try:
        yield
    except IntegrityError as exc:
        error = _explain(exc, facts)
        if error is None:
            raise
        raise error from exc
    except (DataError, UnicodeEncodeError) as exc:
        if isinstance(exc.__cause__, pg.NumericValueOutOfRange):
            raise errors.InvalidAmount(TOO_LARGE) from exc
        raise errors.InvalidText from exc


def _explain(exc: IntegrityError, facts: Mapping[str, object]) -> errors.LedgerError | None:
    if not isinstance(exc.__cause__, pg.Error):
        return None
    diagnosis = exc.__cause__.diag
    return refusal(diagnosis.constraint_name or "", {**facts, **_told(diagnosis)})


def _told(diagnosis: pg.Diagnostic) -> dict[str, Any]:
    """Return what the ledger's functions say beside the name, which is JSON in the detail."""
    detail = diagnosis.message_detail or ""
    is_ours = diagnosis.sqlstate == pg.CheckViolation.sqlstate and detail.startswith("{")
    return dict(json.loads(detail)) if is_ours else {}
