"""The keys that sign printed codes, for whoever checks a code before asking about it."""

from __future__ import annotations

import base64
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.codes.ours.signing import SigningKey, signing_keys

_CACHED_SECONDS = 3600


class SigningKeyResponse(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="What a signature names the key by, in 80.01")
    algorithm = serializers.SerializerMethodField()
    public_key = serializers.SerializerMethodField(help_text="32 bytes, base64url")

    def get_algorithm(self, key: SigningKey) -> str:  # noqa: ARG002
        return "Ed25519"

    def get_public_key(self, key: SigningKey) -> str:
        return base64.urlsafe_b64encode(key.public).decode().rstrip("=")


class SigningKeySet(serializers.Serializer[Any]):
    keys = SigningKeyResponse(many=True)


class SigningKeyList(APIView):
    """Open to everybody, like the keys."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(operation_id="list_code_keys", responses=SigningKeySet)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        answer = Response(SigningKeySet({"keys": signing_keys()}).data)
        answer["Cache-Control"] = f"public, max-age={_CACHED_SECONDS}"
        return answer
