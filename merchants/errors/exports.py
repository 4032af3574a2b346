"""Refusals about exports."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class ExportRefused(MerchantError):
    """Base of what keeps a report from being made or fetched."""

    code = "export_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class ExportUnknown(ExportRefused):
    """There is no such report, format or link, or it is not for who asks."""

    code = "export_unknown"
    status = 404
    message = "there is no such report"


class ExportScopeInvalid(ExportRefused):
    """The days are in the wrong order, or too many."""

    code = "export_scope_invalid"
    status = 400
    message = "name the first and the last day, at most a year apart"


class ExportNotReady(ExportRefused):
    """The file is not made yet."""

    code = "export_not_ready"
    message = "the file is not made yet"


class ExportLinkExpired(ExportRefused):
    """A link holds for some minutes only."""

    code = "export_link_expired"
    status = 404
    message = "the link is not valid, or no longer; ask for another one"


class ExportDiffers(ExportRefused):
    """The rows written are not those that the control counts."""

    code = "export_differs"

    def __init__(self, report: str, written: int, counted: int) -> None:
        super().__init__(report, written, counted)
        self.report = report
        self.written = written
        self.counted = counted

    def __str__(self) -> str:
        return f"{self.report} has {self.written} rows where {self.counted} are counted"
