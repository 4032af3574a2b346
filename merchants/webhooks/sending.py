"""Sending what is due: many messages at once, and no endpoint at the expense of the others.

Only the thread that runs this asks the database; the others wait for the outside world.
"""

from __future__ import annotations

import http.client
import json
import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag

from merchants.events.documents import document_of, instant
from merchants.events.numbering import number_due
from merchants.events.recording import poke
from merchants.models import WebhookDelivery
from merchants.webhooks.deliveries import claim, is_under_way, keys_of, settle
from merchants.webhooks.endpoints import address_rules
from merchants.webhooks.outcomes import Outcome
from merchants.webhooks.secrets import unseal
from merchants.webhooks.signing import headers_of
from wallet.errors import UnsafeEndpoint
from wallet.outgoing.addresses import look_at
from wallet.outgoing.posting import Answered, Bounds, post

log = logging.getLogger(__name__)

HANDS = 32  # messages under way at once
SECONDS = 40  # of one run, well within a task's time; the next run goes on
BOUNDS = Bounds(seconds=15, most_bytes=1024)
VERIFICATION = "webhook.verification"
_PAUSE_SECONDS = 0.2  # how soon what happens while messages are under way is seen


def relay(*, at: datetime) -> int:
    """Number what happened and send what is due; return how many messages arrived.

    Whoever is at it sees what comes in meanwhile: nobody else has to be.
    """
    if is_under_way(at=at):
        return 0
    return send_due(at=at)


def send_due(*, at: datetime) -> int:
    """Send until nothing is due, or the time is over."""
    arrived, started = 0, time.monotonic()
    flying: dict[Future[Outcome], WebhookDelivery] = {}
    with ThreadPoolExecutor(HANDS) as hands:
        while True:
            elapsed = time.monotonic() - started
            now = at + timedelta(seconds=elapsed)
            if elapsed < SECONDS:
                number_due(at=now)
                for delivery in claim(most=HANDS - len(flying), at=now):
                    flying[hands.submit(attempt, delivery, now)] = delivery
            if not flying:
                break
            done, _ = wait(flying, timeout=_PAUSE_SECONDS, return_when=FIRST_COMPLETED)
            for one in done:
                outcome = one.result()
                settle(delivery=flying.pop(one), outcome=outcome, at=now)
                arrived += outcome.is_delivered
    if time.monotonic() - started >= SECONDS:
        poke()
    return arrived


def attempt(delivery: WebhookDelivery, at: datetime) -> Outcome:
    """Send a message once; whatever goes wrong is an outcome."""
    try:
        return _send(delivery, at)
    except UnsafeEndpoint as exc:
        return Outcome(error=exc.code)  # its name may only be unknown just now
    except TimeoutError:
        return Outcome(error="timeout")
    except (OSError, http.client.HTTPException) as exc:
        return Outcome(error=type(exc).__name__)
    except InvalidTag:
        log.exception("the secrets of %s do not open: SEALING_SECRET is another", delivery)
        return Outcome(error="sealed_otherwise")
    except Exception as exc:
        # One that cannot be sent must not keep the others from being sent.
        log.exception("%s failed", delivery)
        return Outcome(error=type(exc).__name__[:60])


def _send(delivery: WebhookDelivery, at: datetime) -> Outcome:
    endpoint = delivery.endpoint
    target = look_at(endpoint.url, rules=address_rules())
    body = json.dumps(_message(delivery, at), ensure_ascii=False, separators=(",", ":")).encode()
    headers = headers_of(
        message_id=str(delivery.public_id if delivery.event is None else delivery.event.public_id),
        body=body,
        keys=[unseal(sealed, endpoint) for sealed in keys_of(delivery, at)],
        at=at,
    )
    headers |= {"Content-Type": "application/json", "User-Agent": "Jigap-Webhooks/1"}
    answered = post(target, body, headers, bounds=BOUNDS)
    if delivery.event is None and not _has(answered, endpoint.challenge):
        return Outcome(answered.status, "challenge_not_answered")
    return Outcome(answered.status, "" if 200 <= answered.status < 300 else "refused")  # noqa: PLR2004


def _message(delivery: WebhookDelivery, at: datetime) -> dict[str, object]:
    if delivery.event is not None:
        return document_of(delivery.event)
    challenge = {"challenge": delivery.endpoint.challenge}
    return {"type": VERIFICATION, "timestamp": instant(at), "data": challenge}


def _has(answered: Answered, challenge: str) -> bool:
    """Tell whether an answer says the challenge: as text, or as JSON under its name."""
    text = answered.body.decode("utf-8", "replace").strip()
    if text == challenge:
        return True
    try:
        said = json.loads(text)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("challenge") == challenge
