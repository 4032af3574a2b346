"""Faults against the real stack: web, worker, PostgreSQL and bank, broken while people pay."""
