"""The application's role, in an attacker's hands: what its statements cannot do."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.ledger.sql import APP, NO_RIGHT, refused, run

pytestmark = pytest.mark.django_db

# What was written once and is history: nobody changes it, the application least of all.
HISTORY = (
    *("ledger_transaction", "ledger_entry", "ledger_seal"),
    *("wallet_walletaudit", "merchants_merchantevent"),
    *("merchants_settlement", "merchants_settlementitem"),
)
STATEMENTS = {
    "read the server's files": "SELECT pg_read_file('/etc/passwd')",
    "list its folders": "SELECT pg_ls_dir('.')",
    "write a file": "COPY (SELECT 1) TO '/tmp/jigap-attack'",
    "read a file": "COPY wallet_event FROM '/etc/passwd'",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "import a file": "SELECT lo_import('/etc/passwd')",
    "make a superuser": "CREATE ROLE mallory SUPERUSER LOGIN",
    "raise itself": f"ALTER ROLE {APP} SUPERUSER",
    "join the book's role": f"GRANT jigap_book TO {APP}",
    "switch triggers off": "SET session_replication_role = replica",
    "load code": "LOAD 'plpgsql'",
    "make a schema": "CREATE SCHEMA mine",
    "make a table": "CREATE TABLE mine (id int)",
    "shadow a function": "CREATE FUNCTION ledger_post(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "drop a table": "DROP TABLE ledger_entry",
    "add a column": "ALTER TABLE wallet_user ADD COLUMN mine int",
    "make a rule": "CREATE RULE mine AS ON INSERT TO ledger_entry DO INSTEAD NOTHING",
    "read password hashes of roles": "SELECT * FROM pg_authid",
    "reset the log of writes": "SELECT pg_switch_wal()",
    "make a slot": "SELECT pg_create_physical_replication_slot('mine')",
    "end the server": "SELECT pg_reload_conf()",
}


@pytest.mark.parametrize("sql", STATEMENTS.values(), ids=STATEMENTS)
def test_it_does_not_get_out(sql: str) -> None:
    assert refused(sql, role=APP) == NO_RIGHT


def test_it_rewrites_no_history() -> None:
    rows = run(
        "SELECT c.relname, p.name FROM pg_class AS c, unnest(ARRAY['UPDATE', 'DELETE']) AS p(name)"
        " WHERE c.relname = ANY(%s) AND has_table_privilege(%s, c.oid, p.name)",
        [list(HISTORY), APP],
    )
    assert rows == []
    names = {table for table in connection.introspection.table_names() if table in HISTORY}
    assert names == set(HISTORY)


def test_it_empties_no_table_and_hangs_nothing_on_any() -> None:
    rows = run(
        "SELECT c.relname, p.name FROM pg_class AS c"
        " JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public',"
        " unnest(ARRAY['TRUNCATE', 'TRIGGER', 'REFERENCES', 'MAINTAIN']) AS p(name)"
        " WHERE c.relkind IN ('r', 'p') AND (p.name <> 'MAINTAIN' OR"
        " current_setting('server_version_num')::int >= 170000)"
        " AND has_table_privilege(%s, c.oid, p.name)",
        [APP],
    )
    assert rows == []


def test_it_owns_nothing_and_makes_nothing() -> None:
    assert run("SELECT relname FROM pg_class WHERE relowner = %s::regrole", [APP]) == []
    assert run("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [APP]) == [(False,)]
    assert run("SELECT has_database_privilege(%s, current_database(), 'CREATE')", [APP]) == [
        (False,)
    ]
    assert run("SELECT pg_has_role(%s, 'pg_database_owner', 'MEMBER')", [APP]) == [(False,)]
    # The role behind the wall of the merchants' admin, which has less than this one.
    member_of = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"
    assert run(member_of, [APP]) == [("jigap_merchant",)]
