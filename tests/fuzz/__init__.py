"""Readers of what strangers send, fed with what nobody would write."""
