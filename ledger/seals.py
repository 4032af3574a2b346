"""Seals: blocks of the journal closed under a hash, so that a change of history can be found.

Each seal covers the transactions after the previous one, up to an id below which nothing can
appear any more. Its Merkle root covers their content, its chain hash the root and the seal before.
Nothing of this is on the payment path.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator

from django.db import transaction

from ledger.horizon import settled_through
from ledger.journal import in_block
from ledger.models import Entry, Seal, Transaction

MAX_BLOCK = 100_000  # transactions; bounds the memory and the time of one seal

_PACKED = struct.Struct(">q32s")
_LEAF, _NODE, _CHAIN = b"\x00", b"\x01", b"\x02"  # keep a hash of one kind from passing as another


def seal() -> Seal | None:
    """Close one block, and return its seal; None when there is nothing new to close.

    May run in parallel and be killed anywhere: two seals of one block exclude each other.
    """
    through_id = settled_through()
    previous = Seal.objects.order_by("-pk").first()
    after_id = previous.through_id if previous else 0
    if through_id is None or through_id <= after_id:
        return None
    ids = Transaction.objects.filter(pk__gt=after_id, pk__lte=through_id).order_by("pk")
    last_of_block = ids.values_list("pk", flat=True)[MAX_BLOCK - 1 : MAX_BLOCK].first()
    through_id = last_of_block or through_id
    leaves = leaves_of(after_id, through_id)
    root = merkle_root(leaves.values())
    with transaction.atomic():
        made, is_new = Seal.objects.get_or_create(
            after_id=after_id,
            defaults={
                "previous": previous,
                "through_id": through_id,
                "transaction_count": len(leaves),
                "leaves": b"".join(_PACKED.pack(*pair) for pair in leaves.items()),
                "merkle_root": root,
                "chain_hash": chain_hash(previous, root, after_id, through_id, len(leaves)),
            },
        )
    return made if is_new else None


def leaves_of(after_id: int, through_id: int) -> dict[int, bytes]:
    """Return the hash of each transaction of a block by its id, recomputed from the rows."""
    return {posted.pk: leaf(posted) for posted in in_block(after_id, through_id)}


def stored_leaves(sealed: Seal) -> dict[int, bytes]:
    """Return the hashes by transaction id as they were when the block was sealed."""
    return dict(_PACKED.iter_unpack(bytes(sealed.leaves)))


def leaf(posted: Transaction) -> bytes:
    """Return the hash of one transaction with all its entries."""
    content = [
        posted.pk,
        posted.kind,
        posted.reference,
        posted.effective_at.isoformat(),
        posted.recorded_at.isoformat(),
        posted.reverses_id,
        posted.description,
        posted.metadata,
        [_entry(entry) for entry in posted.entries.all()],
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(_LEAF + text.encode()).digest()


def _entry(entry: Entry) -> list[object]:
    return [
        entry.pk,
        entry.account_id,
        entry.currency,
        entry.amount_minor,
        entry.balance_after_minor,
        entry.up_to_minor,
        entry.effective_at.isoformat(),
        entry.stripe,
    ]


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the leaves; a node without a neighbour moves up as it is."""
    level = list(leaves)
    while len(level) > 1:
        level = list(_parents(level))
    return level[0] if level else hashlib.sha256(_NODE).digest()


def _parents(level: list[bytes]) -> Iterator[bytes]:
    for left in range(0, len(level), 2):
        pair = level[left : left + 2]
        yield pair[0] if len(pair) == 1 else hashlib.sha256(_NODE + pair[0] + pair[1]).digest()


def chain_hash(
    previous: Seal | None, root: bytes, after_id: int, through_id: int, count: int
) -> bytes:
    """Return the hash that ties a seal to its content, its bounds and the seal before it."""
    before = bytes(previous.chain_hash) if previous else b""
    bounds = f"{after_id}:{through_id}:{count}".encode()
    return hashlib.sha256(_CHAIN + before + root + bounds).digest()
