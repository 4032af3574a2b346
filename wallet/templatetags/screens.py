"""Money, times and icons as screens show them."""

from __future__ import annotations

from datetime import date, datetime

import phonenumbers
from babel.dates import format_date, format_time
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ledger.money import Money
from wallet.activity.amounts import plain, spoken
from wallet.activity.masking import mask
from wallet.activity.months import ZONE

register = template.Library()
# Each names the ones before it as well, so that the first that is found counts.
_BROWSERS = (
    *(("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("OPR/", "Opera")),
    *(("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome")),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
_FORMATS = {"ko": ("M월 d일 (E)", "yyyy년 M월 d일"), "en": ("EEE, d MMM", "d MMM yyyy")}


def language() -> str:
    """Return the language of the page: ``ko`` or ``en``."""
    return "ko" if (get_language() or "en").startswith("ko") else "en"


@register.filter
def money(amount: Money) -> str:
    """Return an amount with its currency, without its sign: ``12,000원``."""
    return spoken(Money(abs(amount.minor), amount.currency), language())


@register.filter
def digits(amount: Money) -> str:
    """Return an amount alone, its thousands parted: ``12,000``."""
    return plain(amount)


@register.filter
def signed(amount: Money) -> str:
    """Return an amount with its sign, a real minus."""
    sign = "\N{MINUS SIGN}" if amount.minor < 0 else "+" if amount.minor else ""
    return sign + money(amount)


@register.filter
def day(at: datetime | date) -> str:
    """Return the day where the holder lives: ``11월 25일 (수)``."""
    local = at.astimezone(ZONE) if isinstance(at, datetime) else at
    return str(format_date(local, format=_FORMATS[language()][0], locale=language()))


@register.filter
def full_day(at: datetime) -> str:
    """Return the day with its year."""
    return str(format_date(at.astimezone(ZONE), _FORMATS[language()][1], locale=language()))


@register.filter
def month(name: str) -> str:
    """Return a month, named like ``2026-11``, as people write it."""
    form = "yyyy년 M월" if language() == "ko" else "MMMM yyyy"
    return str(format_date(date.fromisoformat(f"{name}-01"), form, locale=language()))


@register.filter
def clock(at: datetime) -> str:
    """Return the time of day: ``오후 3:04``."""
    pattern = "aaaa h:mm" if language() == "ko" else "HH:mm"
    return str(format_time(at.astimezone(ZONE), format=pattern, locale=language()))


@register.filter
def moment(at: datetime) -> str:
    """Return day and time."""
    return f"{full_day(at)} {clock(at)}"


@register.filter
def phone(number: str) -> str:
    """Return a number in E.164 as people write it: those from here without a country code."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    is_ours = phonenumbers.region_code_for_number(read) == "KR"
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(read, form.NATIONAL if is_ours else form.INTERNATIONAL)


@register.filter
def browser(agent: str) -> str:
    """Return which browser on which system a User-Agent means; its beginning if none is known."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, [name, system])) or agent[:40]


@register.filter
def masked(text: str) -> str:
    """Return the other side as it may be shown: a phone number keeps its last digits."""
    return mask(text)


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """Return an icon of the sprite; one without a label is decoration."""
    address = f"{static('wallet/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)
