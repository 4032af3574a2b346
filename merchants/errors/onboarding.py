"""Refusals about taking merchants on, and about where they are paid to."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class OnboardingRefused(MerchantError):
    """Base of everything that keeps an application or a change from going on."""

    code = "onboarding_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class InvalidRegistrationNumber(OnboardingRefused):
    """Not ten digits, or the last one does not fit the others."""

    code = "invalid_registration_number"
    status = 400
    message = "this is not a business registration number"


class ApplicationOpen(OnboardingRefused):
    """Somebody applied for this business already."""

    code = "application_open"
    message = "an application for this business is open already"


class AlreadyMerchant(OnboardingRefused):
    """The business is a merchant in this currency."""

    code = "already_merchant"
    message = "this business is a merchant already"


class ApplicationState(OnboardingRefused):
    """The table of edges does not lead on from the application's state by this."""

    code = "application_state"

    def __init__(self, current: str, event: str) -> None:
        super().__init__(current, event)
        self.current = current
        self.event = event

    def __str__(self) -> str:
        return f"{self.event} is not possible for an application that is {self.current}"


class SeenOther(OnboardingRefused):
    """What is approved is not what the approver was shown; it was changed meanwhile."""

    code = "seen_other"
    message = "this was changed since you looked at it; look again"


class SecondPersonNeeded(OnboardingRefused):
    """Whoever asked for it, or reviewed it, is not the one who approves it."""

    code = "second_person_needed"
    status = 403
    message = "another person has to approve this"


class NotStaff(OnboardingRefused):
    """Only our own staff decides about merchants."""

    code = "not_staff"
    status = 403
    message = "only staff decides this"


class BankAccountRequested(OnboardingRefused):
    """One change of the bank account waits for a decision already."""

    code = "bank_account_requested"
    message = "a change of the bank account waits for a decision already"


class BankAccountDecided(OnboardingRefused):
    """The change was decided or cancelled before."""

    code = "bank_account_decided"
    message = "this change of the bank account was decided before"


class InvalidOpeningHours(OnboardingRefused):
    """Not hours of the week, in order and apart; ``day`` says where."""

    code = "invalid_opening_hours"
    status = 400

    def __init__(self, day: str) -> None:
        super().__init__(day)
        self.day = day

    def __str__(self) -> str:
        return f"the opening hours of {self.day} are not in order"


class TerminalLabelTaken(OnboardingRefused):
    """Another till of the store is called so."""

    code = "terminal_label_taken"
    message = "another terminal of this store has this label"


class PlanCurrencyOther(OnboardingRefused):
    """The plan proposed is not in the currency asked for."""

    code = "plan_currency_other"
    status = 400
    message = "the fee plan is in another currency"


class PosterVersionUnknown(OnboardingRefused):
    """No poster of the store has this version."""

    code = "poster_version_unknown"
    status = 404
    message = "this store has no poster of this version"


class PosterVersionsSpent(OnboardingRefused):
    """The store made as many versions as a code can count."""

    code = "poster_versions_spent"
    message = "this store can make no more versions of its poster"
