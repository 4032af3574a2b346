"""Reaching addresses that others gave us: public hosts only, within bounds of time and size."""
