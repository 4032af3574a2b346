"""The doors: signing up, in and out, and the wallet's first page."""
