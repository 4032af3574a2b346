"""Signatures of printed codes: a payer's page tells ours from others before it asks anybody.

Note [Signed code]
What is signed, with Ed25519, is the payload without the signature and without the checksum, in
UTF-8, after the line ``jigap.code.v1``. The signature is base64url without padding, 86 characters,
and too long for one object; two of the templates that EMVCo leaves to anybody carry it:

======  ===========================================================
80.00   ``app.jigap``
80.01   id of the key: six hexadecimal digits
80.02   the first 43 characters
81.00   ``app.jigap``
81.01   the other 43
======  ===========================================================

A signature says that we printed the code, not that it still counts: posters are recalled by their
version (26.04), which only the server knows. The keys follow from secrets, the newest of which
signs; what was signed by one that is left out is as good as not signed.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from merchants.codes.mpm import tlv
from merchants.codes.mpm.payload import CRC, open_payload
from merchants.codes.mpm.schemes import OUR_GUID, is_ours
from merchants.codes.mpm.templates import Template, read_template
from merchants.codes.mpm.tlv import DataObject

_FIRST, _SECOND = "80", "81"
_KEY_ID, _FIRST_HALF, _SECOND_HALF = "01", "02", "01"
_HALF = 43
_ID_DIGITS = 6
_LINE = "jigap.code.v1\n"
_CRC_LENGTH = 8  # of the object, its header included


class Verdict(StrEnum):
    """What a payload's signature shows."""

    GENUINE = "genuine"
    MISSING = "missing"
    UNKNOWN_KEY = "unknown_key"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs, and what it is called."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """What a signature names the key by."""
        return hashlib.sha256(self.public).hexdigest()[:_ID_DIGITS].upper()


def signing_keys() -> tuple[SigningKey, ...]:
    """Return our keys; the first of them signs.

    Raises:
        ImproperlyConfigured: there is none.

    """
    if not settings.CODE_SECRETS:
        raise ImproperlyConfigured("CODE_SECRETS is empty: printed codes cannot be signed")
    return _configured()


def _configured() -> tuple[SigningKey, ...]:
    return _keys(tuple(settings.CODE_SECRETS))


@lru_cache(maxsize=4)
def _keys(secrets: tuple[str, ...]) -> tuple[SigningKey, ...]:
    seeds = (hashlib.sha256(b"code:" + secret.encode()).digest() for secret in secrets)
    return tuple(SigningKey(Ed25519PrivateKey.from_private_bytes(seed)) for seed in seeds)


def signature_templates(payload: str, key: SigningKey) -> tuple[Template, Template]:
    """Return the templates that sign a payload which has none yet."""
    signature = key.private.sign(_signed(payload[:-_CRC_LENGTH]))
    text = base64.urlsafe_b64encode(signature).decode().rstrip("=")
    first = DataObject(_KEY_ID, key.id), DataObject(_FIRST_HALF, text[:_HALF])
    second = (DataObject(_SECOND_HALF, text[_HALF:]),)
    return Template(_FIRST, OUR_GUID, first), Template(_SECOND, OUR_GUID, second)


def judge(payload: str) -> Verdict:
    """Return what the signature of a payload shows, by our keys.

    Raises:
        CodeRefused: the payload is broken.

    """
    return judge_objects(open_payload(payload))


def judge_objects(objects: Mapping[str, str]) -> Verdict:
    """Return the same of the outer objects of a payload, in their order."""
    if _FIRST not in objects or _SECOND not in objects:
        return Verdict.MISSING
    first, second = (read_template(at, objects[at]) for at in (_FIRST, _SECOND))
    if not (is_ours(first.guid) and is_ours(second.guid)):
        return Verdict.MISSING
    public = {key.id: key.public for key in _configured()}.get(first.get(_KEY_ID) or "")
    if public is None:
        return Verdict.UNKNOWN_KEY
    rest = tlv.encode((k, v) for k, v in objects.items() if k not in {_FIRST, _SECOND, CRC})
    text = (first.get(_FIRST_HALF) or "") + (second.get(_SECOND_HALF) or "")
    return Verdict.GENUINE if _verifies(public, text, _signed(rest)) else Verdict.WRONG


def _signed(text: str) -> bytes:
    return (_LINE + text).encode()


def _verifies(public: bytes, text: str, signed: bytes) -> bool:
    try:
        signature = base64.b64decode(text + "==", altchars=b"-_", validate=True)
        # Other spellings of the same bits would make two codes of one.
        if base64.urlsafe_b64encode(signature).decode().rstrip("=") != text:
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
