"""The wiring as a Django app: its system checks, and the commands that start things."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class Config(AppConfig):
    """Registers the checks."""

    name = "config"
    default = True

    def ready(self) -> None:
        """Import the checks, which register themselves."""
        from config import durability  # noqa: F401, PLC0415


class SecondFactorAdmin(admin.AdminConfig):
    """Django's admin, behind a front door of ours."""

    default = False  # by name only
    default_site = "config.admin.SecondFactorSite"
