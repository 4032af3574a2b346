"""Telling people what happened: the inbox, text messages and web push."""
