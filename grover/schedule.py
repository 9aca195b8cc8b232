"""What is done again and again, by beat or, in development, by a thread of the server."""

from grover.core.clock import Periodic

SCHEDULE = [
    Periodic("media.tasks.sweep_orphans", every=3600),
    Periodic("core.tasks.sweep_outbox", every=10),
    Periodic("core.tasks.sweep_idempotent_requests", every=3600),
    Periodic("accounts.tasks.sweep_sign_ins", every=3600),
    Periodic("accounts.tasks.expire_exports", every=3600),
    Periodic("accounts.tasks.erase_due_accounts", every=3600),
    Periodic("accounts.tasks.give_up_removed", every=3600),
    Periodic("content.tasks.roll_up_trends", every=300),
    Periodic("payments.tasks.reconcile", every=30),
    Periodic("payments.tasks.reconcile_disputes", every=3600),
    Periodic("payments.tasks.release_holds", every=300),
    Periodic("payments.tasks.pay_out", every=60),
    Periodic("payments.tasks.check_subscriptions", every=60),
    Periodic("payments.tasks.complete_orders", every=3600),
    Periodic("payments.tasks.check_ledger", every=86400),
    Periodic("payments.tasks.charge_sandbox_subscriptions", every=60),
    Periodic("payments.tasks.check_against_provider", every=86400),
    Periodic("messaging.tasks.end_due_calls", every=5),
    Periodic("messaging.tasks.send_digests", every=900),
    Periodic("messaging.tasks.sweep_notifications", every=86400),
    Periodic("messaging.tasks.read_push_receipts", every=300),
    Periodic("messaging.tasks.sweep_push_deliveries", every=3600),
]
