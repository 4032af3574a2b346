"""Refusals of codes that are well formed and still are not to be paid."""

from __future__ import annotations

from merchants.errors.codes import CodeRefused


class CodeForeign(CodeRefused):
    """Another payment system's code; ``scheme_name`` may be unknown, and so the payee's name."""

    code = "code_foreign"

    def __init__(self, scheme_name: str | None, merchant_name: str | None) -> None:
        super().__init__(scheme_name, merchant_name)
        self.scheme_name = scheme_name
        self.merchant_name = merchant_name

    def __str__(self) -> str:
        scheme = self.scheme_name or "another payment system's"
        payee = f" of {self.merchant_name}" if self.merchant_name else ""
        return f"this is a {scheme} code{payee}, which cannot be paid from here"


class CodeUnsigned(CodeRefused):
    """It says it is a printed code of ours and has no signature."""

    code = "code_unsigned"

    def __str__(self) -> str:
        return "this code is not signed, so it is not ours; ask the store"


class CodeKeyUnknown(CodeRefused):
    """It is signed by a key that is not, or no longer, one of ours."""

    code = "code_key_unknown"

    def __str__(self) -> str:
        return "this code is signed by somebody else; ask the store"


class CodeSignatureWrong(CodeRefused):
    """It was altered after it was signed, or the signature is another code's."""

    code = "code_signature_wrong"

    def __str__(self) -> str:
        return "this code was altered; do not pay by it, and tell the store"


class CodeRevoked(CodeRefused):
    """The store recalled this poster and hung up another."""

    code = "code_revoked"

    def __str__(self) -> str:
        return "this poster was recalled; look for the store's new one"
