"""The documented walk through the API runs as it stands, as a newcomer would run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.demo import processes
from wallet.chart import open_chart

ROOT = Path(__file__).resolve().parents[2]


def script() -> str:
    """Return the walk's blocks of shell, in order."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


@pytest.mark.demo
@pytest.mark.django_db(transaction=True)
def test_two_people_sign_up_send_request_split_withdraw_and_close(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.fail("this test needs the Debian packages bash and curl")
    open_chart("KRW")
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    environment = {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "JIGAP_VAR": str(tmp_path),
    }
    (tmp_path / "static").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with processes.running(settings.BASE_DIR, tmp_path) as (address, shared):
            ended = subprocess.run(
                [bash, "-c", script()],
                env={
                    **os.environ,
                    "API": f"{address}/api/v1",
                    "BANK": shared["BANK_URL"],
                    "MESSAGES": str(tmp_path / "log" / "web.log"),
                },
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
            )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    assert ended.stdout.strip().splitlines()[-1].endswith("CLOSED"), ended.stdout[-2000:]
    assert '"code":"wallet_not_empty"' in ended.stdout.replace(" ", ""), ended.stdout[-2000:]
