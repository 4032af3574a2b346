"""Monthly statements: on a page, as PDF, as a spreadsheet."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from wallet.activity import spreadsheet, statements, titles
from wallet.activity.documents import MOST_LINES, statement_pdf
from wallet.activity.months import ZONE
from wallet.activity.statements import Summary
from wallet.errors import StatementTooLong
from wallet.templatetags.screens import language
from wallet.web.access import WalletPage
from wallet.web.reading.activity import pdf

_MOST_MONTHS = 36


class Statements(WalletPage):
    template = "wallet/reading/statements.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(months=months(self.wallet.opened_at, timezone.now()))


class Statement(WalletPage):
    template = "wallet/reading/statement.html"

    def get(self, request: HttpRequest, month: str) -> HttpResponse:  # noqa: ARG002
        summary = self.summary(month)
        totals = [
            (titles.title(one.kind, one.money_in.minor - one.money_out.minor, language()), one)
            for one in summary.totals
        ]
        return self.show(summary=summary, totals=totals)

    def summary(self, month: str) -> Summary:
        """Return the month in figures.

        Raises:
            InvalidMonth, StatementNotYet, NoStatement: there is no such statement.

        """
        return statements.summarise(wallet=self.wallet, month=month, at=timezone.now())


class StatementPdf(Statement):
    def get(self, request: HttpRequest, month: str) -> HttpResponse:  # noqa: ARG002
        summary = self.summary(month)
        if summary.count > MOST_LINES:
            raise StatementTooLong
        lines = statements.lines(wallet=self.wallet, month=summary.month, opening=summary.opening)
        document = statement_pdf(self.wallet, summary, lines, language())
        return pdf(document, f"statement-{summary.month.name}")


class StatementCsv(WalletPage):
    def get(self, request: HttpRequest, month: str) -> HttpResponseBase:  # noqa: ARG002
        summary = statements.summarise(wallet=self.wallet, month=month, at=timezone.now())
        lines = statements.lines(wallet=self.wallet, month=summary.month, opening=summary.opening)
        answer = StreamingHttpResponse(
            spreadsheet.rows(summary, lines, language()), content_type="text/csv; charset=utf-8"
        )
        name = f"statement-{summary.month.name}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def months(first: datetime, last: datetime) -> list[str]:
    """Return the names of months from one instant to another, the newest first."""
    first, last = first.astimezone(ZONE), last.astimezone(ZONE)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    newest = last.year * 12 + last.month - 1
    numbers = range(newest, newest - min(count, _MOST_MONTHS), -1)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]
