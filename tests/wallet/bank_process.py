"""Forks a bank for each test from a process that has imported it once; knows no models."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

from wallet.bank_simulator.server import serve

BANKS = multiprocessing.get_context("forkserver")
BANKS.set_forkserver_preload([__name__])


def run_bank(secret: str, address: Connection) -> None:
    """Serve as ``manage.py bank_simulator`` does, in a process of its own."""
    server = serve(0, secret)
    address.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()
