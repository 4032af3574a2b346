"""Documents as shapes: one serializer of each class, made once.

Making a serializer copies all of its fields, which costs more than reading or writing a document
with it. A serializer that was given no data keeps none, and serves all requests at once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer
from rest_framework.settings import api_settings


@cache
def shape(document: type[Serializer[Any]]) -> Serializer[Any]:
    """Return the serializer of a class."""
    return document()


def read(document: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """Return data as a document reads it.

    Raises:
        ValidationError: it does not fit.

    """
    try:
        return dict(shape(document).run_validation(data))
    except ValidationError as exc:
        if isinstance(exc.detail, dict):
            raise
        raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: exc.detail}) from exc


def written(document: type[Serializer[Any]], instance: Any) -> dict[str, Any]:
    """Return an object as a document shows it."""
    shown: dict[str, Any] = shape(document).to_representation(instance)
    return shown
