"""What tills and telephones without a network do, in a line each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from ledger.balances import balance, trial_balance
from ledger.money import Money
from merchants.models import Allowance, OfflineTerms, Store, TillCertificate
from merchants.offline import allowances, tills
from merchants.offline.issuing import public_keys
from merchants.offline.reference.book import Book
from merchants.offline.reference.checks import Limits
from merchants.offline.reference.keys import Ed25519Key, SigningKey
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.revoking import revocations
from merchants.offline.terms import LIST_AGE, UPLOAD_AGE, Ceilings, set_terms
from merchants.offline.uploading import Outcome, Presented, upload
from merchants.offline.wire.certificates import ALLOWANCE_PREFIX
from merchants.offline.wire.records import seal
from merchants.premises.terminals import add_terminal
from tests.wallet.people import proven
from wallet.models import Device, Wallet
from wallet.proof.keys import is_public_key

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CEILINGS = Ceilings(
    each_minor=30_000, allowance_minor=60_000, day_minor=500_000, stored_minor=300_000
)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def known(wallet: Wallet) -> Wallet:
    """A wallet that is old enough, of a holder who was verified."""
    opened = NOON - timedelta(days=60)
    Wallet.objects.filter(pk=wallet.pk).update(tier=Wallet.Tier.VERIFIED, opened_at=opened)
    wallet.refresh_from_db()
    return wallet


def bound(wallet: Wallet, key: SigningKey) -> Device:
    """A telephone with this key, bound without the asking."""
    assert is_public_key(key.public)
    return Device.objects.create(
        user=wallet.holder, name="phone", public_key=key.public, bound_at=NOON
    )


def opt_in(store: Store, ceilings: Ceilings = CEILINGS) -> OfflineTerms:
    """The merchant accepts payments without a network."""
    return set_terms(
        merchant=store.merchant, accepts=True, ceilings=ceilings, actor="test", at=NOON
    )


def open_till(
    store: Store,
    label: str = "1",
    *,
    at: datetime = NOON,
    key: SigningKey | None = None,
    path: Path | None = None,
) -> Till:
    """A till that was online just now."""
    terms = OfflineTerms.objects.filter(merchant=store.merchant).first() or opt_in(store)
    terminal = add_terminal(store=store, label=label, actor="test", at=at)
    key = key or Ed25519Key()
    signed = tills.registration(terminal_id=terminal.public_id, public_key=key.public)
    made = tills.certify(
        terminal=terminal,
        public_key=key.public,
        signature=key.sign(signed),
        actor="test",
        at=at,
    )
    till = Till(
        key=key,
        certificate=tills.said_by(made),
        issued=bytes(made.signature),
        code_key=tills.code_key_of(made),
        issuers=public_keys(),
        limits=limits_of(terms),
        book=Book(uploaded_at=seconds(at)),
        path=path,
    )
    till.synchronize(revocations(at=at), at=seconds(at))
    return till


def limits_of(terms: OfflineTerms) -> Limits:
    hours = [int(age.total_seconds()) // 3600 for age in (LIST_AGE, UPLOAD_AGE)]
    names = ("each_minor", "allowance_minor", "day_minor", "stored_minor")
    return Limits(*(getattr(terms, name) for name in names), *hours)


def load(
    wallet: Wallet,
    minor: int = 50_000,
    *,
    at: datetime = NOON,
    key: SigningKey | None = None,
    device: Device | None = None,
) -> Telephone:
    """A telephone that was online just now, with so much to spend."""
    key = key or Ed25519Key()
    made = allowances.issue(
        wallet=wallet,
        device=device or bound(wallet, key),
        amount=Money(minor, "KRW"),
        proof=proven(wallet),
        at=at,
    )
    text = seal(ALLOWANCE_PREFIX, (bytes(made.body), bytes(made.signature)))
    return Telephone.load(key=key, issuers=public_keys(), text=text)


def pay(phone: Telephone, till: Till, minor: int, *, at: datetime = NOON + HOUR) -> str:
    """The till shows its code, the telephone its voucher; the till takes it."""
    text = phone.pay(till.ask(minor, at=seconds(at)), at=seconds(at))
    till.accept(text, at=seconds(at))
    return text


def twin(phone: Telephone) -> Telephone:
    """The same key and certificate on a copied telephone, from where it is now."""
    return Telephone(
        phone.key, phone.issuers, phone.certificate, phone.issued, phone.counter, phone.spent
    )


def send(store: Store, texts: Iterable[str], *, at: datetime = NOON + 2 * HOUR) -> list[Outcome]:
    """The merchant uploads vouchers."""
    return upload(
        merchant=store.merchant,
        store_ids=[store.pk],
        presented=[Presented(text) for text in texts],
        at=at,
    )


def states(outcomes: Iterable[Outcome]) -> list[str]:
    """What became of each voucher: its state, or why it was refused."""
    return [
        each.code if each.state == "REFUSED" and each.code else each.state for each in outcomes
    ]


def row(phone: Telephone) -> Allowance:
    return Allowance.objects.get(short_id=phone.certificate.allowance_id)


def certificate_of(till: Till) -> TillCertificate:
    return TillCertificate.objects.get(till_id=till.certificate.till_id)


def reserve(wallet: Wallet) -> int:
    """What stands in the wallet's offline account; it is what the allowances say."""
    wallet.refresh_from_db()
    if wallet.offline_account_id is None:
        return 0
    found = balance(wallet.offline_account_id).minor
    assert found == sum(each.reserve_minor for each in Allowance.objects.filter(wallet=wallet))
    assert trial_balance()["KRW"] == 0
    return found


def owed_to(store: Store) -> int:
    return balance(store.merchant.payable_account_id).minor
