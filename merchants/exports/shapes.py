"""What a report is: where its rows come from, its columns, and what they are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from merchants.calendars.bank_days import is_bank_day
from merchants.exports.cells import Column
from merchants.models import Merchant
from merchants.reconciliation.rules import COUNTRY, HOME_ZONE

_OLDEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Report:
    """A report. ``rows`` and ``control`` are FROM clauses with everything after them.

    ``control`` counts and sums the same rows another way than they are written: ``totals`` are
    the sums by the name of the column they stand under, ``currency`` what they are grouped by.
    """

    code: str
    name: str
    columns: tuple[Column, ...]
    rows: str
    control: str
    currency: str
    totals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    row_count: str = "count(*)"
    with_clause: str = ""
    is_for_merchants: bool = False

    @property
    def query(self) -> str:
        """The statement that writes the rows."""
        cells = ", ".join(f"{one.sql} AS {one.name}" for one in self.columns)
        return f"{self.with_clause} SELECT {cells} FROM {self.rows}"  # noqa: S608 - constants.

    @property
    def control_query(self) -> str:
        """The statement that counts and sums: currency, rows, totals in their order."""
        sums = "".join(f", coalesce(sum({sql}), 0)::bigint" for sql in self.totals.values())
        return (
            f"{self.with_clause} SELECT {self.currency}, {self.row_count}{sums}"  # noqa: S608
            f" FROM {self.control} GROUP BY {self.currency} ORDER BY {self.currency}"
        )

    @property
    def header(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(one.name for one in self.columns)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows are asked for: whole days where finance is at home, of one merchant or of all."""

    first: date
    last: date
    merchant: Merchant | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What the statements of reports ask for by name."""
        start = datetime.combine(self.first, time(), HOME_ZONE)
        end = datetime.combine(self.last + timedelta(days=1), time(), HOME_ZONE)
        return {
            "first": self.first,
            "last": self.last,
            "start": start,
            "end": end,
            "zone": HOME_ZONE.key,
            "merchant_id": self.merchant.pk if self.merchant else None,
            "bank_days": _bank_days(self.last),
        }

    @property
    def shown(self) -> dict[str, str]:
        """The scope as a manifest shows it."""
        of = {"merchant": self.merchant.public_id} if self.merchant else {}
        return {"first": self.first.isoformat(), "last": self.last.isoformat()} | of


def _bank_days(last: date) -> list[date]:
    days = (last - timedelta(days=n) for n in range(_OLDEST.days))
    return [day for day in days if is_bank_day(day, COUNTRY)]
