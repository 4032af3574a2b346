"""How a person wants to be told."""

from __future__ import annotations

from wallet.idempotency import use_case
from wallet.models import NoticePreference, User


def preferences_of(person_id: int) -> NoticePreference:
    """Return a person's preferences, the defaults where nothing was chosen."""
    found = NoticePreference.objects.filter(person_id=person_id).first()
    return found or NoticePreference(person_id=person_id)


@use_case
def prefer(*, person: User, language: str, sms: bool, push: bool) -> NoticePreference:
    """Write down how a person wants to be told from now on."""
    chosen, _ = NoticePreference.objects.update_or_create(
        person=person, defaults={"language": language, "sms": sms, "push": push}
    )
    return chosen
