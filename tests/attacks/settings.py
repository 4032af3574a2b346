"""Settings of the web server that is asked by the thousand: nothing is throttled."""

from tests.settings import *  # noqa: F403
from tests.settings import REST_FRAMEWORK

SCOPES = ("anon", "user", "sign_in", "sign_up", "payees", "step_up")
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(SCOPES)  # type: ignore[assignment]
