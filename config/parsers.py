"""How a body is read."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ShallowJSONParser(JSONParser):
    """JSON; brackets in thousands of brackets are refused like any other broken body."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Return the body.

        Raises:
            ParseError: it is not JSON, or nested too deeply.

        """
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as exc:
            raise ParseError("The body is nested too deeply.") from exc
