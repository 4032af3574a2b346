"""Freezing wallets, and opening them again.

Note [Freezing]
A frozen wallet sends nothing: each use-case that moves money out looks at the status under the
wallet's lock. A wallet may be frozen for several causes at once, a row of ``Freeze`` each, and is
open again when the last of them is lifted.

* The holder's freeze is for a lost phone. Only the status changes; the ledger's accounts stay
  open, so that incoming money still arrives, top-ups under way settle, and a store takes what was
  held for it before. It needs no proof but the session, and only a second proof lifts it.
* Staff's freeze is for an order of a court or a suspicion of fraud. The ledger's accounts are
  frozen as well, so that no posting can pass, whichever code asks for it. New transfers to the
  wallet are refused; a top-up under way stays pending until the wallet is open again. The ledger
  still takes reversals, so that money goes back to where it was: holds are released and expire.
  What is set aside for paying without a network still goes to stores that took a voucher of it.
* A debt's freeze is the status alone, so that what comes in can repay the debt.
"""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import freeze_account, unfreeze_account
from wallet.errors import FrozenByOthers, WalletNotOpen
from wallet.events import record
from wallet.idempotency import use_case
from wallet.models import Freeze, Wallet, WalletAudit
from wallet.proof.proofs import Proof
from wallet.proof.rules import require_step_up
from wallet.wallets.audits import holder_of, note
from wallet.wallets.opening import lock

_HOLDER_SAYS = "asked by the holder"


@use_case
def freeze_own(*, wallet: Wallet, at: datetime) -> Wallet:
    """Freeze a wallet for its holder, at once; a second time changes nothing.

    Raises:
        WalletNotOpen: it is closed.

    """
    (wallet,) = lock(wallet)
    if impose(wallet, Freeze.Cause.HOLDER, at=at):
        _note(wallet, WalletAudit.Action.FREEZE, holder_of(wallet), _HOLDER_SAYS, at)
    return wallet


@use_case
def unfreeze_own(*, wallet: Wallet, proof: Proof, at: datetime) -> Wallet:
    """Lift the holder's own freeze; on an open wallet this changes nothing.

    Raises:
        StepUpRequired: whoever asks has not proved to be the holder twice.
        FrozenByOthers: staff or a debt froze the wallet, and its holder did not.
        WalletNotOpen: it is closed.

    """
    (wallet,) = lock(wallet)
    require_step_up(proof=proof, user=wallet.holder)
    if lift(wallet, Freeze.Cause.HOLDER, at=at):
        _note(wallet, WalletAudit.Action.UNFREEZE, holder_of(wallet), _HOLDER_SAYS, at)
    elif wallet.status == Wallet.Status.FROZEN:
        raise FrozenByOthers
    return wallet


@use_case
def freeze_by_staff(*, wallet: Wallet, actor: str, reason: str, at: datetime) -> Wallet:
    """Freeze a wallet and its accounts; a second time changes nothing but is written down.

    Raises:
        WalletNotOpen: it is closed.

    """
    (wallet,) = lock(wallet)
    impose(wallet, Freeze.Cause.STAFF, at=at)
    for account in wallet.stopped_account_ids:
        freeze_account(account_id=account)
    _note(wallet, WalletAudit.Action.FREEZE, actor, reason, at)
    return wallet


@use_case
def unfreeze_by_staff(*, wallet: Wallet, actor: str, reason: str, at: datetime) -> Wallet:
    """Lift the freeze of staff; the holder's own and a debt's stay.

    Raises:
        WalletNotOpen: it is closed.

    """
    (wallet,) = lock(wallet)
    if lift(wallet, Freeze.Cause.STAFF, at=at):
        for account in wallet.stopped_account_ids:
            unfreeze_account(account_id=account)
        _note(wallet, WalletAudit.Action.UNFREEZE, actor, reason, at)
    return wallet


def impose(wallet: Wallet, cause: Freeze.Cause, *, at: datetime) -> bool:
    """Freeze a locked wallet for a cause, and tell whether it was not frozen for it before.

    Raises:
        WalletNotOpen: it is closed.

    """
    _refuse_closed(wallet)
    _, is_new = Freeze.objects.get_or_create(
        wallet=wallet, cause=cause, defaults={"frozen_at": at}
    )
    if is_new:
        _set(wallet, Wallet.Status.FROZEN)
        record(wallet=wallet, kind="wallet.frozen", facts={"cause": cause.value}, at=at)
    return is_new


def lift(wallet: Wallet, cause: Freeze.Cause, *, at: datetime) -> bool:
    """Lift one cause of a locked wallet's freeze, and tell whether it was frozen for it.

    Raises:
        WalletNotOpen: it is closed.

    """
    _refuse_closed(wallet)
    lifted, _ = Freeze.objects.filter(wallet=wallet, cause=cause).delete()
    if not lifted:
        return False
    if not Freeze.objects.filter(wallet=wallet).exists():
        _set(wallet, Wallet.Status.OPEN)
        record(wallet=wallet, kind="wallet.unfrozen", facts={"cause": cause.value}, at=at)
    return True


def _refuse_closed(wallet: Wallet) -> None:
    if wallet.status == Wallet.Status.CLOSED:
        raise WalletNotOpen


def _set(wallet: Wallet, status: Wallet.Status) -> None:
    wallet.status = status
    wallet.save(update_fields=["status"])


def _note(
    wallet: Wallet, action: WalletAudit.Action, actor: str, reason: str, at: datetime
) -> None:
    note(wallet=wallet, action=action, actor=actor, reason=reason, at=at)
