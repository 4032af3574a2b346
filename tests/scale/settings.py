"""The settings of the fault runs, with a replica that may lag for as long as a test takes."""

from ledger import stale

stale.MOST_LAG_SECONDS = 600

from tests.faults.settings import *  # noqa: E402, F403
