"""Sending messages, changing them, taking them back, and reacting to them."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from accounts.cards.people import UserSummary
from accounts.enums import NotificationKind
from accounts.selectors.people import users_by_id
from accounts.selectors.relations import relation_to
from accounts.selectors.settings import who_may_message
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.ids import created_at, new_id
from grover.core.jobs import enqueue_durable
from grover.core.links import first_link
from grover.core.moments import present
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer
from grover.media.actions.attachments import attach_media, delete_attached
from messaging.actions.notifications import notify
from messaging.actions.places import accept_by_answering
from messaging.cards.messages import MessageCard
from messaging.enums import Folder, MessageKind
from messaging.errors.conversations import MessagesNotAllowed
from messaging.events.messages import MessageCreated, MessageEdited, MessageUnsent
from messaging.models import Conversation, Membership, Message, MessageReaction, MessageRevision
from messaging.policies.conversations import check_can_message
from messaging.policies.messages import (
    check_can_edit,
    check_content,
    check_is_sender,
    check_media,
    check_says_something,
)
from messaging.ports import find_shared
from messaging.selectors.audiences import is_open_to_all, readers_of
from messaging.selectors.conversations import audience_of, blocked_with, peer_id_of, seat_of
from messaging.selectors.messages import card_of, frame_card, without_quote
from messaging.selectors.threads import get_message, visible_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as its sender wrote it."""

    conversation_id: uuid.UUID
    client_id: str
    kind: str
    text: str
    media_ids: tuple[uuid.UUID, ...]
    reply_to: uuid.UUID | None
    shared: tuple[str, uuid.UUID] | None

    @property
    def is_plain(self) -> bool:
        """Tell whether it shows nothing that looks otherwise to different readers."""
        return not (self.media_ids or self.reply_to or self.shared)


def send_message(
    actor: Viewer,
    *,
    conversation_id: uuid.UUID,
    client_id: str,
    text: str = "",
    media_ids: Sequence[uuid.UUID] = (),
    reply_to: uuid.UUID | None = None,
    shared: tuple[str, uuid.UUID] | None = None,
    kind: str | None = None,
) -> MessageCard:
    """Send a message; a second one of the same `client_id` gives the first."""
    return post_message(
        actor,
        conversation_id=conversation_id,
        client_id=client_id,
        text=text,
        media_ids=media_ids,
        reply_to=reply_to,
        shared=shared,
        kind=kind,
    )[0]


def post_message(
    actor: Viewer,
    *,
    conversation_id: uuid.UUID,
    client_id: str,
    text: str = "",
    media_ids: Sequence[uuid.UUID] = (),
    reply_to: uuid.UUID | None = None,
    shared: tuple[str, uuid.UUID] | None = None,
    kind: str | None = None,
) -> tuple[MessageCard, bool]:
    """Send a message as `send_message` does; give it and whether it is new.

    Its `seq` is given under the lock of the conversation's row, in the transaction that inserts it, so
    there is never a hole. In a direct conversation it accepts what the other one asked for.
    """
    draft = Draft(
        conversation_id=conversation_id,
        client_id=client_id,
        kind=kind or (MessageKind.TEXT if shared is None else MessageKind.SHARED),
        text=text,
        media_ids=tuple(media_ids),
        reply_to=reply_to,
        shared=shared,
    )
    check_content(draft.kind, text=text, media_ids=draft.media_ids, shared=shared)
    message_id, card = _send(actor, draft)
    if card is not None and draft.is_plain:
        return card, True
    return get_message(actor, message_id), card is not None


@settled
def _send(actor: Viewer, draft: Draft) -> tuple[uuid.UUID, MessageCard | None]:
    """Write a message and give its id and its frame; no frame when it had been sent before."""
    blocked = blocked_with(actor.id, draft.conversation_id)
    with turn(draft.conversation_id):
        try:
            card = _write(actor, draft, blocked)
        except IntegrityError:
            return _sent_before(actor, draft), None
    return card.id, card


def _sent_before(actor: Viewer, draft: Draft) -> uuid.UUID:
    rows = Message.objects.filter(
        conversation_id=draft.conversation_id, sender_id=actor.id, client_id=draft.client_id
    )
    message_id = rows.values_list("pk", flat=True).first()
    if message_id is None:
        raise LostRace
    return message_id


