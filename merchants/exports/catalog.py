"""All reports, by their codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from merchants.exports.reports.book import FLOAT, JOURNAL, ROLLFORWARD
from merchants.exports.reports.fees import FEES
from merchants.exports.reports.matching import BANK_DAYS, BREAKS, MATCHES
from merchants.exports.reports.payouts import PAYOUTS
from merchants.exports.reports.safeguarding import SAFEGUARDING
from merchants.exports.reports.settlement import ITEMS, SUMMARY
from merchants.exports.shapes import Report

_ALL = (
    SUMMARY,
    ITEMS,
    PAYOUTS,
    MATCHES,
    BREAKS,
    BANK_DAYS,
    SAFEGUARDING,
    ROLLFORWARD,
    FEES,
    JOURNAL,
    FLOAT,
)
REPORTS: Mapping[str, Report] = MappingProxyType({one.code: one for one in _ALL})
FOR_MERCHANTS = tuple(one.code for one in _ALL if one.is_for_merchants)
