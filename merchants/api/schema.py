"""How the OpenAPI document describes the ways in to the merchant API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "merchants.api.access.ApiKeyAuthentication"
    name = "merchantKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "description": "An API key: mk_live_…"}


class StaffScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "merchants.api.access.StaffAuthentication"
    name = ["staffToken", "merchantId"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:  # noqa: ARG002
        token = {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": 'Token-based authentication with required prefix "Token"',
        }
        merchant = {
            "type": "apiKey",
            "in": "header",
            "name": "Merchant-Id",
            "description": "Which of the merchants that the person works for",
        }
        return [token, merchant]
