"""The project's own settings, on the server of the benchmarks and with rates out of reach."""

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
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] |= {"anon": "10000000/min", "user": "10000000/min"}
