"""The wiring as a Django app: its system checks, and the commands that start things."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the checks."""

    name = "config"

    def ready(self) -> None:
        """Import the checks, which register themselves."""
        from config import durability  # noqa: F401, PLC0415
