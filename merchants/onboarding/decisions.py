"""Deciding about applications: one of our people reviews, another one approves.

Note [What was seen]: whoever approves gives the digest of what they were shown. It is compared
with that of the locked row, so that nothing can be changed between the look and the approval.
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from merchants.access.audits import name_of, note
from merchants.errors import AlreadyMerchant, PlanCurrencyOther, SecondPersonNeeded, SeenOther
from merchants.fees.agreements import agree
from merchants.models import (
    Application,
    FeePlan,
    Merchant,
    MerchantBankAccount,
    Role,
    StaffRole,
    Store,
)
from merchants.onboarding.applications import locked, move
from merchants.onboarding.digests import application_facts, digest_of
from merchants.onboarding.staff import require_staff
from merchants.refusals import refused_as
from merchants.stores import make_merchant, public_id
from wallet.idempotency import use_case
from wallet.models import User


@use_case
def review(*, application: Application, plan: FeePlan, by: User, at: datetime) -> Application:
    """Find an application in order, and propose a fee plan; approved it is by somebody else.

    Raises:
        NotStaff: not one of our people.
        SecondPersonNeeded: the applicant's own.
        PlanCurrencyOther: the plan is in another currency.
        ApplicationState: it was decided or withdrawn.

    """
    require_staff(by)
    found = locked(application)
    if by.pk == found.applicant_id:
        raise SecondPersonNeeded
    if plan.currency != found.currency:
        raise PlanCurrencyOther
    move(found, "review")
    found.fee_plan, found.reviewed_by, found.reviewed_at = plan, by, at
    found.save(update_fields=["state", "fee_plan", "reviewed_by", "reviewed_at"])
    facts = {"plan": plan.name}
    _note(found, "reviewed", by, at, facts=facts)
    return found


@use_case
def approve(*, application: Application, seen: str, by: User, at: datetime) -> Merchant:
    """Make a merchant of a reviewed application; ``seen`` is the digest of what was shown.

    Opens the ledger accounts, the first store, the bank account and the agreement to the plan;
    the applicant becomes the owner.

    Raises:
        NotStaff: not one of our people.
        ApplicationState: it is not reviewed, or was decided.
        SecondPersonNeeded: the approver reviewed it or applied.
        SeenOther: it is not what was shown; see Note [What was seen].
        AlreadyMerchant: the business became one meanwhile.

    """
    require_staff(by)
    found = locked(application)
    move(found, "approve")
    if by.pk in (found.reviewed_by_id, found.applicant_id):
        raise SecondPersonNeeded
    digest = digest_of(application_facts(found))
    if not compare_digest(digest.encode(), seen.encode()):
        raise SeenOther
    found.merchant = _merchant(found)
    found.decided_by, found.decided_at, found.approved_digest = by, at, digest
    found.save()
    _equip(found, found.merchant, by, at)
    _note(found, "approved", by, at, facts={"digest": digest})
    return found.merchant


@use_case
def reject(*, application: Application, reason: str, by: User, at: datetime) -> Application:
    """Turn an application down; the applicant reads the reason.

    Raises:
        NotStaff: not one of our people.
        ApplicationState: it was decided or withdrawn.

    """
    require_staff(by)
    found = locked(application)
    move(found, "reject")
    found.decided_by, found.decided_at, found.rejection = by, at, reason
    found.save(update_fields=["state", "decided_by", "decided_at", "rejection"])
    _note(found, "rejected", by, at, reason=reason)
    return found


def _merchant(application: Application) -> Merchant:
    with refused_as(AlreadyMerchant, "merchants_merchant_registered_once"):
        return make_merchant(
            legal_name=application.legal_name,
            kind=application.kind,
            registration_number=application.registration_number,
            contact_name=application.contact_name,
            contact_phone=application.contact_phone,
            contact_email=application.contact_email,
            currency=application.currency,
        )


def _equip(application: Application, merchant: Merchant, by: User, at: datetime) -> None:
    if application.fee_plan is None:
        raise TypeError("a reviewed application has a plan")
    agree(
        merchant=merchant, plan=application.fee_plan, effective_from=at, actor=name_of(by), at=at
    )
    Store.objects.create(
        public_id=public_id("S"),
        merchant=merchant,
        name=application.store_name,
        latin_name=application.store_latin_name,
        city=application.store_city,
        address=application.store_address,
        merchant_category_code=application.merchant_category_code,
    )
    MerchantBankAccount.objects.create(
        merchant=merchant,
        bank_code=application.bank_code,
        number=application.bank_number,
        holder_name=application.bank_holder_name,
        state=MerchantBankAccount.State.APPROVED,
        requested_by=application.applicant,
        requested_at=application.submitted_at,
        decided_by=by,
        decided_at=at,
        approved_digest=application.approved_digest,
        usable_from=at,
    )
    StaffRole.objects.create(
        merchant=merchant, user=application.applicant, role=Role.OWNER, began_at=at
    )


def _note(
    application: Application,
    what: str,
    by: User,
    at: datetime,
    *,
    reason: str = "",
    facts: dict[str, str] | None = None,
) -> None:
    note(
        application=application,
        merchant=application.merchant,
        action=f"application.{what}",
        actor=name_of(by),
        reason=reason,
        facts=facts,
        at=at,
    )
