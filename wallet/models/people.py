"""People: consumers, and staff."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Now

PHONE_LENGTH = 16  # E.164: a plus sign and at most 15 digits


class UserManager(BaseUserManager["User"]):
    """Makes users; the phone number is the name they sign in with."""

    def create_user(self, phone: str, password: str, **fields: Any) -> User:
        """Create a user with a hashed password; ``phone`` is in E.164."""
        user = self.model(phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str, **fields: Any) -> User:
        """Create an administrator."""
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: a consumer, or staff."""

    phone = models.CharField(max_length=PHONE_LENGTH, unique=True)
    phone_confirmed_at = models.DateTimeField(null=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())

    objects = UserManager()
    USERNAME_FIELD = "phone"

    def __str__(self) -> str:
        return f"user {self.pk}"
