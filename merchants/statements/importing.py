"""Importing a file: known by its content, loaded whole, or kept in quarantine with the reason.

All of a file is loaded in one database transaction. What does not tie undoes it, and the file goes
to quarantine in another one; the same file may be tried again, once an account was added to ours.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import BinaryIO

from merchants.errors import StatementUnderWay, StatementUnreadable
from merchants.models import StatementFile
from merchants.statements import formats, staging
from merchants.statements.checking import Fault, Section, Trouble
from merchants.statements.contents import NAME_LENGTH, words
from merchants.statements.placing import place
from merchants.statements.profiles import Profile
from merchants.statements.verdicts import Verdict
from wallet.idempotency import use_case

_State = StatementFile.State
_LOADED = (_State.LOADED, _State.MATCHED)
MOST_TROUBLES = 100
_CHUNK = 1024 * 1024


class _Undo(Exception):  # noqa: N818 - not an error: it carries a verdict out of what is undone.
    """Undoes the database transaction."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def import_file(
    *,
    file: BinaryIO,
    name: str,
    at: datetime,
    profile: Profile | None = None,
    is_dry_run: bool = False,
) -> Verdict:
    """Import a file of statements; ``file`` can be read from the start again and again.

    Returns:
        What was found and done. A file that is known adds nothing.

    Raises:
        StatementUnderWay: somebody else imports the same file at this moment.

    """
    digest, size = _digest(file)
    name = words(name, NAME_LENGTH) or "unnamed"
    if not is_dry_run:
        _receive(sha256=digest, name=name, byte_count=size, at=at)
    verdict = Verdict(name, digest, _State.RECEIVED, is_dry_run)
    try:
        return _load(file=file, verdict=verdict, profile=profile, at=at)
    except _Undo as undone:
        verdict = undone.verdict
    if verdict.troubles and not is_dry_run:
        _quarantine(verdict=verdict, at=at)
    return verdict


def _digest(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest(), file.tell()


@use_case
def _receive(*, sha256: str, name: str, byte_count: int, at: datetime) -> None:
    StatementFile.objects.get_or_create(
        sha256=sha256, defaults={"name": name, "byte_count": byte_count, "received_at": at}
    )


@use_case
def _load(*, file: BinaryIO, verdict: Verdict, profile: Profile | None, at: datetime) -> Verdict:
    received = _locked(verdict, at)
    if received.state in _LOADED:
        verdict.state, verdict.is_known = received.state, True
        return verdict
    file.seek(0)
    try:
        verdict.sections = staging.stage(formats.read(file, profile))
    except StatementUnreadable as exc:
        verdict.troubles = [Trouble(exc.line, Fault.UNREADABLE, exc.why)]
        raise _Undo(verdict) from exc
    _move(received, _State.PARSED)
    for section in verdict.sections:
        place(section, received)
    verdict.troubles = _troubles(verdict.sections)
    if verdict.troubles:
        raise _Undo(verdict)
    _move(received, _State.VALIDATED)
    received.ended_at, received.troubles = at, []
    _move(received, _State.LOADED)
    verdict.state = _State.VALIDATED if verdict.is_dry_run else _State.LOADED
    verdict.is_known = all(section.is_known for section in verdict.sections)
    if verdict.is_dry_run:
        raise _Undo(verdict)
    return verdict


def _locked(verdict: Verdict, at: datetime) -> StatementFile:
    """Return the file's row, locked; for a dry run one that is undone with the rest."""
    rows = StatementFile.objects.select_for_update(skip_locked=True)
    found = rows.filter(sha256=verdict.sha256).first()
    if found is not None:
        return found
    if verdict.is_dry_run:
        return StatementFile.objects.create(
            sha256=verdict.sha256, name=verdict.name, byte_count=0, received_at=at
        )
    raise StatementUnderWay


def _move(file: StatementFile, state: str) -> None:
    file.state = state
    file.save(update_fields=["state", "ended_at", "troubles"])


def _troubles(sections: list[Section]) -> list[Trouble]:
    found = [trouble for section in sections for trouble in section.troubles.values()]
    if not sections:
        found.append(Trouble(1, Fault.NOTHING_IN_IT, "there is no statement in it"))
    return sorted(found, key=lambda trouble: trouble.line)[:MOST_TROUBLES]


@use_case
def _quarantine(*, verdict: Verdict, at: datetime) -> None:
    file = StatementFile.objects.select_for_update().get(sha256=verdict.sha256)
    if file.state in _LOADED:
        return
    file.troubles = [trouble.as_dict() for trouble in verdict.troubles]
    file.ended_at = at
    if file.state == _State.RECEIVED and verdict.sections:
        _move(file, _State.PARSED)
    _move(file, _State.QUARANTINED)
    verdict.state = _State.QUARANTINED
