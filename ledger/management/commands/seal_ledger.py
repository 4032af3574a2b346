"""Seal what has been posted, block after block, until nothing new is left, and anchor it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.anchor import configured
from ledger.errors import AnchorDiffers
from ledger.seals import seal


class Command(BaseCommand):
    help = "Seal the journal up to now."

    def handle(self, *_args: Any, **_options: Any) -> None:
        while sealed := seal():
            self.stdout.write(
                f"seal {sealed.pk}: {sealed.transaction_count} transactions"
                f" through {sealed.through_id}"
            )
        if anchor := configured():
            try:
                self.stdout.write(f"{anchor.publish()} seals signed into {anchor.path}")
            except AnchorDiffers as exc:
                raise CommandError(str(exc)) from exc
