"""A telephone with a key: signs requests as documented, with nothing of the server's."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from knox.models import AuthToken

from tests.wallet.people import Caller
from wallet.models import User, Wallet


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Phone:
    """A key, and the id the server gave it."""

    owner: User
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    device: str = ""

    def registration(self) -> dict[str, str]:
        public = text(self.key.public_key().public_bytes_raw())
        signed = f"jigap.device.v1\n{self.owner.phone}\n{public}".encode()
        return {
            "name": "민지의 폰",
            "public_key": public,
            "signature": text(self.key.sign(signed)),
        }

    def bind(self, wallet: Wallet) -> Any:
        answer = Caller(wallet).post("/devices", self.registration())
        if answer.status_code == 201:
            self.device = answer.json()["id"]
        return answer

    def headers(
        self, method: str, path: str, body: bytes, key: str, **changes: str
    ) -> dict[str, str]:
        """Return the headers that prove a request."""
        at = changes.pop("time", str(int(time.time())))
        nonce = changes.pop("nonce", secrets.token_urlsafe(16))
        digest = hashlib.sha256(body).hexdigest()
        signed = f"jigap.request.v1\n{method}\n{path}\n{digest}\n{key}\n{at}\n{nonce}"
        proof = {
            "Wallet-Device": self.device,
            "Wallet-Time": at,
            "Wallet-Nonce": nonce,
            "Wallet-Signature": text(self.key.sign(signed.encode())),
        }
        return proof | changes

    def post(self, path: str, body: Any, key: str, **changes: str) -> Any:
        """Send a signed request."""
        raw = json.dumps(body).encode()
        headers = self.headers("POST", f"/api/v1{path}", raw, key, **changes)
        return self.send(path, raw, key, headers)

    def send(self, path: str, raw: bytes, key: str, headers: dict[str, str]) -> Any:
        """Send bytes with headers, whatever they say."""
        _, token = AuthToken.objects.create(user=self.owner)
        return Client().generic(
            "POST",
            f"/api/v1{path}",
            raw,
            content_type="application/json",
            headers={"Authorization": f"Token {token}", "Idempotency-Key": key} | headers,
        )
