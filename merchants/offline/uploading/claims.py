"""A voucher on its way through an upload."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from merchants.errors import MerchantError
from merchants.models import Allowance, Payment, TillCertificate
from merchants.models import Voucher as Row
from merchants.offline.wire.vouchers import Voucher, VoucherCode

REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Presented:
    """What a till sends: the text of a voucher, and its order number where there is one."""

    text: str
    order_no: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a voucher.

    ``state`` is one of ``models.Voucher.State``, or REFUSED: nothing moved, and ``code`` says why.
    ``paid_minor`` is what the merchant is credited, before the fee. ``is_repeat`` is true where
    the answer is that of an earlier upload.
    """

    digest: str
    state: str
    code: str | None = None
    paid_minor: int = 0
    number: str | None = None
    is_repeat: bool = False


@dataclass(slots=True, eq=False)
class Claim:
    """A voucher with what was found out about it; once it has a refusal the rest is empty."""

    presented: Presented
    code: VoucherCode | None = None
    digest: bytes = b""
    refusal: MerchantError | None = None
    allowance: Allowance | None = None
    till: TillCertificate | None = None
    row: Row | None = None
    payment: Payment | None = None
    is_repeat: bool = False
    reserve_minor: int = 0
    loss_minor: int = 0

    @property
    def voucher(self) -> Voucher:
        """What the telephone signed."""
        if self.code is None:
            raise TypeError("a claim that could not be read has no voucher")
        return self.code.voucher

    @property
    def matched(self) -> tuple[Allowance, TillCertificate]:
        """Whose voucher it is, and whom it pays."""
        if self.allowance is None or self.till is None:
            raise TypeError("a claim that was refused is of nobody")
        return self.allowance, self.till

    @property
    def paid_minor(self) -> int:
        """What the merchant is credited."""
        return self.reserve_minor + self.loss_minor


@dataclass(slots=True)
class Batch:
    """The claims of one upload, in the order in which they were sent."""

    claims: list[Claim] = field(default_factory=list)

    @property
    def going(self) -> list[Claim]:
        """Return those that are neither refused nor answered before."""
        return [claim for claim in self.claims if claim.refusal is None and claim.row is None]


def allowances_of(claims: Iterable[Claim]) -> list[Allowance]:
    """Return the allowances of some claims, each once, in the order of their keys."""
    found = {claim.matched[0].pk: claim.matched[0] for claim in claims}
    return [found[pk] for pk in sorted(found)]
