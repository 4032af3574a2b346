"""Rules about the code itself: sizes, SQL files, errors, words that may not stand in it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pickle
import re
from pathlib import Path

import pytest

from config.problems import status_of
from ledger.errors import LedgerError
from merchants.errors import MerchantError
from wallet.errors import WalletError

ROOT = Path(__file__).resolve().parents[2]
APPS = ("ledger", "wallet", "merchants", "config")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
OWN = [path for path in SOURCES if "migrations" not in path.parts]
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", OWN, ids=name)
def test_no_file_is_longer_than_a_room(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", OWN, ids=name)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            documented = ast.get_docstring(node, clean=False) or ""
            lines = (node.end_lineno or 0) - node.lineno + 1 - len(documented.splitlines())
            assert lines <= MAX_FUNCTION_LINES, node.name


@pytest.mark.parametrize("app", ["ledger", "merchants", "wallet"])
def test_each_sql_file_has_its_pair_and_is_run_by_one_migration(app: str) -> None:
    folder = ROOT / app / "sql"
    names = {path.name.removesuffix(".up.sql") for path in folder.glob("*.up.sql")}
    assert names
    assert names == {path.name.removesuffix(".down.sql") for path in folder.glob("*.down.sql")}
    migrations = [path.read_text() for path in (ROOT / app / "migrations").glob("*.py")]
    for sql in names:
        assert sum(f'run_sql("{sql}")' in text for text in migrations) == 1, sql


def errors() -> list[type[Exception]]:
    families = (LedgerError, WalletError, MerchantError)
    found: list[type[Exception]] = []
    for app in ("ledger", "wallet", "merchants"):
        module = importlib.import_module(f"{app}.errors")
        for _, member in inspect.getmembers(module, inspect.isclass):
            # A class that others inherit from is a family, never raised itself.
            is_family = bool(member.__subclasses__())
            if issubclass(member, families) and not is_family:
                found.append(member)
    return found


def made(error: type[Exception]) -> Exception:
    samples = {"int": 7, "str": "x", "bool": True}
    parameters = inspect.signature(error.__init__).parameters.values()
    arguments = [
        samples.get(str(p.annotation).split(" ")[0], "x")
        for p in parameters
        if p.name != "self" and p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    return error(*arguments)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.__dict__.get("code") for error in errors()]
    assert None not in codes
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("error", errors(), ids=lambda error: error.__name__)
def test_every_error_has_a_status_a_text_and_survives_pickling(error: type[Exception]) -> None:
    assert 400 <= status_of(error) < 500
    one = made(error)
    again = pickle.loads(pickle.dumps(one))  # noqa: S301
    assert type(again) is error
    assert str(again) == str(one) != ""


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_is_left_to_do_and_no_machine_is_named(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text)
    assert not re.search(r"(/home/|/Users/|/work/)", text)


def test_every_constraint_name_stands_in_a_test() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    names: set[str] = set()
    for path in (ROOT / "ledger").rglob("*"):
        if path.suffix in {".py", ".sql"} and "migrations" not in path.parts:
            text = path.read_text()
            names |= set(re.findall(r'(?:name=|CONSTRAINT = )["\'](ledger_\w+)', text))
            names |= set(re.findall(r"THEN '(ledger_\w+)'", text))
    assert names - set(re.findall(r"ledger_\w+", tests)) == set()
