"""A real browser at a real server: Debian's Chromium, the collected files, the strict policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.db import connections
from django.test.testcases import LiveServerThread

# Playwright runs a loop in this thread, which Django would take for an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from tests.e2e.screens import Screen
from tests.web.conftest import alice, bob, corner_shop  # noqa: F401 - the cast.

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, or in CI refuse, where there is no browser."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.e2e)
    if CHROMIUM or not here or config.option.markexpr != "e2e":
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("install Debian's package chromium: the browser tests need it")
    for item in here:
        item.add_marker(pytest.mark.skip(reason="needs a browser: Debian's package chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 390, "height": 844},
        "locale": "en-GB",
        "has_touch": True,
    }


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files as production serves them: named by content, compressed."""
    folder = tmp_path_factory.mktemp("static")
    settings.STATIC_ROOT = folder
    storage: Any = staticfiles_storage
    storage._wrapped = type(storage._wrapped)()  # noqa: SLF001 - as after a start
    call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def address(collected: Path, transactional_db: None) -> Iterator[str]:
    """Where the server answers."""
    as_it_is: Any = lambda application: application  # noqa: E731 - no handler of static files
    thread = LiveServerThread("127.0.0.1", static_handler=as_it_is)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None, thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        connections.close_all()


@pytest.fixture
def screen(page: Any, address: str, corner_shop: Any) -> Screen:  # noqa: F811 - the fixture.
    """A phone at the wallet; nobody is signed in."""
    return Screen(page, address)


@pytest.fixture
def home(screen: Screen, alice: Any) -> Screen:  # noqa: F811 - the fixture.
    """Alice's phone, signed in."""
    return screen.sign_in(alice.holder.phone)
