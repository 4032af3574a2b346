"""Health, request ids, problem documents, metrics and headers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client

from config import health
from config.headers import STRICT

ROOT = Path(__file__).resolve().parents[2]


def test_healthz_answers_without_a_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_tries_database_migrations_and_broker(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert (
        set(answer.json()["checks"])
        == set(health.CHECKS)
        == {"database", "clock", "durability", "migrations", "broker"}
    )


@pytest.mark.django_db
@pytest.mark.parametrize("skew_seconds", [-60, 60, 90_000])
def test_a_clock_that_is_not_the_databases_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, skew_seconds: int
) -> None:
    clock = SimpleNamespace(time=lambda: time.time() + skew_seconds)
    monkeypatch.setattr("config.health.time", clock)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["clock"]) == (503, "ClockDiffersError")


def test_readyz_says_503_and_what_failed_when_the_database_is_gone() -> None:
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "client = Client(headers={'Host': 'localhost'})\n"
        "answer = client.get('/readyz')\n"
        "print(answer.status_code, answer.json()['checks']['database'])\n"
        "answer = client.post('/api/v1/tokens', {'phone': '+821012345678', 'password': 'x'},"
        " content_type='application/json')\n"
        "print(answer.status_code, answer.json()['code'], answer['Retry-After'])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.splitlines() == ["503 OperationalError", "503 try_again 1"], ended.stderr


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcdef-12345678", True), ("short", False), ("x" * 65, False), ("bad id\nwith more", False)],
)
def test_a_request_id_is_kept_if_well_formed_and_made_if_not(
    client: Client, given: str, *, kept: bool
) -> None:
    returned = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (returned == given) is kept
    assert 8 <= len(returned) <= 64


@pytest.mark.django_db
def test_an_unknown_address_of_the_api_is_a_problem_document(client: Client) -> None:
    answer = client.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


@pytest.mark.django_db
def test_a_body_that_is_not_json_is_a_problem_document(client: Client) -> None:
    answer = client.post("/api/v1/tokens", data="{", content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_metrics_are_for_this_machine_only_without_a_token(client: Client) -> None:
    client.get("/healthz")
    assert (
        b'jigap_request_seconds_count{method="GET",route="healthz"'
        in client.get("/metrics").content
    )
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


def test_every_page_carries_the_strict_policy(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer["Content-Security-Policy"] == STRICT
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_the_api_documents_itself_from_its_own_host(client: Client) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert b"//cdn" not in page.content
    schema = client.get("/api/v1/schema")
    assert schema.status_code == 200
