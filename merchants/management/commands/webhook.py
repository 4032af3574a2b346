"""Webhooks from the shell: receive them, send a test, send again."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from merchants.events.kinds import TEST
from merchants.events.recording import record
from merchants.management.reading import identifier, merchant
from merchants.models import WebhookDelivery, WebhookEndpoint
from merchants.webhooks import deliveries
from merchants.webhooks.listening import listener
from merchants.webhooks.secrets import key_of
from merchants.webhooks.sending import send_due

_ACTOR = "command"
_MOST_PORT = 65_535


class Command(BaseCommand):
    help = "Receive webhooks on this machine, send a test event, or send messages again."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listen = verbs.add_parser("listen", help="receive, check and print; Ctrl-C ends it")
        listen.add_argument("--port", type=_port, default=8700)
        listen.add_argument("--secret", type=_secret, help="whsec_…: check the signatures by it")
        trigger = verbs.add_parser("trigger", help="send a merchant's endpoints a test event")
        trigger.add_argument("merchant", help="its public id")
        replay = verbs.add_parser("replay", help="send an endpoint messages again")
        replay.add_argument("webhook", type=identifier)
        which = replay.add_mutually_exclusive_group(required=True)
        which.add_argument("--dead", action="store_true", help="what was given up")
        which.add_argument("--from", type=int, dest="sequence", help="all from this sequence on")
        which.add_argument("--delivery", type=identifier, help="one delivery, by its id")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        getattr(self, "_" + verb)(options)

    def _listen(self, options: dict[str, Any]) -> None:
        server = listener(port=options["port"], key=options["secret"], say=self._say)
        self._say(f"listening on http://127.0.0.1:{server.server_port}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self._say("done")
        finally:
            server.server_close()

    def _trigger(self, options: dict[str, Any]) -> None:
        found = merchant(options["merchant"])
        with transaction.atomic():
            event = record(merchant=found, kind=TEST, facts={}, at=timezone.now())
        arrived = send_due(at=timezone.now())
        self._say(f"{TEST} {event.public_id}: {arrived} messages arrived")

    def _replay(self, options: dict[str, Any]) -> None:
        rows = WebhookEndpoint.objects.select_related("merchant")
        endpoint = rows.filter(public_id=options["webhook"]).first()
        if endpoint is None or endpoint.state != WebhookEndpoint.State.ACTIVE:
            raise CommandError("there is no active webhook with this id")
        at = timezone.now()
        if options["sequence"] is not None:
            again = deliveries.send_since(
                endpoint=endpoint, sequence=options["sequence"], actor=_ACTOR, at=at
            )
        else:
            chosen = Q(state=WebhookDelivery.State.DEAD)
            if options["delivery"] is not None:
                chosen = Q(public_id=options["delivery"])
            again = deliveries.replay(endpoint=endpoint, chosen=chosen, actor=_ACTOR, at=at)
        arrived = send_due(at=timezone.now())
        self._say(f"{again} are sent again; {arrived} messages arrived")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST_PORT):
        raise argparse.ArgumentTypeError("not a port")
    return int(text)


def _secret(text: str) -> bytes:
    try:
        return key_of(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError("not a secret: whsec_ and base64") from exc
