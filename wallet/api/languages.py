"""Which language a document or a notice is asked for in."""

from __future__ import annotations

from django.utils.translation.trans_real import parse_accept_lang_header
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from wallet.models import Language

LANG = OpenApiParameter("lang", str, enum=list(Language.values))


def read_language(request: Request, default: str = Language.KOREAN) -> str:
    """Return ``?lang=``, else the first of Accept-Language that is spoken here, else the default.

    Raises:
        ValidationError: ``lang`` names another language.

    """
    asked = request.query_params.get("lang")
    if asked is not None:
        if asked not in Language.values:
            raise ValidationError({"lang": "ko or en."})
        return asked
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])
    words = [tag.split("-")[0] for tag, _ in accepted]
    return next((word for word in words if word in Language.values), default)
