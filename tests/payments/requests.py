"""What the tests of payments send, and what they look at."""

import uuid
from collections import Counter
from typing import Any

from accounts.models import User
from payments.models import SandboxRecord
from payments.selectors.ledger import balances_of


def key() -> dict[str, str]:
    """Make the header of a request that was never sent before."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def refusal(answer: Any) -> tuple[int, str]:
    """Read how a request was refused."""
    return answer.status_code, answer.json()["code"]


def summary(user: User) -> dict[str, Any]:
    """Show a person as inside other things."""
    return {
        "id": str(user.pk),
        "username": user.username,
        "display_name": user.display_name,
        "avatar_url": None,
        "is_verified": user.is_verified,
    }


def paid_at_provider() -> Counter[str]:
    """Count how often the sandbox was asked to pay each of our payouts."""
    batches = SandboxRecord.objects.filter(kind="payout").values_list("document", flat=True)
    return Counter(item["reference"] for document in batches for item in document["items"])


def money_of(user: User) -> dict[str, int]:
    """Read what somebody has, by account, without what is empty."""
    return {kind.value: value for (kind, _), value in balances_of(user.pk).items() if value}
