"""Payments that are contested: opened, answered, decided by two people, booked."""