@atomic
def _write(actor: Viewer, draft: Draft, blocked: Collection[uuid.UUID]) -> MessageCard:
    """Take the next place of the conversation and put the message there; what is refused leaves no trace."""
    message_id = new_id()
    now = created_at(message_id)  # to the millisecond, which is what every database keeps
    places = Conversation.objects.filter(pk=draft.conversation_id)
    if not places.update(last_seq=F("last_seq") + 1, active_at=now):
        raise NotFound
    conversation, seat = seat_of(actor, draft.conversation_id)
    shared_kind, shared_id = draft.shared or ("", None)
    message = Message.objects.create(
        id=message_id,
        conversation_id=conversation.pk,
        seq=conversation.last_seq,
        sender_id=actor.id,
        client_id=draft.client_id,
        kind=draft.kind,
        text=draft.text,
        media_ids=[str(media_id) for media_id in draft.media_ids],
        reply_to_id=draft.reply_to,
        shared_kind=shared_kind,
        shared_id=shared_id,
        created_at=now,
    )
    people = _reach_peer(actor, conversation, message)
    _move_own_seat(seat, message)
    card = _complete(actor, seat, draft, message, people, blocked)
    emit(
        MessageCreated(conversation_id=conversation.pk, message=card),
        to=[audience_of(conversation, hidden_from=blocked)],
    )
    if first_link(draft.text):
        enqueue_durable("messaging.tasks.fetch_preview", message_id=message.pk)
    return card


def _reach_peer(actor: Viewer, conversation: Conversation, message: Message) -> dict[uuid.UUID, UserSummary]:
    """Give the summary of the sender; of a direct conversation also make sure that it is taken.

    MessagesNotAllowed when the other one is gone, or has not accepted it and takes no messages from the
    sender.
    """
    peer_id = peer_id_of(conversation, actor.id)
    if peer_id is None:
        return users_by_id({actor.id})
    people = users_by_id({actor.id, peer_id})
    peer = Membership.objects.filter(conversation_id=conversation.pk, user_id=peer_id).first()
    if peer is None or peer_id not in people:
        raise MessagesNotAllowed
    if peer.folder == Folder.REQUESTS:
        check_can_message(who_may_message([peer_id])[peer_id], relation_to(actor, peer_id))
        if message.seq == 1 or peer.is_hidden:
            _notify_of_request(message, actor.id, peer_id)
    if peer.is_hidden:
        Membership.objects.filter(pk=peer.pk).update(is_hidden=False)
    return people


def _notify_of_request(message: Message, actor_id: uuid.UUID, peer_id: uuid.UUID) -> None:
    notify(
        peer_id,
        kind=NotificationKind.MESSAGE_REQUEST,
        actor_id=actor_id,
        source=f"message_request:{message.conversation_id}",
        thing_kind="conversation",
        thing_id=message.conversation_id,
    )


def _move_own_seat(seat: Membership, message: Message) -> None:
    """Let the sender have read what they wrote; to answer a request is to accept it."""
    if seat.folder == Folder.REQUESTS:
        accept_by_answering(seat)
    own = Membership.objects.filter(pk=seat.pk)
    own.update(read_seq=message.seq, read_at=message.created_at, is_hidden=False)


def _complete(
    actor: Viewer,
    seat: Membership,
    draft: Draft,
    message: Message,
    people: dict[uuid.UUID, UserSummary],
    blocked: Collection[uuid.UUID],
) -> MessageCard:
    """Check and attach what the message shows, and give it as its frame shows it."""
    media = {}
    if draft.media_ids:
        cards = attach_media(actor.id, media_ids=draft.media_ids, to=f"message:{message.pk}", restricted=True)
        check_media(draft.kind, cards)
        media = {card.id: card for card in cards}
    reply = _answered(seat, draft, blocked)
    if draft.shared is not None:
        _check_shared(actor, *draft.shared)
    replies = {} if reply is None else {reply.pk: reply}
    card = card_of(message, people, media, replies, {}, {})
    return card if reply is None or is_open_to_all(reply) else without_quote(card)


def _answered(seat: Membership, draft: Draft, blocked: Collection[uuid.UUID]) -> Message | None:
    """Find the message that is answered; Invalid when its sender may not read it there."""
    if draft.reply_to is None:
        return None
    rows = Message.objects.filter(
        pk=draft.reply_to, conversation_id=draft.conversation_id, seq__gt=seat.first_seq
    )
    reply = rows.first()
    if reply is None or reply.sender_id in blocked:
        raise Invalid.at("/reply_to", "unknown", "There is no such message in this conversation")
    return reply


