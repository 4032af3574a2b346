"""Somebody at the pages, without a browser: forms are filled in and sent as a browser would."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from tests.wallet.people import PASSWORD, PIN
from wallet.models import Wallet


class _Forms(HTMLParser):
    """Finds the forms of a page, with what their fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the last one."""
        given = dict(attrs)
        if tag == "form":
            self.forms.append({"action": given.get("action"), "fields": {}})
        elif tag == "input" and self.forms and given.get("name"):
            self.forms[-1]["fields"][given["name"]] = given.get("value") or ""


class Visitor:
    """A browser's memory: cookies, where one is, and what was answered last."""

    def __init__(self, language: str = "en") -> None:
        self.client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
        self.path = "/"
        self.answer: Any = None

    def get(self, path: str) -> Any:
        """Go to an address, and where it leads."""
        self.answer = self.client.get(path, follow=True)
        self._arrive(path)
        return self.answer

    def post(self, **given: Any) -> Any:
        """Send the form of this page whose fields fit, and go where it leads."""
        fields = self._form(set(given))
        path = fields["action"] or self.path
        self.answer = self.client.post(path, {**fields["fields"], **given}, follow=True)
        self._arrive(path)
        return self.answer

    def sign_in(self, wallet: Wallet) -> Visitor:
        """Sign in with the password, by the page for it."""
        self.get("/sign-in")
        self.post(phone=wallet.holder.phone, password=PASSWORD)
        assert self.path == "/", self.errors
        return self

    def confirm(self, pin: str = PIN) -> Any:
        """Confirm with the PIN what the page asks about."""
        return self.post(pin=pin)

    @property
    def text(self) -> str:
        """What the page says, without its tags."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.answer.content.decode()).split())

    @property
    def errors(self) -> list[str]:
        """What has to be corrected."""
        found = re.findall(
            r'errorlist[^>]*>(.*?)</ul>|role="alert">.*?<p>(.*?)</p>', self._html, re.DOTALL
        )
        return [re.sub(r"<[^>]+>", "", a or b).strip() for a, b in found]

    @property
    def _html(self) -> str:
        return str(self.answer.content.decode())

    def _form(self, names: set[str]) -> dict[str, Any]:
        reader = _Forms()
        reader.feed(self._html)
        buttons = set(re.findall(r'<(?:button|select|textarea)[^>]* name="([^"]+)"', self._html))
        fits = [
            form for form in reader.forms
            if names - buttons <= set(form["fields"]) and form["action"] != "/language"
        ]  # fmt: skip
        assert fits, f"no form with {names} on {self.path}: {reader.forms}"
        return dict(fits[0])

    def _arrive(self, path: str) -> None:
        chain = self.answer.redirect_chain
        self.path = chain[-1][0] if chain else path
