"""``read_code`` as it is run: bytes in, JSON lines and an exit code out."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from merchants.codes.description import describe
from merchants.codes.ours.store_code import write_store_code
from merchants.codes.pictures.images import draw_png
from merchants.errors import CodeRefused, StoreCodeInvalid
from tests.codes.payloads import DUITNOW, OURS, PROMPTPAY, payload, run
from tests.codes.test_store_code import PINE_COFFEE

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "django", "read_code", "--settings=tests.codes.settings")
STORE = write_store_code(PINE_COFFEE)

# Unbuffered output would hide an answer that is not flushed.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def read_code(
    source: str, data: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own, without any database."""
    return subprocess.run(
        [*COMMAND, source],
        input=data,
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**ENVIRONMENT, **environment},
        timeout=60,
    )


def answers(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    """Return the JSON of each line of output, of which none may be anything else."""
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def codes(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    return [answer.get("code", "ok") for answer in answers(done)]


def test_a_store_code_in_a_picture_is_read(tmp_path: Path) -> None:
    picture = tmp_path / "store.png"
    picture.write_bytes(draw_png(STORE))

    done = read_code(str(picture))

    assert done.returncode == 0
    (answer,) = answers(done)
    assert answer == {"ok": True, "fields": describe(STORE)}
    assert answer["fields"]["store"]["name"] == "소나무 커피"


def test_payload_lines_are_answered_one_by_one_in_order() -> None:
    foreign = payload({"26": PROMPTPAY, "52": None, "59": None, "60": None})

    done = read_code("-", f"{STORE}\n\n{foreign}\r\nhttps://x\n{STORE[:-1]}0\n".encode())

    assert done.returncode == 1
    assert codes(done) == ["ok", "ok", "code_not_emvco", "code_checksum_wrong"]


def test_all_read_is_exit_code_0() -> None:
    done = read_code("-", f"{STORE}\n{payload()}\n".encode())

    assert (done.returncode, codes(done)) == (0, ["ok", "ok"])


def test_no_lines_are_no_answers() -> None:
    assert (read_code("-").returncode, read_code("-").stdout) == (0, b"")


def test_output_is_compact_json_in_utf_8_whatever_the_locale() -> None:
    done = read_code("-", STORE.encode(), LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert done.stdout.startswith(b'{"ok":true,"fields":{"scheme":"emvco_mpm",')
    assert "소나무 커피".encode() in done.stdout
    assert done.stdout.count(b"\n") == 1


HOSTILE = {
    "not UTF-8": (b"\xff\xfe\x00", "line_not_text"),
    "lone surrogate": (b"000201\xed\xa0\x80", "line_not_text"),
    "NUL": (b"0002\x0001", "code_character_refused"),
    "escape": (b"\x1b[2J", "code_character_refused"),
    "long": (b"0" * 4097, "line_too_long"),
    "enormous": (b"0" * 10_000_000, "line_too_long"),
    "4096": (b"0" * 4096, "code_too_long"),
    "nesting": (b"[" * 4000, "code_too_long"),
    "digits": (b"9" * 500, "code_not_emvco"),
    "cut": (STORE.encode()[:60], "code_structure_broken"),
    "duplicate": (payload({"62": "0301a0301b"}).encode(), "code_object_duplicated"),
}


def test_hostile_lines_are_refused_and_the_next_line_is_read() -> None:
    lines = b"".join(line + b"\n" + payload().encode() + b"\n" for line, _code in HOSTILE.values())

    done = read_code("-", lines)

    assert done.returncode == 1
    assert codes(done) == [each for _line, code in HOSTILE.values() for each in (code, "ok")]
    for answer in answers(done):
        assert set(answer) == ({"ok", "fields"} if answer["ok"] else {"ok", "code", "message"})


def test_each_line_is_answered_before_the_next_is_sent() -> None:
    with subprocess.Popen(
        [*COMMAND, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for line, expected in [(payload(), True), ("x", False), (STORE, True)]:
            running.stdin.write(f"{line}\n".encode())
            running.stdin.flush()
            answered, _, _ = select.select([running.stdout], [], [], 30)
            assert answered, "the answer is held back"
            assert json.loads(running.stdout.readline())["ok"] is expected
        running.stdin.close()
        assert running.wait(timeout=60) == 1


def test_a_reader_that_leaves_is_no_traceback() -> None:
    with subprocess.Popen(
        [*COMMAND, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=ENVIRONMENT,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        running.stdout = None
        _, complaint = running.communicate(f"{payload()}\n".encode() * 2000, timeout=60)

    assert (running.returncode, complaint) == (1, b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image_unreadable"),
        (b"not a picture", "image_unreadable"),
        (draw_png(STORE)[:500], "image_unreadable"),
        (b"\0" * (10 * 1024 * 1024 + 1), "image_too_large"),
        (draw_png("https://example.test"), "code_not_emvco"),
    ],
)
def test_a_picture_that_gives_no_payload_says_why(data: bytes, code: str, tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(data)

    done = read_code(str(picture))

    assert (done.returncode, codes(done)) == (1, [code])


@pytest.mark.parametrize("source", ["missing.png", ".", "a\nb", "x" * 5000])
def test_a_file_that_cannot_be_opened_is_a_fault_of_usage(source: str) -> None:
    done = read_code(source)

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr
    assert done.stderr.startswith(b"CommandError")


def test_the_description_of_a_foreign_code() -> None:
    fields = describe(
        payload(
            {
                "00": "02",
                "01": "12",
                "04": "5000123412341234",
                "26": DUITNOW,
                "53": "458",
                "54": "10.5",
                "55": "03",
                "57": "2.50",
                "62": run({"02": "***", "07": "T1", "50": run({"00": "app.other", "09": "x"})}),
                "70": "?",
                "82": "3c10",
                "90": run({"00": "app.other", "01": "y"}),
            }
        )
    )

    assert fields["scheme_name"] == "DuitNow"
    assert (fields["ours"], fields["store"]) == (False, None)
    assert fields["point_of_initiation"] == "dynamic"
    assert fields["amount"] == {"amount": "10.50", "currency": "MYR"}
    assert fields["tip"] == {"rule": "percent", "fee": None, "percent": "2.50"}
    assert fields["prompts"] == ["mobile_number"]
    assert fields["additional_data"] == {"mobile_number": "***", "terminal_label": "T1"}
    assert fields["tolerated"] == ["payload_format_02", "unreserved_object_not_a_template"]
    assert fields["accounts"] == [
        {"id": "04", "scheme_name": "Mastercard", "guid": None, "value": "5000123412341234"},
        {
            "id": "26",
            "scheme_name": "DuitNow",
            "guid": "A0000006150001",
            "fields": {"01": "501664", "02": "123456789"},
        },
    ]


def flattened(objects: Mapping[str, Any]) -> str:
    """Put the payload together again from the raw objects of a description."""
    values = {
        found: value if isinstance(value, str) else flattened(value)
        for found, value in objects.items()
    }
    return run(values)


@pytest.mark.parametrize(
    "text",
    [
        STORE,
        payload(),
        payload({"26": DUITNOW, "82": "3c10", "90": run({"00": "app.other", "01": "y"})}),
        payload({"62": run({"99": run({"01": "x", "00": "app.other"}), "03": "S1"}), "70": "?"}),
        payload({"26": None, "51": run({"07": "x", "00": "app.other"}), "04": "50001234"}),
    ],
)
def test_the_raw_objects_lose_nothing_of_the_payload(text: str) -> None:
    objects = describe(text)["objects"]

    assert isinstance(objects, dict)
    assert flattened(objects) == text


def test_every_description_has_the_same_keys() -> None:
    assert list(describe(STORE)) == list(describe(payload({"26": PROMPTPAY, "59": None})))


def test_an_amount_in_an_unlisted_currency_is_given_as_printed() -> None:
    fields = describe(payload({"53": "000", "54": "12.5"}))

    assert fields["amount"] == {"amount": "12.5", "currency": None}
    assert fields["currency_numeric"] == "000"


@pytest.mark.parametrize("change", [{"54": "1"}, {"27": PROMPTPAY}, {"01": "12"}])
def test_a_code_that_abuses_our_name_is_refused(change: dict[str, str | None]) -> None:
    with pytest.raises(StoreCodeInvalid):
        describe(payload({"01": "11", "26": OURS, **change}))


def test_a_broken_code_is_refused() -> None:
    with pytest.raises(CodeRefused):
        describe("000201")
