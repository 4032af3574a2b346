"""The OpenAPI document: how it is made, and what every address may answer beside its own."""

from __future__ import annotations

from typing import Any

SETTINGS = {
    "TITLE": "Jigap API",
    "DESCRIPTION": "Stored value: top up, transfer, pay a store by QR code.",
    "VERSION": "1",
    "ENUM_NAME_OVERRIDES": {
        "AllowanceState": "merchants.models.Allowance.State",
        "ClaimStatus": "wallet.models.Claim.Status",
        "DisputeState": "merchants.states.DisputeState.values",
        "ExportState": "merchants.models.Export.State",
        "MerchantReport": "merchants.exports.catalog.FOR_MERCHANTS",
        "MoneyRequestStatus": "wallet.models.MoneyRequest.Status",
        "PaymentState": "merchants.states.PaymentState.values",
        "Report": "merchants.exports.catalog.REPORTS",
        "ScheduledTransferStatus": "wallet.models.ScheduledTransfer.Status",
        "UploadedVoucherState": "merchants.api.merchant.offline.UPLOADED_STATES",
        "VoucherState": "merchants.models.Voucher.State",
        "WebhookDeliveryState": "merchants.models.WebhookDelivery.State",
        "WebhookEndpointState": "merchants.models.WebhookEndpoint.State",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.add_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
_READING = {
    "400": "The request cannot be read: a field, a parameter, a page",
    "401": "Nobody is signed in",
    "403": "Not allowed, or not proved enough",
    "404": "There is no such thing, or it is another's",
    "406": "No such format",
    "424": "The bank does not answer just now",
    "429": "Too many requests; Retry-After says when to come back",
    "503": "Try the very same again; Retry-After says when",
}
_WRITING = _READING | {
    "402": "Not enough money",
    "409": "What is there does not allow it, or the same request is under way",
    "413": "The body is too large",
    "415": "The body is not JSON",
    "422": "The Idempotency-Key was used for another request",
}
# The web server's own answers, to what it does not hand on.
_UNREADABLE = {"414": "The address is too long", "431": "A header is too long"}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457; beside these, the facts of the error",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable: decide by it"},
    },
    "required": ["type", "title", "status", "code"],
}
_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REPLAYED = {
    "description": "true where this is the stored answer of an earlier request",
    "schema": {"type": "string", "enum": ["true"]},
}


def add_problems(result: Any, **_: Any) -> Any:
    """Add to each operation the refusals it may answer, and the header of a replay."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            refusals = _READING if method == "get" else _WRITING
            responses = operation["responses"]
            for status, says in refusals.items():
                responses.setdefault(status, {"description": says, "content": _CONTENT})
            for status, says in _UNREADABLE.items():
                responses.setdefault(status, {"description": says, "content": {"text/html": {}}})
            if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", [])):
                for status, response in responses.items():
                    if status.startswith("2"):
                        response.setdefault("headers", {})["Idempotency-Replayed"] = _REPLAYED
    return result
