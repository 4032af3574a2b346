"""A receiver of webhooks for a developer's own machine: it checks, prints, and answers.

It is also what a receiver has to do, in some lines: check the signature over the bytes as they
came, know the ids it has seen, answer quickly, and answer the challenge.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from merchants.webhooks.sending import VERIFICATION
from merchants.webhooks.signing import ID, is_genuine

_MOST_BYTES = 1024 * 1024
_OK, _NO_CONTENT, _BAD_REQUEST = 200, 204, 400


def listener(*, port: int, key: bytes | None, say: Callable[[str], None]) -> ThreadingHTTPServer:
    """Return a server on this machine that tells ``say`` of each message.

    Without a key nothing is checked. Port 0: any free one.
    """
    seen: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "0")
            size = int(length) if length.isascii() and length.isdigit() else 0
            body = self.rfile.read(min(size, _MOST_BYTES))
            headers = {name.lower(): value for name, value in self.headers.items()}
            now = datetime.now(UTC)
            if key is not None and not is_genuine(headers=headers, body=body, key=key, at=now):
                say("refused: the signature does not fit")
                self._answer(_BAD_REQUEST, b"")
                return
            message, message_id = _read(body), headers.get(ID, "")
            again = " (again)" if message_id in seen else ""
            seen.add(message_id)
            say(f"{message.get('type')} {message_id}{again} {body.decode('utf-8', 'replace')}")
            if message.get("type") == VERIFICATION:
                challenge = str(message.get("data", {}).get("challenge", ""))
                self._answer(_OK, challenge.encode())
            else:
                self._answer(_NO_CONTENT, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _read(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
