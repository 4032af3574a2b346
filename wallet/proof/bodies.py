"""The bytes of a body, for who signed them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, Any, cast

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request


class KeepingJSONParser(JSONParser):
    """Reads JSON, and keeps the bytes it was written in: signatures are over those.

    Brackets in thousands of brackets are refused like any other broken body.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the body.

        Raises:
            ParseError: it is not JSON, or nested too deeply.

        """
        raw = stream.read()
        cast("Any", parser_context or {})["request"].kept_body = raw
        try:
            return super().parse(io.BytesIO(raw), media_type, parser_context)
        except RecursionError as exc:
            raise ParseError("The body is nested too deeply.") from exc


def raw_body(request: Request) -> bytes:
    """Return the body's bytes; nothing where there is none."""
    request.data  # noqa: B018 - reads it, if nobody has.
    return bytes(getattr(request, "kept_body", b""))
