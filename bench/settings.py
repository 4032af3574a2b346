"""Settings of the benchmarks: the ledger alone, on the server that BENCH_HOST names."""

import os

SECRET_KEY = "only-for-benchmarks"  # noqa: S105
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "ledger", "bench.peers"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["BENCH_DATABASE"],
        "USER": "postgres",
        "HOST": os.environ["BENCH_HOST"],
        "OPTIONS": {"prepare_threshold": 5},  # as in config/settings.py
    }
}
