"""The settings of the fault runs with a clock that is wrong by ``FAULTS_SKEW_SECONDS``.

The process reads its clock in two ways; both are moved. A library that lies to the whole process
(libfaketime) breaks sleeping in CPython.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta

from django.utils import timezone

from tests.faults.settings import *  # noqa: F403

SKEW_SECONDS = int(os.environ["FAULTS_SKEW_SECONDS"])
_time, _now = time.time, timezone.now


def _wrong_time() -> float:
    return _time() + SKEW_SECONDS


def _wrong_now() -> datetime:
    return _now() + timedelta(seconds=SKEW_SECONDS)


time.time, timezone.now = _wrong_time, _wrong_now
