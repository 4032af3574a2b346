"""The project's own settings, on the server of the benchmarks and with nothing throttled."""

import os

os.environ.setdefault("JIGAP_ENV", "development")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, REST_FRAMEWORK

ROOT_URLCONF = "bench.http.urls"
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": os.environ["BENCH_DATABASE"],
    "USER": "postgres",
    "HOST": os.environ["BENCH_HOST"],
}
REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []
