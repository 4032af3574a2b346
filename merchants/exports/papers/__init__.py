"""Papers of a settlement as PDF, in Korean and English."""
