"""Where the bank tells what happened."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.errors import LedgerError
from wallet import callbacks, signatures
from wallet.errors import WalletError

log = logging.getLogger(__name__)


class BankCallback(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        at = timezone.now()
        try:
            signatures.check(
                secret=settings.BANK_SECRET,
                timestamp=request.headers.get(signatures.TIMESTAMP_HEADER, ""),
                signature=request.headers.get(signatures.SIGNATURE_HEADER, ""),
                body=request.body,
                at=at,
            )
            callbacks.take(body=request.body, at=at)
        except (WalletError, LedgerError) as exc:
            log.warning("a message of the bank is refused: %s", exc.code)
            raise
        return Response(status=204)
