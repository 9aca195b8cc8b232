"""A notification in words, for mails and pushes."""

from accounts.cards.people import UserSummary
from messaging.cards.notifications import NotificationCard

_DID = {
    "follow": "followed you",
    "follow_request": "asked to follow you",
    "follow_accepted": "accepted your request to follow",
    "reaction": "reacted to your post",
    "comment": "commented on your post",
    "reply": "replied to your comment",
    "mention": "mentioned you",
    "repost": "reposted your post",
    "quote": "quoted your post",
    "comment_reaction": "reacted to your comment",
    "story_reaction": "reacted to your story",
    "message": "wrote to you",
    "message_request": "wants to write to you",
    "group_invite": "invited you to a group",
    "missed_call": "called you",
    "stream": "is live",
    "payment": "paid you",
    "security": "changed something about your account",
}
_DID_WITH_MONEY = {
    "refunded": "gave you money back",
    "shipped": "sent what you ordered",
    "delivered": "said that the order has arrived",
    "cancelled": "cancelled the order",
    "renewal_failed": "could not be paid for your subscription",
    "ended": "has you as a subscriber no longer",
    "gift": "sent you a gift",
    "dispute_open": "asks for their money back",
    "dispute_won": "asked for their money back, which stays yours",
    "dispute_lost": "was given their money back",
}
_HAPPENED = {
    "paid_out": "You were paid out",
    "payout_failed": "You could not be paid out",
}


def sentence_of(card: NotificationCard) -> str:
    """Say who did what, as in "Ada and 12 others reacted to your post"; or what came of one's own."""
    if card.actor_count == 0:
        return _HAPPENED.get(card.data.get("what", ""), "There is something new in your account")
    return f"{_people(card)} {_did(card)}"


def name_of(person: UserSummary) -> str:
    """Say who somebody is, as in "Ada" or "@ada"."""
    return person.display_name or f"@{person.username}"


def _did(card: NotificationCard) -> str:
    did = _DID[card.kind]
    return _DID_WITH_MONEY.get(card.data.get("what", ""), did) if card.kind == "payment" else did


def _people(card: NotificationCard) -> str:
    names = [name_of(actor) for actor in card.actors]
    if card.actor_count <= 1 or not names:
        return names[0] if names else "Somebody"
    if card.actor_count == 2 and len(names) > 1:
        return f"{names[0]} and {names[1]}"
    others = card.actor_count - 1
    return f"{names[0]} and {others} {'other' if others == 1 else 'others'}"
