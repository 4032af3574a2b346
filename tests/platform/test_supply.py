"""What production installs: each file pinned by its hash, and listed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


def name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def locked() -> dict[str, list[tuple[Requirement, list[str]]]]:
    """Return what the lock file pins, by name; a package may be there once per Python version."""
    found: dict[str, list[tuple[Requirement, list[str]]]] = {}
    for line in (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines():
        pinned, *hashes = re.split(r"\s+--hash=", line.strip())
        requirement = Requirement(pinned)
        found.setdefault(name(requirement.name), []).append((requirement, hashes))
    return found


def pins() -> list[Requirement]:
    """Return what the project asks for."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [
        Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()
    ]


def test_the_lock_has_each_pin_and_nothing_without_hashes() -> None:
    lock = locked()
    for pin in pins():
        assert any(entry.specifier == pin.specifier for entry, _ in lock[name(pin.name)]), pin
    for entries in lock.values():
        for entry, hashes in entries:
            assert re.fullmatch(r"==[^,*]+", str(entry.specifier)), entry
            assert hashes, entry
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), entry
    assert len(lock) > len(pins())


def test_the_list_of_components_names_what_is_locked(tmp_path: Path) -> None:
    made = tmp_path / "sbom.json"
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    arguments = ["requirements", str(ROOT / "requirements.lock"), "--of", "JSON", "-o", str(made)]
    subprocess.run([program, *arguments], check=True, capture_output=True)
    document = json.loads(made.read_text())
    assert document["bomFormat"] == "CycloneDX"
    listed = {(name(each["name"]), each["version"]) for each in document["components"]}
    assert listed == {
        (key, str(entry.specifier).removeprefix("=="))
        for key, entries in locked().items()
        for entry, _ in entries
    }
