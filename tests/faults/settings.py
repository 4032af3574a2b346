"""Development's settings with nothing throttled: the load of a few people is that of thousands."""

import os

os.environ.setdefault("JIGAP_ENV", "development")

from config.settings import *  # noqa: F403
from config.settings import REST_FRAMEWORK

REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []
_SCOPES = ("anon", "user", "sign_in", "sign_up", "payees", "step_up")
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(_SCOPES)  # type: ignore[assignment]
