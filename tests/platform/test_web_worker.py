"""Replacing the web server's workers: the old ones stay until somebody is there."""

from __future__ import annotations

import multiprocessing
import signal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from config import web_worker
from config.web_worker import Worker, on_reload, post_worker_init


class Old(Worker):
    """A worker that was begun third, and never listens."""

    def __init__(self) -> None:
        """Have no sockets."""
        self.age, self.wsgi = 3, None


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which signals ended it."""
    seen: list[int] = []

    def end(_worker: Any, sig: int, _frame: Any) -> None:
        seen.append(sig)

    monkeypatch.setattr(Worker.__base__, "handle_exit", end)
    monkeypatch.setattr(Worker.__base__, "notify", lambda _worker: None)
    monkeypatch.setattr(web_worker, "warm_up", lambda _application: None)
    monkeypatch.setattr(web_worker, "_replaced", multiprocessing.Value("q", 0))
    monkeypatch.setattr(web_worker, "_ready", multiprocessing.Value("q", 0))
    return seen


def test_who_is_told_to_end_and_not_replaced_ends_at_once(ended: list[int]) -> None:
    post_worker_init(SimpleNamespace(age=3, wsgi=None))
    Old().handle_exit(signal.SIGTERM, None)
    assert ended == [signal.SIGTERM]


def test_who_is_replaced_stays_until_somebody_is_ready(ended: list[int]) -> None:
    worker = Old()
    post_worker_init(worker)
    on_reload(SimpleNamespace(worker_age=3))
    worker.handle_exit(signal.SIGTERM, None)
    worker.handle_exit(signal.SIGTERM, None)  # gunicorn tells it again and again
    worker.notify()
    assert ended == []
    post_worker_init(SimpleNamespace(age=4, wsgi=None))
    worker.notify()
    assert ended == [signal.SIGTERM]


def test_who_is_never_relieved_ends_after_a_while(
    ended: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Old()
    on_reload(SimpleNamespace(worker_age=3))
    worker.handle_exit(signal.SIGTERM, None)
    clock = SimpleNamespace(monotonic=lambda: worker.leaves_by + 1)
    monkeypatch.setattr(web_worker, "time", clock)
    worker.notify()
    assert ended == [signal.SIGTERM]


@pytest.mark.django_db
def test_a_worker_answers_a_first_request_before_others_come() -> None:
    asked: list[str] = []

    def application(environ: dict[str, Any], start: Any) -> Any:
        asked.append(environ["PATH_INFO"])
        return get_wsgi_application()(environ, start)

    web_worker.warm_up(application)
    assert asked == ["/readyz"]
