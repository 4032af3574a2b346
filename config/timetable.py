"""When beat pokes which job; what is due then is computed from the database."""

TIMETABLE = {
    "run-due": {"task": "merchants.tasks.run_due", "schedule": 60.0},
    "pay-out": {"task": "merchants.tasks.pay_out", "schedule": 60.0},
    "reconcile-days": {"task": "merchants.tasks.reconcile_days", "schedule": 600.0},
    "make-exports": {"task": "merchants.tasks.make_exports", "schedule": 60.0},
    "run-offline": {"task": "merchants.tasks.run_offline", "schedule": 60.0},
    "poll-top-ups": {"task": "wallet.tasks.poll_top_ups", "schedule": 60.0},
    "expire-holds": {"task": "wallet.tasks.expire_holds", "schedule": 60.0},
    "read-bank-feed": {"task": "wallet.tasks.read_bank_feed", "schedule": 60.0},
    "poll-withdrawals": {"task": "wallet.tasks.poll_withdrawals", "schedule": 60.0},
    "check-bank-accounts": {"task": "wallet.tasks.check_bank_accounts", "schedule": 60.0},
    "ask-automatic-top-ups": {"task": "wallet.tasks.ask_automatic_top_ups", "schedule": 60.0},
    "return-claims": {"task": "wallet.tasks.return_claims", "schedule": 60.0},
    "send-scheduled-transfers": {
        "task": "wallet.tasks.send_scheduled_transfers",
        "schedule": 60.0,
    },
    "expire-money-requests": {"task": "wallet.tasks.expire_money_requests", "schedule": 60.0},
    "relay-events": {"task": "wallet.tasks.relay_events", "schedule": 60.0},
    "relay-webhooks": {"task": "merchants.tasks.relay_webhooks", "schedule": 60.0},
    "prune-proofs": {"task": "wallet.tasks.prune_proofs", "schedule": 3600.0},
    "seal-ledger": {"task": "config.tasks.seal_ledger", "schedule": 60.0},
}
