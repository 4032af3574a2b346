"""A browser as a person uses it, which notes whatever it would rather not have seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.wallet.people import PASSWORD, PIN

AXE = Path(__file__).parent / "axe-core-4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# All that the other theme can change about a page at the same width.
COLOURS = ["color-contrast", "link-in-text-block"]


class Screen:
    """One page of one browser, at one server."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", self._stumble)
        page.on("request", lambda request: self.requests.append(request.url))
        page.set_default_timeout(20_000)

    def sign_in(self, phone: str) -> Screen:
        """Sign in by the page for it."""
        self.open("/sign-in")
        self.fill(phone=phone, password=PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(f"{self.address}/")
        return self

    def open(self, path: str) -> Any:
        """Go to an address."""
        return self.page.goto(self.address + path)

    def fill(self, **given: str) -> None:
        """Type into the fields of these names."""
        for name, text in given.items():
            self.page.fill(f"main [name={name}]", text)

    def press(self, name: str) -> None:
        """Press a button, or follow a link."""
        main = self.page.locator("main")
        main.get_by_role("button", name=name).or_(
            main.get_by_role("link", name=name)
        ).first.click()

    def confirm(self, button: str) -> None:
        """Show the PIN, and press the button that does it."""
        self.page.wait_for_selector("main [name=pin]")
        self.fill(pin=PIN)
        self.press(button)

    def see(self, text: str) -> None:
        """Wait until a text is on the page."""
        self.page.get_by_text(text).first.wait_for()

    def axe(self, *, colours_only: bool = False) -> list[str]:
        """Return what axe finds wrong with the page as it is now."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        asked = {"type": "rule", "values": COLOURS} if colours_only else None
        found = self.page.evaluate(
            "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})",
            asked or {"type": "tag", "values": RULES},
        )
        return [
            f"{one['id']}: {json.dumps([node['html'][:160] for node in one['nodes']])}"
            for one in found["violations"]
        ]

    def _stumble(self, error: Any) -> None:
        # Chromium's own word where it left out the animation between two pages.
        if "Transition was" not in str(error):
            self.complaints.append(str(error))

    def _hear(self, message: Any) -> None:
        # A form that has to be corrected is answered 422, which Chromium calls a failed load.
        if message.type in {"error", "warning"} and "422" not in message.text:
            self.complaints.append(message.text)
