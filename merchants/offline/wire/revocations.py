"""The list of allowances that no till may accept any more, signed by the issuer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from merchants.offline.wire import records
from merchants.offline.wire.certificates import Keys, require_issued
from merchants.offline.wire.records import ID_BYTES, KEY_ID_BYTES, blob, number

PREFIX = "JGL1:"
LONGEST = 4_000_000
LIST_TAG = "jigap.revocations.v1"
_ID = blob(ID_BYTES)


def _ids(value: Any) -> bool:
    is_list = type(value) is list and all(_ID(each) for each in value)
    return is_list and sorted(set(value)) == value


@dataclass(frozen=True, slots=True)
class Revocations:
    """The ids of revoked allowances, in ascending order, as of an instant."""

    key_id: bytes
    listed_at: int
    allowances: tuple[bytes, ...]

    SHAPE = (records.version, blob(KEY_ID_BYTES), number, _ids)

    @property
    def body(self) -> bytes:
        """The bytes that the issuer signs."""
        listed = sorted(set(self.allowances))
        return records.write((records.VERSION, self.key_id, self.listed_at, listed))

    @property
    def signed(self) -> bytes:
        """What the issuer signs."""
        return records.message(LIST_TAG, self.body)

    def text(self, signature: bytes) -> str:
        """Return the list as a till fetches it."""
        return records.seal(PREFIX, (self.body, signature))

    @classmethod
    def read(cls, body: bytes) -> Revocations:
        """Return what a list says; who says so is not known here.

        Raises:
            OfflineCodeBroken: not such a record.

        """
        key_id, listed_at, listed = records.read(body, cls.SHAPE)[1:]
        return cls(key_id, listed_at, tuple(listed))


def read_revocations(text: str, keys: Keys) -> Revocations:
    """Return what a genuine list says.

    Raises:
        OfflineCodeBroken: it is no list.
        OfflineIssuerUnknown, OfflineSignatureWrong: it is not genuine.

    """
    body, signature = records.unseal(PREFIX, text, 1, longest=LONGEST)
    said = Revocations.read(body)
    require_issued(tag=LIST_TAG, key_id=said.key_id, body=body, signature=signature, keys=keys)
    return said
