"""An app without models: its migrations change a table of another."""

from __future__ import annotations

from django.apps import AppConfig


class Expanding(AppConfig):
    """Is installed only where the migration is run: the web server goes on with the old code."""

    name = "tests.faults.expanding"
    label = "expanding"
