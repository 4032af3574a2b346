"""Give a member of staff the second factor without which the admin lets nobody in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from wallet.errors import InvalidPhone, WrongCode
from wallet.models import User
from wallet.people import normal_phone
from wallet.proof import factors
from wallet.proof.symbols import otpauth_text


class Command(BaseCommand):
    help = (
        "Enrol the authenticator of a member of staff: shows a QR code, asks for its first code."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("phone", help="what the person signs in with")

    def handle(self, *_args: Any, phone: str, **_options: Any) -> None:
        try:
            number = normal_phone(phone)
        except InvalidPhone as exc:
            raise CommandError(str(exc)) from exc
        user = User.objects.filter(phone=number, is_staff=True).first()
        if user is None:
            raise CommandError("no member of staff signs in with this phone number")
        uri = factors.enrol_totp(user=user)
        self.stdout.write(f"{otpauth_text(uri)}\n{uri}")
        try:
            factors.confirm_totp(user=user, code=input("its code: ").strip())
        except WrongCode as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write("enrolled")
