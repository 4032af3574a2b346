"""Settings of the tests: development's, with a cheap password hasher and no web limits."""

import os

os.environ.setdefault("JIGAP_ENV", "development")

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = False
ANCHOR_FILE = None  # the book of a test is gone in a moment; tests of the anchor give it a file
# Nothing is collected for tests; WhiteNoise warns about a folder that is not there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
NOTICE_SENDERS = {**NOTICE_SENDERS, "SMS": "tests.wallet.sms.Operator"}  # noqa: F405
# Nothing is throttled, since tests are many and quick; tests of it put it back.
REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []  # noqa: F405
_SCOPES = ("anon", "user", "sign_in", "sign_up", "payees", "step_up")
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(_SCOPES)  # type: ignore[assignment]  # noqa: F405
