"""Answers to a poll: nothing is sent again that the client already has."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

View = TypeVar("View")
Arguments = ParamSpec("Arguments")
Method = Callable[Concatenate[View, Request, Arguments], Response]


def tagged(method: Method[View, Arguments]) -> Method[View, Arguments]:
    """Give a view's answer a strong ETag, and answer 304 without a body where it is known.

    The tag is made from the body. A tag from a version would be cheaper, but a balance depends on
    rows that carry none, and a poll's cost is the network's, not the digest's.
    """

    @functools.wraps(method)
    def wrapped(
        self: View, request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Response:
        response = method(self, request, *args, **kwargs)

        def condition(rendered: Any) -> Any:
            etag = f'"{hashlib.sha256(rendered.content).hexdigest()[:32]}"'
            rendered["ETag"] = etag
            plain = request._request  # noqa: SLF001 - DRF gives no other way to Django's.
            answer = get_conditional_response(plain, etag, response=rendered)
            return answer or rendered

        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        response.add_post_render_callback(condition)
        return response

    return wrapped
