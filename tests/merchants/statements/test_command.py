"""``manage.py import_statement``: what it prints, and what it exits with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from merchants.models import BankLine, HouseAccount, StatementFile
from tests.merchants.statements.files import PROFILE, Move, Paper, camt, sheet

PAPER = Paper((Move(12_000, "R1"), Move(-500, "R2")), opening=100)


def run(*arguments: str) -> int:
    """Return the exit code."""
    try:
        call_command("import_statement", *arguments)
    except SystemExit as exit_:
        return int(exit_.code or 0)
    except CommandError as error:
        return error.returncode
    return 0


@pytest.fixture
def keep(tmp_path: Path) -> Any:
    def write(data: bytes, name: str = "bank.xml") -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return write


def test_a_file_is_loaded_and_its_sums_are_printed(
    house: HouseAccount, keep: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(camt(PAPER))
    assert run(path) == 0
    printed = capsys.readouterr().out
    assert "opening 100 + 2 entries 11500 = closing 11600" in printed
    assert "bank.xml: LOADED, 2 lines added" in printed
    assert run(path) == 0
    assert "known before, nothing added" in capsys.readouterr().out


def test_a_dry_run_in_json_changes_nothing(
    house: HouseAccount, keep: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(keep(camt(PAPER)), "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["dry_run"], told["added"]) == ("VALIDATED", True, 2)
    (statement,) = told["statements"]
    assert statement["sum"] == {"amount": "11500", "amount_minor": 11_500}
    assert (statement["opening"]["amount"], statement["closing"]["amount"]) == ("100", "11600")
    assert statement["account"] == "..5678"
    assert not BankLine.objects.exists()


def test_what_does_not_tie_exits_with_3_and_what_cannot_be_read_with_4(
    house: HouseAccount, keep: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(keep(camt(Paper(PAPER.moves, closing=1)))) == 3
    assert "line 5: DOES_NOT_TIE" in (printed := capsys.readouterr().out)
    assert "(difference -11499)" in printed
    assert run(keep(camt(PAPER)[:-30]), "--json") == 4
    told = json.loads(capsys.readouterr().out)
    assert told["troubles"][0]["code"] == "UNREADABLE"
    assert StatementFile.objects.filter(state="QUARANTINED").count() == 2


def test_a_csv_file_needs_its_profile(house: HouseAccount, keep: Any) -> None:
    path = keep(sheet(PAPER), "bank.csv")
    assert run(path) == 4
    assert run(path, "--profile", keep(b"{}", "bad.json")) == 2
    assert run(path, "--profile", keep(PROFILE, "good.json")) == 0
    assert BankLine.objects.count() == 2


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/", "a\0b"])
def test_a_file_that_cannot_be_opened_exits_with_2(house: HouseAccount, path: str) -> None:
    assert run(path) == 2


def test_our_own_accounts_are_told_by_command(
    house: HouseAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("house_account", "100-222", "--purpose", "OPERATING")
    assert capsys.readouterr().out == "..0222 KRW stands for bank:operating\n"
    with pytest.raises(CommandError, match="no account number"):
        call_command("house_account", "한글", "--purpose", "OPERATING")
