"""Plants the bugs that ``PLANTED_BUGS`` names, once all of the project is loaded."""

from __future__ import annotations

import os

from django.apps import AppConfig

from tests.faults.mutants import PLANTS


class Planted(AppConfig):
    """Has no tables; it only plants."""

    name = "tests.faults.mutants"
    label = "planted"

    def ready(self) -> None:
        """Plant."""
        for name in os.environ["PLANTED_BUGS"].split(","):
            PLANTS[name][0]()
