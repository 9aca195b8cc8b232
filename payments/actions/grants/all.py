"""Which purpose grants what."""

from payments.actions.grants import orders, posts, subscriptions
from payments.actions.grants.base import Grant
from payments.enums import Purpose

GRANTS: dict[Purpose, Grant] = {
    Purpose.TIP: Grant(),
    Purpose.POST: posts.GRANT,
    Purpose.ORDER: orders.GRANT,
    Purpose.COINS: Grant(),
    Purpose.SUBSCRIPTION: subscriptions.GRANT,
}