def _check_shared(actor: Viewer, kind: str, thing_id: uuid.UUID) -> None:
    """Refuse to share a kind of thing that nobody knows, or a thing the sender does not see."""
    answers = [answer for answer in find_shared.call(kind, [thing_id], actor) if answer is not None]
    if not answers:
        raise Invalid.at("/shared/kind", "unknown", "There is no such kind of thing to share")
    if not any(thing_id in answer for answer in answers):
        raise Invalid.at("/shared/id", "unknown", "There is no such thing to share")


def edit_message(
    actor: Viewer,
    *,
    message_id: uuid.UUID,
    text: str | None = None,
    precondition: Callable[[MessageCard], None] | None = None,
) -> MessageCard:
    """Change the text of one's own message, within fifteen minutes; what it said is kept.

    `precondition` may refuse on the message as it stands; the change is made to just that state or not
    at all.
    """
    _edit(actor, message_id, text, precondition)
    return get_message(actor, message_id)


@settled
def _edit(
    actor: Viewer,
    message_id: uuid.UUID,
    text: str | None,
    precondition: Callable[[MessageCard], None] | None,
) -> None:
    message, conversation = visible_message(actor, message_id)
    check_can_edit(actor, message, timezone.now())
    if precondition is not None:
        precondition(get_message(actor, message_id))
    if text is None or text == message.text:
        return
    if message.kind == MessageKind.TEXT:
        check_says_something(text, has_media=bool(message.media_ids))
    _write_if_unchanged(conversation, message, text)


@atomic
def _write_if_unchanged(conversation: Conversation, message: Message, text: str) -> None:
    before, link = message.text, first_link(text)
    has_new_link = link != first_link(before)
    changes = {
        "text": text,
        "edited_at": present(),
        "version": message.version + 1,
        "preview": None if has_new_link else message.preview,
    }
    if Message.objects.filter(pk=message.pk, version=message.version).update(**changes) != 1:
        raise LostRace
    MessageRevision.objects.create(message=message, version=message.version, text=before)
    for name, value in changes.items():
        setattr(message, name, value)
    tell_of_edit(conversation, message)
    if link and has_new_link:
        enqueue_durable("messaging.tasks.fetch_preview", message_id=message.pk)


def tell_of_edit(conversation: Conversation, message: Message) -> None:
    """Show a message as it is now to everybody who may read it."""
    reply = None
    if message.reply_to_id is not None:
        reply = Message.objects.filter(pk=message.reply_to_id).first()
    card = frame_card(message, is_reply_open=reply is None or is_open_to_all(reply))
    emit(
        MessageEdited(conversation_id=conversation.pk, message=card),
        to=[readers_of(conversation, message, actor_id=message.sender_id)],
    )


def unsend_message(actor: Viewer, *, message_id: uuid.UUID) -> MessageCard:
    """Take one's own message back: what it said and showed is deleted, its place stays.

    A second call gives the tombstone again.
    """
    _unsend(actor, message_id)
    return get_message(actor, message_id)


@settled
def _unsend(actor: Viewer, message_id: uuid.UUID) -> None:
    message, conversation = visible_message(actor, message_id)
    check_is_sender(actor, message)
    if message.unsent_at is None:
        with turn(message_id):
            empty_message(conversation, message)


@atomic
def empty_message(conversation: Conversation, message: Message) -> None:
    """Delete what a message says and shows, whoever asked for it; its place stays."""
    there = Message.objects.filter(pk=message.pk, unsent_at__isnull=True)
    emptied = there.update(
        text="",
        media_ids=[],
        reply_to_id=None,
        shared_kind="",
        shared_id=None,
        preview=None,
        edited_at=None,
        unsent_at=timezone.now(),
        version=F("version") + 1,
    )
    if not emptied:
        return
    MessageRevision.objects.filter(message_id=message.pk).delete()
    MessageReaction.objects.filter(message_id=message.pk).delete()
    if message.media_ids:
        delete_attached(to=f"message:{message.pk}")
    emit(
        MessageUnsent(conversation_id=conversation.pk, message_id=message.pk, seq=message.seq),
        to=[readers_of(conversation, message, actor_id=message.sender_id)],
    )
