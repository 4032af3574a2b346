"""What can be confirmed: each deed says what it is about, and does it.

A deed is found by its name, so that whoever stands above the wallet adds its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse

from ledger.money import Money
from wallet.errors import UnknownDraft
from wallet.idempotency import Once, Reply, Request, fingerprint
from wallet.models import User, Wallet
from wallet.proof import step_ups
from wallet.proof.proofs import Means, Proof
from wallet.web.drafts import Draft

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Question:
    """What the confirming page asks: a title, the sum, facts, and what the button says."""

    title: str
    button: str
    amount: Money | None = None
    to: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    warning: str = ""
    back: str = ""
    seal: str = ""  # an icon: who stands behind this was checked


@dataclass(frozen=True, slots=True)
class Doing:
    """A deed as it is done: by whom, with which wallet, of which draft, when."""

    request: HttpRequest
    person: User
    wallet: Wallet
    draft: Draft
    at: datetime

    def prove(self) -> Proof:
        """Return what was shown for this draft: the PIN, a second proof, both or neither.

        Raises:
            StepUpRefused: the second proof is for something else, was used, or is too old.

        """
        has_pin = self.draft.has_pin(self.at)
        if self.draft.token:
            use = step_ups.Use(self.draft.token, mark_of(self.draft), self.draft.key)
            step_ups.consume(user=self.person, use=use, at=self.at)
            return Proof(self.person.pk, Means.STEP_UP, has_pin=has_pin)
        return Proof(self.person.pk, Means.PIN if has_pin else Means.SESSION, has_pin=has_pin)

    def once(self, render: Callable[[Result], str]) -> Once[Result]:
        """Return how to do it once: ``render`` names the result, for the address it is seen at.

        A refusal is stored for nobody: the page is shown again, and asks under the same key.
        """
        return keyed(self.person, self.draft, render)


def keyed(person: User, draft: Draft, render: Callable[[Result], str]) -> Once[Result]:
    """Return how to do what a draft says once."""
    request = Request.of(
        principal=f"user:{person.pk}",
        operation=f"web.{draft.deed}",
        key=draft.key,
        content=draft.facts,
    )
    return Once(
        request, render=lambda made: Reply(201, {"id": render(made)}), decline=lambda _exc: None
    )


def name_of(reply: Reply) -> str:
    """Return the name of the result, made now or before."""
    return str(reply.body["id"])


def mark_of(draft: Draft) -> bytes:
    """Return what a second proof names a draft by."""
    return fingerprint(["DRAFT", draft.deed, draft.key, draft.facts])


class Asks(Protocol):
    def __call__(self, wallet: Wallet, facts: dict[str, str]) -> Question: ...


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to confirm: what to ask, how to do it, and what has to be shown at least."""

    ask: Asks
    do: Callable[[Doing], HttpResponse]
    proof: Means = Means.PIN


_KNOWN: dict[str, Deed] = {}


def register(name: str, deed: Deed) -> None:
    """Make a deed known."""
    _KNOWN[name] = deed


def deed_of(draft: Draft) -> Deed:
    """Return the deed of a draft.

    Raises:
        UnknownDraft: nothing by this name is known any more.

    """
    found: Any = _KNOWN.get(draft.deed)
    if found is None:
        raise UnknownDraft
    return found  # type: ignore[no-any-return]
