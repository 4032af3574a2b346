"""Computing a closed settlement again, from the book and in Python: the second opinion.

PostgreSQL computed it in one statement (``computing``). This shares no code with that, so that a
mistake in one of them shows as a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from merchants.calendars.days import business_date
from merchants.models import Settlement
from merchants.settlement.facts import stamp

_BASIS_POINTS = 10_000
_ITEMS_OF_THE_KIND = {
    "PAYMENT": "PAYMENT",
    "REFUND": "REFUND",
    "REFUND_REVERSAL": "REFUND_REVERSAL",
    "DISPUTE": "DISPUTE",
    "DISPUTE_REVERSAL": "DISPUTE_REVERSAL",
}
_REVERSALS = {"REFUND": "REFUND_REVERSAL", "PAYOUT": "PAYOUT_RETURN"}


@dataclass(frozen=True, slots=True)
class Source:
    """A ledger entry of what a merchant is owed, and what it is for."""

    entry_id: int
    booked: int
    effective_at: datetime
    kind: str
    reversed_kind: str
    number: str
    fee: int

    @property
    def line_type(self) -> str:
        """What kind of line it makes."""
        if self.kind == "REVERSAL":
            return _REVERSALS.get(self.reversed_kind, "ADJUSTMENT")
        return _ITEMS_OF_THE_KIND.get(self.kind, "ADJUSTMENT")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it has to be."""

    line_no: int
    line_type: str
    entry_id: int
    number: str
    counts: datetime
    original: date
    is_late: bool
    gross: int
    fee: int
    vat: int

    @property
    def net(self) -> int:
        """What is left of the gross."""
        return self.gross - self.fee - self.vat

    def __str__(self) -> str:
        fields = (
            self.line_no,
            self.line_type,
            self.entry_id,
            self.number,
            stamp(self.counts),
            self.original.isoformat(),
            str(self.is_late).lower(),
            self.gross,
            self.fee,
            self.vat,
            self.net,
        )
        return ",".join(map(str, fields)) + "\n"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A settlement as it has to be: its lines, its sums, and the text of its file."""

    lines: list[Line]
    sums: dict[str, int]
    text: str

    @property
    def digest(self) -> str:
        """The SHA-256 of its file, in hex."""
        return sha256(self.text.encode()).hexdigest()


def spread_vat(fees: Sequence[int], vat_bps: int) -> list[int]:
    """Return each line's part of the VAT on all fees, which is rounded once, half up.

    Each gets what its own fee comes to, rounded down; what is left goes by one unit each to the
    largest remainders, of equal ones to the first.
    """
    exact = [divmod(fee * vat_bps, _BASIS_POINTS) for fee in fees]
    total = (sum(fees) * vat_bps + _BASIS_POINTS // 2) // _BASIS_POINTS
    shares = [down for down, _ in exact]
    left = total - sum(shares)
    for place in sorted(range(len(fees)), key=lambda n: -exact[n][1])[:left]:
        shares[place] += 1
    return shares


def recompute(settlement: Settlement, sources: Sequence[Source], released: int) -> Recomputed:
    """Return a settlement as it has to be, by the terms it says and the entries of the book."""
    lines = _lines(settlement, sources)
    sums = _sums(settlement, lines, released)
    return Recomputed(lines, sums, _text(settlement, lines, sums))


def _lines(settlement: Settlement, sources: Sequence[Source]) -> list[Line]:
    run = settlement.run
    ordered = sorted(sources, key=lambda source: source.entry_id)
    shares = spread_vat([source.fee for source in ordered], settlement.vat_bps)
    calendar = run.calendar
    return [
        Line(
            line_no=place,
            line_type=source.line_type,
            entry_id=source.entry_id,
            number=source.number,
            counts=source.effective_at,
            original=business_date(
                at=source.effective_at, cutoff=calendar.cutoff, zone=calendar.zone
            ),
            is_late=source.effective_at < run.window_from,
            gross=source.booked + source.fee,
            fee=source.fee,
            vat=share,
        )
        for place, (source, share) in enumerate(zip(ordered, shares, strict=True), 1)
    ]


def _sums(settlement: Settlement, lines: list[Line], released: int) -> dict[str, int]:
    def gross(*types: str) -> int:
        return sum(line.gross for line in lines if line.line_type in types)

    def count(*types: str) -> int:
        return sum(line.line_type in types for line in lines)

    previous = settlement.previous
    carry_in = previous.carry_out_minor if previous else 0
    before_hold = sum(line.net for line in lines) + carry_in + released
    share = gross("PAYMENT") * settlement.reserve_bps + _BASIS_POINTS // 2
    held = max(0, min(share // _BASIS_POINTS, before_hold))
    net = before_hold - held
    is_paid = net >= max(1, settlement.minimum_payout_minor)
    return {
        "item_count": len(lines),
        "payment_count": count("PAYMENT"),
        "payment_gross_minor": gross("PAYMENT"),
        "refund_count": count("REFUND", "REFUND_REVERSAL"),
        "refund_minor": -gross("REFUND", "REFUND_REVERSAL"),
        "dispute_count": count("DISPUTE", "DISPUTE_REVERSAL"),
        "dispute_minor": -gross("DISPUTE", "DISPUTE_REVERSAL"),
        "fee_minor": sum(max(line.fee, 0) for line in lines),
        "fee_refund_minor": -sum(min(line.fee, 0) for line in lines),
        "vat_minor": sum(line.vat for line in lines),
        "reserve_hold_minor": held,
        "reserve_release_minor": released,
        "adjustment_minor": gross("ADJUSTMENT"),
        "payout_return_minor": gross("PAYOUT_RETURN"),
        "carry_in_minor": carry_in,
        "net_minor": net,
        "payout_minor": net if is_paid else 0,
        "carry_out_minor": 0 if is_paid else net,
    }


def _text(settlement: Settlement, lines: list[Line], sums: dict[str, int]) -> str:
    run, previous = settlement.run, settlement.previous
    head = (
        "settlement",
        1,
        settlement.pk,
        settlement.merchant.public_id,
        settlement.currency,
        settlement.business_date.isoformat(),
        run.kind,
        stamp(run.window_from),
        stamp(run.window_to),
        run.through_id,
        settlement.vat_bps,
        settlement.reserve_bps,
        settlement.minimum_payout_minor,
        previous.content_sha256 if previous else "-",
    )
    names = (
        "item_count",
        "carry_in_minor",
        "reserve_hold_minor",
        "reserve_release_minor",
        "net_minor",
        "payout_minor",
        "carry_out_minor",
    )
    total = ("total", *(sums[name] for name in names))
    ends = [",".join(map(str, fields)) + "\n" for fields in (head, total)]
    return ends[0] + "".join(map(str, lines)) + ends[1]
