"""What the commands of staff share: which wallet, who acts, and why."""

from __future__ import annotations

import getpass
import uuid
from typing import Any

from django.core.management.base import CommandError, CommandParser

from wallet.models import Wallet
from wallet.models.wallets import REASON_LENGTH

_ACTOR_LENGTH = 64


def add_arguments(parser: CommandParser) -> None:
    """Add the wallet, the reason and the name to a command."""
    parser.add_argument("wallet", type=uuid.UUID, help="the wallet's public id")
    parser.add_argument("--reason", required=True, help="why; kept for good")
    parser.add_argument("--by", default="", help="who; the system's user unless given")


def read_arguments(options: dict[str, Any]) -> dict[str, Any]:
    """Return the wallet, the actor and the reason, as the use-cases take them.

    Raises:
        CommandError: no such wallet, or the reason or the name is empty or too long.

    """
    wallet = Wallet.objects.filter(public_id=options["wallet"]).first()
    if wallet is None:
        raise CommandError("there is no such wallet")
    reason = str(options["reason"]).strip()
    actor = f"command:{options['by'] or getpass.getuser()}"
    if not 0 < len(reason) <= REASON_LENGTH:
        raise CommandError(f"give a reason of 1 to {REASON_LENGTH} characters")
    if len(actor) > _ACTOR_LENGTH:
        raise CommandError(f"a name has at most {_ACTOR_LENGTH - len('command:')} characters")
    return {"wallet": wallet, "actor": actor, "reason": reason}
