"""What every view reads: the body, the wallet in the address, the key's description."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from wallet.api.shapes import read
from wallet.models import Wallet
from wallet.proof.proofs import PIN_HEADER, STEP_UP_HEADER
from wallet.proof.tokens import entrance

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="One per intent"
)

PIN = OpenApiParameter(PIN_HEADER, str, OpenApiParameter.HEADER, description="The PIN: six digits")
STEP_UP = OpenApiParameter(
    STEP_UP_HEADER, str, OpenApiParameter.HEADER, description="The token of a proved step-up"
)


def read_body(document: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the validated body.

    Raises:
        ValidationError: it does not fit the document.

    """
    return read(document, request.data)


def own_wallet(request: Request, wallet_id: uuid.UUID) -> Wallet:
    """Return a wallet of the signed-in person; anybody else's is not found."""
    found = entrance(request).wallet
    if found is not None and found.public_id == wallet_id:
        return found
    return get_object_or_404(Wallet, public_id=wallet_id, holder_id=request.user.pk)
