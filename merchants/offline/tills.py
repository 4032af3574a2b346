"""Certificates of tills: issued to a terminal for a key it made, and found again by their id."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from merchants.access.audits import note
from merchants.errors import MerchantSuspended, TillKeyInvalid
from merchants.models import Merchant, Terminal, TillCertificate
from merchants.offline.issuing import Issuer, issuer, issuer_of
from merchants.offline.terms import terms_of
from merchants.offline.wire import certificates, records
from merchants.offline.wire.certificates import TILL_TAG
from wallet.idempotency import use_case
from wallet.proof.keys import is_public_key, verifies

VALID_FOR = timedelta(days=7)
_PROOF = "jigap.till-key.v1"


def registration(*, terminal_id: str, public_key: bytes) -> bytes:
    """Return what a till signs to show that it has the other half of its key."""
    return f"{_PROOF}\n{terminal_id}\n{public_key.hex()}".encode()


@use_case
def certify(
    *, terminal: Terminal, public_key: bytes, signature: bytes, actor: str, at: datetime
) -> TillCertificate:
    """Issue a certificate to a till; the one before is revoked.

    Raises:
        OfflineNotOffered: there is no key to issue it under.
        OfflineNotAccepted: the merchant does not accept payments without a network.
        MerchantSuspended: it may not accept any.
        TillKeyInvalid: the key is none, or the signature is not by it.

    """
    merchant, key = terminal.store.merchant, issuer()
    terms_of(merchant)
    if merchant.status != Merchant.Status.ACTIVE:
        raise MerchantSuspended
    signed = registration(terminal_id=terminal.public_id, public_key=public_key)
    proves = verifies(public_key=public_key, signature=signature, message=signed)
    if not (is_public_key(public_key) and proves):
        raise TillKeyInvalid
    Terminal.objects.select_for_update(no_key=True).get(pk=terminal.pk)
    current = TillCertificate.objects.filter(terminal=terminal, revoked_at=None)
    current.update(revoked_at=at)
    made = _made(terminal, public_key, key, at)
    facts = {"terminal": terminal.public_id, "till": made.till_id.hex()}
    note(merchant=merchant, action="till.certified", actor=actor, facts=facts, at=at)
    return made


def code_key_of(till: TillCertificate) -> bytes:
    """Return what a till checks six digits with.

    Raises:
        OfflineNotOffered: the issuer's key it was certified under is accepted no more.

    """
    said = said_by(till)
    return issuer_of(said.key_id).code_key(said.till_id)


def said_by(till: TillCertificate) -> certificates.TillCertificate:
    """Return the record that was signed."""
    return certificates.TillCertificate.read(bytes(till.body))


def _made(terminal: Terminal, public_key: bytes, key: Issuer, at: datetime) -> TillCertificate:
    store = terminal.store
    said = certificates.TillCertificate(
        key_id=key.key_id,
        till_id=secrets.token_bytes(records.ID_BYTES),
        till_key=public_key,
        merchant_id=store.merchant.public_id,
        terminal_id=terminal.public_id,
        store_name=store.name,
        currency=store.merchant.currency,
        issued_at=int(at.timestamp()),
        expires_at=int((at + VALID_FOR).timestamp()),
    )
    return TillCertificate.objects.create(
        till_id=said.till_id,
        terminal=terminal,
        public_key=public_key,
        body=said.body,
        signature=key.sign(TILL_TAG, said.body),
        issued_at=at,
        expires_at=at + VALID_FOR,
    )
