"""Telling merchants' programs what happened, by Standard Webhooks 1.0."""
