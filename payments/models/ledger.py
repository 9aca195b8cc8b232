"""The ledger: accounts, and transfers between them whose entries sum to zero."""

from django.db import models

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from payments.enums import AccountKind, TransferKind


@holds(Holds.FINANCIAL, owner="owner_id", exported=("kind", "currency", "balance"), erasure=Erasure.KEEP)
class LedgerAccount(Identified):
    """What somebody, or the platform, has of one currency for one purpose.

    `balance` is the sum of the entries, kept so that reading it costs nothing. Its id follows from the
    other fields. The platform's accounts have shards, so that payments do not wait for one row.
    """

    owner_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=AccountKind)
    currency = models.CharField(max_length=3)
    shard = models.PositiveSmallIntegerField(default=0)
    balance = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "kind", "currency", "shard"], name="one_ledger_account"
            )
        ]


@holds(Holds.FINANCIAL, owner="author_id", exported=("kind", "reason", "created_at"), erasure=Erasure.KEEP)
class Transfer(Identified):
    """Money moved in one piece; never changed, never deleted.

    `key` names what it was moved for, so that this is done once. Only a correction has an author and a
    reason.
    """

    kind = models.CharField(max_length=20, choices=TransferKind)
    key = models.CharField(max_length=150, unique=True)
    entry_count = models.PositiveSmallIntegerField()
    author_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)


@holds(Holds.NONE)
class Entry(Identified):
    """What a transfer adds to one account, or takes from it; never changed, never deleted."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, db_index=False, related_name="entries")
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, db_index=False, related_name="entries"
    )
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "account"], name="one_entry_an_account"),
        ]
        indexes = [models.Index(fields=["account", "-transfer"], name="entry_of_account")]
        verbose_name_plural = "entries"
