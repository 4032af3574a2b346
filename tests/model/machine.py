"""What people do at the API in any order, and that the model says the same after each step."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.balances import trial_balance
from merchants.store_codes import printed_code
from tests.model.purses import Bill, Letter
from tests.model.world import CAST, World, bank_says
from tests.wallet.people import won

NAMES = st.sampled_from(CAST)
# Around what somebody has after a top-up or two, and below where a second proof is asked for.
MINOR = st.integers(1, 4_000)
MOST_LETTERS = 4


class Api(RuleBasedStateMachine):
    """Three people and a shop at the API, and the dictionaries that say what they have."""

    @initialize()
    def begin(self) -> None:
        """Let everybody come in, with nothing."""
        self.world = World()
        self.model = self.world.model

    # --- what people do ------------------------------------------------------------------------

    @rule(name=NAMES, minor=st.integers(1, 9_000), twice=st.booleans())
    def top_up(self, name: str, minor: int, twice: bool) -> None:  # noqa: FBT001 - drawn.
        """Ask for money, and let the bank say that it came, perhaps twice."""
        path = self.world.path(name, "/top-ups")
        refusals = self.model.refuses_to_take(name)
        asked = self.world.post(
            self.world.callers[name], path, {"amount": won(str(minor))}, refusals, 201
        )
        if asked is None:
            return
        said = {"kind": "TOP_UP", "id": asked["id"], "status": "SETTLED", **won(str(minor))}
        for _ in range(1 + twice):
            assert bank_says(said) == 204
        self.model.people[name].available += minor
        self.model.put_in += minor

    @rule(sender=NAMES, to=NAMES, minor=MINOR)
    def transfer(self, sender: str, to: str, minor: int) -> None:
        """Send money."""
        path = self.world.path(sender, "/transfers")
        body = {
            "phone": self.world.wallets[to].holder.phone,
            "amount": won(str(minor)),
            "memo": "",
        }
        refusals = self.model.refuses_to_pay(sender, minor) | self.model.refuses_to_take(to)
        if sender == to:
            refusals |= {"transfer_to_self"}
        if self.world.post(self.world.callers[sender], path, body, refusals, 201) is not None:
            self.model.people[sender].available -= minor
            self.model.people[to].available += minor

    @rule(name=NAMES, minor=MINOR)
    def pay(self, name: str, minor: int) -> None:
        """Pay by the code that is printed at the shop."""
        body = {"payload": printed_code(self.world.store), "amount": won(str(minor))}
        self._pay(name, body, minor, "SUCCEEDED")

    @rule(name=NAMES, minor=MINOR)
    def set_aside(self, name: str, minor: int) -> None:
        """Let the till ask for what it captures later, and agree."""
        order = {"store_id": self.world.store.public_id, "order_no": uuid.uuid4().hex}
        asked = order | {"amount": won(str(minor)), "capture": "LATER"}
        payload = self.world.post(self.world.till, "/merchant/orders", asked, set(), 201)[
            "payload"
        ]
        self._pay(name, {"payload": payload}, minor, "AUTHORIZED")

    def _pay(self, name: str, body: dict[str, Any], minor: int, state: str) -> None:
        body |= {"wallet_id": str(self.world.wallets[name].public_id)}
        refusals = self.model.refuses_to_pay(name, minor)
        paid = self.world.post(self.world.callers[name], "/payments", body, refusals, 201)
        if paid is None:
            return
        assert paid["state"] == state
        bill, purse = Bill(name, minor, state), self.model.people[name]
        self.model.bills[paid["number"]] = bill
        purse.available -= minor
        if state == "AUTHORIZED":
            purse.held += minor
        else:
            bill.taken = minor
            self.model.shop += minor

    @precondition(lambda self: self._bills("AUTHORIZED"))
    @rule(data=st.data(), minor=MINOR)
    def capture(self, data: st.DataObject, minor: int) -> None:
        """Take what was set aside, or a part of it."""
        number = data.draw(st.sampled_from(self._bills("AUTHORIZED")))
        bill = self.model.bills[number]
        refusals = {"capture_too_large"} if minor > bill.minor else set()
        refusals |= self.model.refuses_to_take(bill.payer)
        path = f"/merchant/payments/{number}/capture"
        if (
            self.world.post(self.world.till, path, {"amount": won(str(minor))}, refusals, 200)
            is not None
        ):
            self._let_go(bill, "CAPTURED")
            self.model.people[bill.payer].available -= minor
            bill.taken = minor
            self.model.shop += minor

    @precondition(lambda self: self._bills("AUTHORIZED"))
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        """Give back what was set aside."""
        number = data.draw(st.sampled_from(self._bills("AUTHORIZED")))
        bill = self.model.bills[number]
        path, refusals = (
            f"/merchant/payments/{number}/void",
            self.model.refuses_to_take(bill.payer),
        )
        if self.world.post(self.world.till, path, None, refusals, 200) is not None:
            self._let_go(bill, "VOIDED")

    def _let_go(self, bill: Bill, state: str) -> None:
        bill.state = state
        self.model.people[bill.payer].held -= bill.minor
        self.model.people[bill.payer].available += bill.minor

    @precondition(lambda self: self._bills("SUCCEEDED", "CAPTURED"))
    @rule(data=st.data(), minor=MINOR)
    def refund(self, data: st.DataObject, minor: int) -> None:
        """Give back what was paid, or a part of it."""
        number = data.draw(st.sampled_from(self._bills("SUCCEEDED", "CAPTURED")))
        bill = self.model.bills[number]
        refusals = {"refund_too_large"} if minor > bill.taken - bill.refunded else set()
        refusals |= self.model.refuses_to_take(bill.payer)
        body = {"refund_no": uuid.uuid4().hex, "amount": won(str(minor))}
        path = f"/merchant/payments/{number}/refunds"
        if self.world.post(self.world.till, path, body, refusals, 201) is not None:
            bill.refunded += minor
            self.model.shop -= minor
            self.model.people[bill.payer].available += minor

    def _bills(self, *states: str) -> list[str]:
        return [number for number, bill in self.model.bills.items() if bill.state in states]

    # --- money for who has no wallet yet --------------------------------------------------------

    @precondition(lambda self: len(self.model.letters) < MOST_LETTERS)
    @rule(sender=NAMES, minor=MINOR)
    def write(self, sender: str, minor: int) -> None:
        """Send money to a number that nobody has signed up with."""
        number = len(CAST) + len(self.model.letters)
        body = {"phone": self.world.phone(number), "amount": won(str(minor)), "memo": ""}
        refusals = self.model.refuses_to_pay(sender, minor)
        path = self.world.path(sender, "/claims")
        made = self.world.post(self.world.callers[sender], path, body, refusals, 201)
        if made is not None:
            self.model.people[sender].available -= minor
            self.model.letters[made["id"]] = Letter(sender, minor, made["token"], number)

    @precondition(lambda self: self.model.letters)
    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        """Sign up with the number, and take what waits; a second time there is nothing."""
        letter = self.model.letters[data.draw(st.sampled_from(list(self.model.letters)))]
        name = self.world.join(letter.number)
        refusals = set() if letter.is_open else {"claim_not_open"}
        path, body = self.world.path(name, "/claims/take"), {"token": letter.token}
        if self.world.post(self.world.callers[name], path, body, refusals, 200) is not None:
            letter.is_open = False
            self.model.people[name].available += letter.minor

    @precondition(lambda self: self.model.letters)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """Cancel what was not taken yet."""
        public_id = data.draw(st.sampled_from(list(self.model.letters)))
        letter = self.model.letters[public_id]
        refusals = set() if letter.is_open else {"claim_not_open"}
        caller = self.world.callers[letter.sender]
        if self.world.post(caller, f"/claims/{public_id}/cancel", None, refusals, 200) is not None:
            letter.is_open = False
            self.model.people[letter.sender].available += letter.minor

    # --- what stops money, and what is sent again ------------------------------------------------

    @rule(name=NAMES)
    def freeze(self, name: str) -> None:
        """Freeze the own wallet."""
        answer = self.world.callers[name].post(self.world.path(name, "/freeze"), None)
        assert answer.json()["status"] == "FROZEN"
        self.model.people[name].is_frozen = True

    @precondition(lambda self: any(one.is_frozen for one in self.model.people.values()))
    @rule()
    def unfreeze_all(self) -> None:
        """Let everybody lift their freeze, with a second proof."""
        for name, purse in self.model.people.items():
            if purse.is_frozen:
                answer = self.world.callers[name].post(self.world.path(name, "/unfreeze"), {})
                assert answer.json()["status"] == "OPEN", answer.json()
                purse.is_frozen = False

    @precondition(lambda self: self.world.sent)
    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """Send an earlier request again: the same answer, and nothing more happens."""
        sent = data.draw(st.sampled_from(self.world.sent))
        answer = sent.caller.once("POST", sent.path, sent.body, sent.key)
        assert (answer.status_code, answer.json()) == (sent.status, sent.answer)

    @precondition(lambda self: self.world.sent)
    @rule(data=st.data())
    def another_under_its_key(self, data: st.DataObject) -> None:
        """Send another request under the key of an earlier one: it is refused."""
        sent = data.draw(st.sampled_from(self.world.sent))
        other = {**(sent.body or {}), "memo": "another"}
        answer = sent.caller.once("POST", sent.path, other, sent.key)
        assert (answer.status_code, answer.json().get("code")) == (422, "idempotency_key_reused")

    # --- what holds after each step --------------------------------------------------------------

    @invariant()
    def everybody_has_what_the_dictionaries_say(self) -> None:
        """Compare what the API shows with the model, and the book with itself."""
        for name, purse in self.model.people.items():
            shown = self.world.callers[name].get(self.world.path(name)).json()
            seen = (int(shown["available"]["amount"]), int(shown["held"]["amount"]))
            assert seen == (purse.available, purse.held), name
            assert shown["status"] == ("FROZEN" if purse.is_frozen else "OPEN")
        assert self.world.taken() == self.model.shop
        assert self.model.total == self.model.put_in
        assert trial_balance() == {"KRW": 0}
