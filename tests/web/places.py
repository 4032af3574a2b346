"""All pages, read from the addresses there are: a new one is looked at without being listed.

A route without an argument is a page of its own accord; one with an argument needs an example
here, and one that answers with something else than a page is named as such. Tests hold all three.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

from django.urls import URLPattern, reverse
from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment, Store, Terminal
from merchants.offline.paying import pay_till
from merchants.payments import orders
from merchants.payments.paying import Bill, pay
from merchants.store_codes import printed_code
from merchants.web.payer import urls as payer_urls
from merchants.web.till import urls as till_urls
from tests.merchants.offline import stories
from tests.wallet.people import proven
from tests.wallet.withdrawals.people import verified_without_bank
from wallet import topups, transfers
from wallet.activity import listing
from wallet.models import StepUp, Wallet
from wallet.proof import step_ups
from wallet.transfers import claims, money_requests, splits
from wallet.web import urls as wallet_urls
from wallet.web.deeds import mark_of
from wallet.web.drafts import Drafts
from wallet.withdrawals import asking

Session = MutableMapping[str, Any]

# What is no page: files, parts of pages, and what only takes a form.
NO_PAGES = frozenset(
    {
        *("wallet:manifest", "wallet:worker", "wallet:language", "wallet:sign_out"),
        *("wallet:payee", "wallet:schedule_cancel", "wallet:receipt_pdf", "wallet:statement_pdf"),
        *(
            "wallet:statement_csv",
            "wallet:device_revoke",
            "wallet:session_end",
            "wallet:browser_end",
        ),
        *("payer:latest", "payer:phone", "payer:phone_key", "payer:receipt"),
        *("payer:allowance_end", "payer:allowance_certificate"),
        *("till:news", "till:release", "till:sign_out", "till:offline_news", "till:certificate"),
        *("till:vouchers", "till:worker", "till:manifest"),
    }
)
# Pages for who is not signed in, and those that are the same for everybody.
DOORS = (
    *("/", "/sign-in", "/sign-up", "/offline", "/c/any-token"),
    *("/till/sign-in", "/till/offline", "/pay/without"),
)
_OF_NOBODY = frozenset({"wallet:sign_in", "wallet:sign_up", "wallet:sign_up_code", "wallet:open"})
_VARIANTS = ("/activity?kind=payment",)


def routes() -> dict[str, URLPattern]:
    """Return every route of the wallet's, the payer's and the till's pages, by name."""
    return {
        f"{app.app_name}:{route.name}": route
        for app in (wallet_urls, payer_urls, till_urls)
        for route in app.urlpatterns
    }


def plain() -> list[str]:
    """Return the addresses of pages whose routes have no argument, but the till's."""
    names = [
        name
        for name, route in routes().items()
        if not route.pattern.converters and name not in NO_PAGES | _OF_NOBODY
    ]
    return [reverse(name) for name in names if not name.startswith("till:")]


def addresses(alice: Wallet, bob: Wallet, store: Store, session: Session) -> list[str]:
    """Return every page of Alice's, those of single things and of her session included."""
    known = {**_things(alice, bob, store), **_drafted(alice, store, session)}
    asked = {name for name, route in routes().items() if route.pattern.converters}
    wanted = {name for name in asked - NO_PAGES if not name.startswith("till:")}
    assert wanted == set(known), f"give an example of {wanted ^ set(known)}"
    return [*plain(), *(reverse(name, args=[arg]) for name, arg in known.items()), *_VARIANTS]


def till_addresses(till: Terminal, payment: Payment) -> list[str]:
    """Return every page of a till whose shift is open, after somebody paid there."""
    order = f"{till.public_id}-1"
    known = {"till:payment": payment.number, "till:refund": payment.number}
    bare = [
        reverse(name)
        for name, route in routes().items()
        if name.startswith("till:") and not route.pattern.converters and name not in NO_PAGES
    ]
    addressed = [path for path in bare if path not in {*DOORS, "/till/scan"}]
    scanning = f"/till/scan?order={order}&amount=3000"
    return [*addressed, scanning, *(reverse(name, args=[arg]) for name, arg in known.items())]


def _things(alice: Wallet, bob: Wallet, store: Store) -> dict[str, object]:
    """Let one of everything happen to Alice; return what the pages about it are named by."""
    at, won, proof = timezone.now(), Money(1_000, "KRW"), proven(alice)
    bill = Bill(amount=won, asks_tip=True, merchant_order_no="tip")
    paid = pay(wallet=alice, store=store, bill=Bill(amount=won), proof=proof, at=at)
    phone = bob.holder.phone
    sent: dict[str, Any] = {"amount": won, "memo": "점심", "at": at}
    account = verified_without_bank(alice)
    split = splits.split(asker=alice, payees=[phone], total=won, with_asker=True, memo="", at=at)
    withdrawn = asking.ask(wallet=alice, bank_account=account, amount=won, proof=proof, at=at)
    claim = claims.open_claim(sender=alice, phone="+821055556666", proof=proof, **sent)
    transfer = transfers.send(sender=alice, payee=phone, proof=proof, **sent)
    lines, _ = listing.newest(
        wallet=alice, account_id=alice.available_account_id, limit=1, after=None
    )
    return {
        "wallet:top_up_detail": topups.ask(wallet=alice, amount=won, at=at).public_id,
        "wallet:transfer": transfer.public_id,
        "wallet:claim": claim.public_id,
        "wallet:claim_link": claims.link_token(claim.public_id),
        "wallet:claim_take": claims.link_token(claim.public_id),
        "wallet:request": money_requests.ask(
            asker=bob, payee=alice.holder.phone, **sent
        ).public_id,
        "wallet:split_detail": split.public_id,
        "wallet:bank_account": account.public_id,
        "wallet:withdrawal": withdrawn.public_id,
        "wallet:receipt": lines[0].line.entry_id,
        "wallet:statement": f"{at:%Y-%m}",
        "payer:payment": paid.number,
        "payer:tip": orders.ask(store=store, bill=bill, at=at).number,
    }


def _drafted(alice: Wallet, store: Store, session: Session) -> dict[str, object]:
    """Begin one draft of each kind in Alice's session; return what their pages are named by."""
    at, drafts = timezone.now(), Drafts(session)
    payload = printed_code(store)
    facts = {"amount": "4500", "currency": "KRW", "memo": "", "city": store.city}
    paying = drafts.begin("payment", payload=payload, store=store.name, **facts)
    code = stories.open_till(store, "2", at=at).ask(2_000, at=stories.seconds(at))
    pay_till(wallet=alice, payload=code, proof=proven(alice), at=at)
    proving = drafts.begin("backup_codes")
    begun = step_ups.begin(
        user=alice.holder, fingerprint=mark_of(proving), by=StepUp.By.SMS.value, at=at
    )
    drafts.keep(replace(proving, step_up=str(begun.public_id), step_up_by=begun.by))
    return {
        "wallet:confirm": paying.key,
        "wallet:second_proof": proving.key,
        "wallet:new_pin": drafts.begin("new_pin").key,
        "payer:amount": drafts.begin("amount", payload=payload, store=store.public_id).key,
        "payer:till_receipt": drafts.begin("till_payment", payload=code).key,
    }
