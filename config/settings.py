"""Django's settings, from the environment through ``config.env``.

``JIGAP_ENV=development`` (the Makefile sets it) makes a working set-up out of nothing; without it
the project starts only with settings that are safe in production.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import broker, databases, env, logs, openapi
from config.databases import REPLICA
from config.office import UNFOLD, UNFOLD_MERCHANT  # noqa: F401 - Unfold reads them here.
from config.reading import caches, files, ports, rate
from config.timetable import TIMETABLE
from config.web import (  # noqa: F401 - Django reads them here.
    CSRF_FAILURE_VIEW,
    LANGUAGE_COOKIE_AGE,
    LANGUAGE_COOKIE_SAMESITE,
    LANGUAGES,
    LOGIN_URL,
    MIDDLEWARE,
    STORAGES,
    TEMPLATES,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / env.text(
    "JIGAP_VAR",
    means="Folder for the embedded database, the broker's queue and written files",
    default="var",
)
ENVIRONMENT = env.text(
    "JIGAP_ENV", means="`production`, or `development` for a laptop", default="production"
)
if ENVIRONMENT not in {"production", "development"}:
    raise ImproperlyConfigured("JIGAP_ENV is production or development")
PRODUCTION = ENVIRONMENT == "production"


def _development_secret(name: str) -> str:
    """Return a secret that was made once for this checkout and is kept under ``var``."""
    path = VAR_DIR / name
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(64))
        path.chmod(0o600)
    return path.read_text()


def _secret(name: str, *, means: str) -> str:
    """Read a secret: required in production, made once for a checkout elsewhere."""
    made = None if PRODUCTION else _development_secret(name.lower())
    return env.text(name, means=means, default=made)


SECRET_LENGTH = 50  # what Django's own deployment check asks for
DEBUG = env.flag("DEBUG", means="Development only: tracebacks in responses")
SECRET_KEY = _secret(
    "SECRET_KEY", means="Signs sessions and tokens; at least 50 random characters"
)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    means="Host names that are served, separated by commas",
    default="" if PRODUCTION else "localhost,127.0.0.1,[::1]",
)
DATABASE_URL = env.text(
    "DATABASE_URL",
    means="PostgreSQL 15 to 18; the embedded server without it (development only)",
    default="",
)
if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured(
            "DEBUG is for development: unset it, or set JIGAP_ENV=development"
        )
    if len(SECRET_KEY) < SECRET_LENGTH:
        raise ImproperlyConfigured("SECRET_KEY is too weak: give 50 random characters or more")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS names the hosts that are served; * is not safe")
    if not DATABASE_URL:
        raise ImproperlyConfigured("DATABASE_URL is missing: production needs its own PostgreSQL")

DATABASES = databases.configured(DATABASE_URL, VAR_DIR)
DATABASE_ROUTERS = ["config.replica.Router"] if REPLICA in DATABASES else []

INSTALLED_APPS = [
    "config",
    "merchants",
    "wallet",
    "ledger",
    "unfold.apps.BasicAppConfig",  # the other one puts a site of its own in place of ours
    "config.apps.SecondFactorAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_otp",
    "django_otp.plugins.otp_totp",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "wallet.User"
PASSWORD_HASHERS = ["wallet.proof.hashing.BoundedArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_SECURE = PRODUCTION
OTP_TOTP_ISSUER = "Jigap"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES["exports"] = files(VAR_DIR)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
BEHIND_PROXY = env.flag(
    "BEHIND_PROXY",
    means="A proxy in front sets X-Forwarded-Proto and X-Forwarded-For, and drops a client's",
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["wallet.proof.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["wallet.proof.bodies.KeepingJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.exception_handler",
    # A client's own X-Forwarded-For is never believed: only what the proxy in front wrote.
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    # Sheds load; what guards passwords, PINs and codes is counted in PostgreSQL.
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": rate(
            "THROTTLE_ADDRESS",
            means="Requests of one address that is not signed in, such as 300/min",
            default="300/min",
        ),
        "user": rate(
            "THROTTLE_PERSON",
            means="Requests of one person or API key, such as 1200/min",
            default="1200/min",
        ),
        "sign_in": "20/min",
        "sign_up": "60/min",
        "payees": "60/min",
        "step_up": "60/min",
    },
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - a table.
REST_KNOX = {"TOKEN_LIMIT_PER_USER": 20, "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = openapi.SETTINGS

BANK_URL = env.text(
    "BANK_URL", means="Where the bank (or its simulator) answers", default="http://127.0.0.1:8601"
)
BANK_SECRET = _secret("BANK_SECRET", means="Shared with the bank: signs its callbacks")
ANCHOR_SECRET = _secret(
    "ANCHOR_SECRET",
    means="The key that signs seals follows from it; at least 50 random characters",
)
ANCHOR_FILE: Path | None = VAR_DIR / env.text(
    "ANCHOR_FILE", means="Where signed seals are kept, outside the database", default="seals.jsonl"
)
ANCHOR_PUBLIC_KEYS = env.words(
    "ANCHOR_PUBLIC_KEYS", means="Earlier keys that signed seals, in hexadecimal", default=""
)
COMPANY_NAME = env.text(
    "COMPANY_NAME",
    means="Who pays merchants, as the bank shows it on their statements",
    default="Jigap",
)
PIN_PEPPER = _secret(
    "PIN_PEPPER",
    means="Mixed into PINs, and payers' codes follow from it; keep it out of backups, unchanged",
)
CODE_SECRETS = env.words(
    "CODE_SECRETS",
    means="Sign printed codes, the newest first; what one that is left out signed is refused",
    default=None if PRODUCTION else _development_secret("code_secret"),
)
OFFLINE_SECRETS = env.words(
    "OFFLINE_SECRETS",
    means="Sign what is paid without a network, the newest first; not offered without it",
    default="" if PRODUCTION else _development_secret("offline_secret"),
)
PUBLIC_URL = env.text(
    "PUBLIC_URL",
    means="Where the bank reaches this project, for callbacks",
    default="http://127.0.0.1:8600",
)
PDF_FONT = env.text(
    "PDF_FONT",
    means="TrueType file with Korean glyphs, carried in PDF documents; the reader's own without",
    default="",
)
VAPID_SECRET = env.text(
    "VAPID_SECRET",
    means="Signs web push; another one unsubscribes every browser. No web push without it",
    default="" if PRODUCTION else _development_secret("vapid_secret"),
)
VAPID_SUBJECT = env.text(
    "VAPID_SUBJECT",
    means="Where a push service complains: a mailto: or https: address",
    default="mailto:push@localhost",
)
# What takes notices out of the building, by channel.
NOTICE_SENDERS = {
    "SMS": env.text(
        "NOTICE_SMS_SENDER",
        means="Class that sends text messages, by its dotted name; printed without it",
        default="wallet.notices.senders.PrintedSms",
    ),
    "PUSH": "wallet.notices.web_push.WebPush",
}
SEALING_SECRET = _secret(
    "SEALING_SECRET",
    means="Encrypts what has to be read again, such as secrets of webhooks; never change it",
)
WEBHOOK_PORTS = ports(
    "WEBHOOK_PORTS", means="Ports that webhooks may go to, by https", default="443,8443"
)
WEBHOOK_ALLOWS_PRIVATE = env.flag(
    "WEBHOOK_ALLOWS_PRIVATE",
    means="Webhooks may go to this machine and private networks, by http and to any port",
)
PUSH_ALLOWS_LOOPBACK = False  # tests have their push service on this machine
CACHE_URL = env.text(
    "CACHE_URL",
    means="Redis in which all web processes count requests; each counts by itself without it",
    default="",
)
CACHES = caches(CACHE_URL)
if REPLICA in DATABASES:
    if not CACHE_URL:
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL needs CACHE_URL: who wrote is noted there"
        )
    MIDDLEWARE = [*MIDDLEWARE, "config.replica.OwnWrites"]
METRICS_TOKEN = env.text(
    "METRICS_TOKEN", means="Bearer token for /metrics; loopback only without it", default=""
)
CELERY_BROKER_URL = env.text(
    "CELERY_BROKER_URL",
    means="Redis or RabbitMQ; a queue in files under `JIGAP_VAR` without it",
    default="filesystem://localhost",
)
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL, VAR_DIR)
CELERY_VISIBILITY_TIMEOUT = broker.VISIBILITY_SECONDS
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = TIMETABLE
LOG_LEVEL = env.text("LOG_LEVEL", means="DEBUG, INFO, WARNING or ERROR", default="INFO")
LOGGING = logs.configuration(LOG_LEVEL)
