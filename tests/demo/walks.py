"""Running the documented walks as they stand, against the running stack on the test database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.demo import processes
from wallet.chart import open_chart

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600  # a machine that does ten other things at once


def script(document: str) -> str:
    """Return a document's blocks of shell, in order."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


def walk(document: str, tmp_path: Path, **more: str) -> str:
    """Run a document's walk as a newcomer would; return what it printed, once it ended well."""
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.fail("this test needs the Debian packages bash and curl")
    open_chart("KRW")
    database = connection.settings_dict
    environment = {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}"
        f"?host={database['HOST']}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "JIGAP_VAR": str(tmp_path),
        **more,
    }
    (tmp_path / "static").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with processes.running(settings.BASE_DIR, tmp_path) as (address, shared):
            ended = subprocess.run(
                [bash, "-c", script(document)],
                cwd=ROOT,
                env={
                    **os.environ,
                    "API": f"{address}/api/v1",
                    "BANK": shared["BANK_URL"],
                    "MESSAGES": str(tmp_path / "log" / "web.log"),
                    "PYTHON": sys.executable,
                },
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    return ended.stdout
