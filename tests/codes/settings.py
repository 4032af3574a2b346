"""Settings without a database: reading a code needs none."""

SECRET_KEY = "only-for-tests"
CODE_SECRETS: list[str] = []  # who only reads may have none
OFFLINE_SECRETS: list[str] = []
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "ledger",
    "wallet",
    "merchants",
]
AUTH_USER_MODEL = "wallet.User"
