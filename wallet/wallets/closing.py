"""Closing a wallet for good."""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import close_account
from ledger.balances import balances
from ledger.errors import AccountNotEmpty
from ledger.money import Money
from wallet.errors import WalletHasObligations, WalletNotEmpty, WalletNotOpen
from wallet.events import record
from wallet.idempotency import use_case
from wallet.models import Wallet, WalletAudit
from wallet.wallets.audits import holder_of, note
from wallet.wallets.obligations import obligations
from wallet.wallets.opening import lock


@use_case
def close(*, wallet: Wallet, at: datetime) -> Wallet:
    """Close an empty wallet and its accounts; closing it a second time changes nothing.

    Raises:
        WalletNotOpen: it is frozen.
        WalletHasObligations: holds, top-ups or the like are under way.
        WalletNotEmpty: it holds money; withdraw or send it first.

    """
    (wallet,) = lock(wallet)
    if wallet.status == Wallet.Status.CLOSED:
        return wallet
    if wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    _refuse_unfinished(wallet)
    _close_accounts(wallet)
    wallet.status, wallet.closed_at = Wallet.Status.CLOSED, at
    wallet.save(update_fields=["status", "closed_at"])
    note(
        wallet=wallet,
        action=WalletAudit.Action.CLOSE,
        actor=holder_of(wallet),
        reason="asked by the holder",
        at=at,
    )
    record(wallet=wallet, kind="wallet.closed", facts={}, at=at)
    return wallet


def _refuse_unfinished(wallet: Wallet) -> None:
    held = _balance(wallet)
    blocking: list[dict[str, object]] = [
        {"kind": one.kind, "count": one.count, "amount": one.amount.to_major()}
        for one in obligations(wallet)
    ]
    if blocking:
        if held.minor:
            blocking.append({"kind": "BALANCE", "count": 1, "amount": held.to_major()})
        raise WalletHasObligations(blocking)
    if held.minor:
        raise WalletNotEmpty(held.to_major(), held.currency)


def _close_accounts(wallet: Wallet) -> None:
    try:
        for account in wallet.account_ids:
            close_account(account_id=account)
    except AccountNotEmpty as exc:
        # Money that came in since the look above; the ledger looks again with the account locked.
        held = _balance(wallet)
        raise WalletNotEmpty(held.to_major(), held.currency) from exc


def _balance(wallet: Wallet) -> Money:
    return sum(balances(wallet.account_ids).values(), Money(0, wallet.currency))
