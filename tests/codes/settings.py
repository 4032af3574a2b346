"""Django settings with nothing but the app: reading codes needs no database."""

INSTALLED_APPS = ["merchants"]
