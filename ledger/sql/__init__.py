"""What migrations are made of: many tables at once, and numbered pairs of SQL files.

Each pair is run by exactly one migration.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_HERE = Path(__file__).parent


def run_sql(name: str) -> RunSQL:
    """Return the operation that runs ``name.up.sql``, and ``name.down.sql`` to undo it.

    Raises:
        FileNotFoundError: one of the pair is missing.

    """
    return sql_pair(_HERE, name)


def sql_pair(folder: Path, name: str) -> RunSQL:
    """Return the operation of a pair in ``folder``, whichever app's."""
    up, down = (
        (folder / f"{name}.{way}.sql").read_text(encoding="utf-8") for way in ("up", "down")
    )
    return RunSQL(up, down)


class CreateModels(Operation):
    """Creates many models at once, each after those that it refers to.

    After each operation that changes a model Django renders all that are related to it anew.
    Nearly all are here, and by far the most time of migrating went into that.
    """

    reversible = True

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models, and let them be rendered when they are asked for."""
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create the tables."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the tables."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what it does, in one line."""
        return f"Create {len(self.models)} models"
