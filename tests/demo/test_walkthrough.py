"""The documented walk through the API runs as it stands, as a newcomer would run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.walks import walk


@pytest.mark.demo
@pytest.mark.django_db(transaction=True)
def test_two_people_sign_up_send_request_split_withdraw_and_close(tmp_path: Path) -> None:
    printed = walk("api.md", tmp_path)

    assert printed.strip().splitlines()[-1].endswith("CLOSED"), printed[-2000:]
    assert '"code":"wallet_not_empty"' in printed.replace(" ", ""), printed[-2000:]
