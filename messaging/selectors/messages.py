"""Messages as cards: as one reader may see them, and as a frame shows them to all members.

This decides what stands in a card; who reads a conversation at all is decided in `threads`.
"""

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.viewers import Viewer
from grover.media.cards import MediaCard, with_viewer
from grover.media.selectors import media_by_id
from messaging.cards.messages import (
    MessageCard,
    MessageReactionCard,
    PreviewCard,
    ReplyCard,
    SharedCard,
    SharedReference,
)
from messaging.models import Message, MessageReaction
from messaging.ports import find_shared

LONGEST_QUOTE = 200

SharedKey = tuple[str, uuid.UUID]


def last_messages(
    places: Mapping[uuid.UUID, tuple[int, int]], viewer: Viewer
) -> dict[uuid.UUID, MessageCard]:
    """Show the last message of conversations the viewer is in, by conversation.

    `places` gives `last_seq` and the viewer's `first_seq` of each. Left out is what they may not see.
    """
    wanted = Q()
    for conversation_id, (last_seq, first_seq) in places.items():
        if last_seq > first_seq:
            wanted |= Q(conversation_id=conversation_id, seq=last_seq)
    if not wanted:
        return {}
    first = {conversation_id: first_seq for conversation_id, (_, first_seq) in places.items()}
    return {card.conversation_id: card for card in cards_of(Message.objects.filter(wanted), viewer, first)}


def cards_of(
    rows: Iterable[Message],
    viewer: Viewer,
    first_seqs: Mapping[uuid.UUID, int],
    *,
    blocked: Collection[uuid.UUID] | None = None,
) -> list[MessageCard]:
    """Show messages to a reader, without those of the people a block keeps from them.

    `first_seqs` says for each conversation after which `seq` the reader sees its messages; `blocked` are
    the people a block keeps from them, read when the caller does not know. Each kind of thing that the
    messages show costs one query.
    """
    messages = list(rows)
    if not messages:
        return []
    if blocked is None:
        blocked = blocked_ids(viewer.id)
    shown = [message for message in messages if message.sender_id not in blocked]
    replies = {
        key: reply
        for key, reply in _replies(shown).items()
        if reply.sender_id not in blocked and reply.seq > first_seqs[reply.conversation_id]
    }
    senders = users_by_id({message.sender_id for message in shown if message.sender_id is not None})
    media = {key: with_viewer(card, viewer) for key, card in media_of(shown).items()}
    reactions = _reactions(shown, hidden=blocked)
    things = _shared_things(shown, viewer)
    return [card_of(message, senders, media, replies, reactions, things) for message in shown]


def frame_card(message: Message, *, is_reply_open: bool = True) -> MessageCard:
    """Show a message as every member gets it in a frame: with nothing that only some may see.

    The text of what it answers is left out unless it is open to all of them.
    """
    senders = users_by_id({message.sender_id} if message.sender_id is not None else ())
    replies = _replies([message])
    card = card_of(message, senders, media_of([message]), replies, _reactions([message]), {})
    return card if is_reply_open else without_quote(card)


def without_quote(card: MessageCard) -> MessageCard:
    """Leave the text out of what a message answers, for readers of whom some may not see it."""
    if card.reply_to is None:
        return card
    return dataclasses.replace(card, reply_to=dataclasses.replace(card.reply_to, text=""))


def card_of(
    message: Message,
    senders: Mapping[uuid.UUID, UserSummary],
    media: Mapping[uuid.UUID, MediaCard],
    replies: Mapping[uuid.UUID, Message],
    reactions: Mapping[uuid.UUID, list[MessageReactionCard]],
    things: Mapping[SharedKey, SharedCard],
) -> MessageCard:
    """Put a message together from what its reader may see."""
    reply = None if message.reply_to_id is None else replies.get(message.reply_to_id)
    return MessageCard(
        id=message.pk,
        conversation_id=message.conversation_id,
        seq=message.seq,
        client_id=message.client_id,
        sender=None if message.sender_id is None else senders.get(message.sender_id),
        kind=message.kind,  # type: ignore[arg-type]
        text=message.text,
        media=[media[key] for raw in message.media_ids if (key := uuid.UUID(raw)) in media],
        reply_to=None if reply is None else _reply_card(reply),
        shared=_reference(message, things),
        preview=None if message.preview is None else PreviewCard(**message.preview),
        reactions=reactions.get(message.pk, []),
        is_unsent=message.unsent_at is not None,
        created_at=message.created_at,
        edited_at=message.edited_at,
    )


def reactions_to(message: Message) -> list[MessageReactionCard]:
    """List how people react to a message, the first first."""
    return _reactions([message]).get(message.pk, [])


def media_of(messages: Sequence[Message]) -> dict[uuid.UUID, MediaCard]:
    """Read the uploads that messages show."""
    return media_by_id([uuid.UUID(raw) for message in messages for raw in message.media_ids])


def _replies(messages: Sequence[Message]) -> dict[uuid.UUID, Message]:
    ids = {message.reply_to_id for message in messages if message.reply_to_id is not None}
    return {row.pk: row for row in Message.objects.filter(pk__in=ids)} if ids else {}


def _reply_card(message: Message) -> ReplyCard:
    return ReplyCard(
        id=message.pk,
        seq=message.seq,
        sender_id=message.sender_id,
        kind=message.kind,  # type: ignore[arg-type]
        text=message.text[:LONGEST_QUOTE],
        is_unsent=message.unsent_at is not None,
    )


def _reactions(
    messages: Sequence[Message], hidden: Collection[uuid.UUID] = ()
) -> dict[uuid.UUID, list[MessageReactionCard]]:
    rows = MessageReaction.objects.filter(message_id__in=[message.pk for message in messages])
    found: dict[uuid.UUID, list[MessageReactionCard]] = {}
    for message_id, user_id, kind in rows.order_by("id").values_list("message_id", "user_id", "kind"):
        if user_id not in hidden:
            card = MessageReactionCard(user_id=user_id, kind=kind)  # type: ignore[arg-type]
            found.setdefault(message_id, []).append(card)
    return found


def _reference(message: Message, things: Mapping[SharedKey, SharedCard]) -> SharedReference | None:
    if message.shared_id is None:
        return None
    key = (message.shared_kind, message.shared_id)
    return SharedReference(kind=message.shared_kind, id=message.shared_id, card=things.get(key))


def _shared_things(messages: Sequence[Message], viewer: Viewer) -> dict[SharedKey, SharedCard]:
    ids: dict[str, set[uuid.UUID]] = {}
    for message in messages:
        if message.shared_id is not None:
            ids.setdefault(message.shared_kind, set()).add(message.shared_id)
    return {
        (kind, key): card
        for kind, wanted in ids.items()
        for answer in find_shared.call(kind, wanted, viewer)
        for key, card in (answer or {}).items()
    }
