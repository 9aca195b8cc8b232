"""The words that payments stores."""

from django.db.models import TextChoices


class AccountKind(TextChoices):
    """What the money of an account is for: the first four are people's, the others the platform's."""

    AVAILABLE = "available"
    PENDING = "pending"
    RESERVED = "reserved"
    COINS = "coins"
    FEES = "fees"
    PROVIDER_CLEARING = "clearing"
    REFUNDS = "refunds"
    DISPUTES = "disputes"


OF_PEOPLE = frozenset({AccountKind.AVAILABLE, AccountKind.PENDING, AccountKind.RESERVED, AccountKind.COINS})


class TransferKind(TextChoices):
    """Why money was moved."""

    CORRECTION = "correction"
