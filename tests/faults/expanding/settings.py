"""The settings of the fault runs with one more migration to run."""

from tests.faults.settings import *  # noqa: F403
from tests.faults.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.expanding.apps.Expanding"]
