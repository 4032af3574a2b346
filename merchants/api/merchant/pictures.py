"""Pictures of stores: set by the merchant, seen by everybody who may scan the store's code."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.generic import View
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.codes.pictures.images import MAX_IMAGE_BYTES
from merchants.models import StorePicture
from merchants.premises.pictures import set_picture, small_jpeg

_CACHED_SECONDS = 3600


class PictureParser(BaseParser):
    """The bytes of a picture, whichever of its formats; no more of them than are accepted."""

    media_type = "image/*"

    def parse(self, stream: Any, *_context: Any, **_more: Any) -> dict[str, bytes]:
        """Return the body, or one byte more of it than a picture may have."""
        return {"picture": stream.read(MAX_IMAGE_BYTES + 1)}


class PictureDetail(MerchantView):
    needs = {"PUT": Permission.STORES_WRITE}
    parser_classes = (PictureParser,)

    @extend_schema(
        operation_id="set_store_picture",
        request={"image/*": OpenApiTypes.BINARY},
        responses={204: None},
    )
    def put(self, request: Request, store_id: str) -> Response:
        stores = self.principal.stores(Permission.STORES_WRITE).select_related("merchant")
        store = get_object_or_404(stores, public_id=store_id)
        body: Any = request.data
        jpeg = small_jpeg(body.get("picture", b""))
        set_picture(store=store, jpeg=jpeg, actor=self.principal.actor, at=timezone.now())
        return Response(status=204)


class PublicPicture(View):
    """A plain view: a picture has no other form to negotiate."""

    def get(self, request: HttpRequest, store_id: str) -> HttpResponseBase:
        found = get_object_or_404(StorePicture, store__public_id=store_id)
        jpeg = bytes(found.jpeg)
        answer = HttpResponse(jpeg, content_type="image/jpeg")
        answer["ETag"] = f'"{hashlib.sha256(jpeg).hexdigest()[:32]}"'
        answer["Cache-Control"] = f"public, max-age={_CACHED_SECONDS}"
        return get_conditional_response(request, answer["ETag"], response=answer) or answer
