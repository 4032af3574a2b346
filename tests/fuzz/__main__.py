"""``python -m tests.fuzz``: each target for a while under atheris, which looks for new paths.

``FUZZ_SECONDS`` says how long each (600 unless said), ``FUZZ_SEED`` where to begin. What was found
out is written to ``var/fuzz``; the fuzzer begins there the next time. A crash ends the run, with
the file that holds the input.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path("var/fuzz")
SECONDS, SEED = os.environ.get("FUZZ_SECONDS", "600"), os.environ.get("FUZZ_SEED", "0")
MOST_BYTES = "4096"


def main() -> None:
    """Run one target in this process, or each in a process of its own."""
    if len(sys.argv) > 1:
        _fuzz(sys.argv[1])
        return
    from tests.fuzz.targets import TARGETS

    for name in TARGETS:
        sys.stderr.write(f"fuzzing {name} for {SECONDS} seconds\n")
        done = subprocess.run([sys.executable, "-m", "tests.fuzz", name], check=False)
        if done.returncode:
            sys.exit(done.returncode)


def _fuzz(name: str) -> None:
    import atheris

    # Named, because what Django brings along is not ours to cover.
    with atheris.instrument_imports(include=["merchants", "wallet.codes"]):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        from tests.fuzz.targets import TARGETS
    logging.disable(logging.CRITICAL)  # a library tells of each line that it cannot read
    target = TARGETS[name]
    corpus, found = FOLDER / name, FOLDER / f"{name}-crash-"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(data)
    arguments = [
        sys.argv[0],
        str(corpus),
        f"-max_total_time={SECONDS}",
        f"-seed={int(SEED) + 1}",
        f"-max_len={MOST_BYTES}",
        f"-artifact_prefix={found}",
        "-verbosity=1",
    ]
    atheris.Setup(arguments, target.act)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
