"""Messages over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.conditional import check_if_match
from grover.core.errors import Conflict
from grover.core.ids import new_id
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from messaging.actions import messages, reactions
from messaging.actions.reads import read_conversation
from messaging.cards.conversations import ConversationCard
from messaging.cards.messages import MessageCard, MessageRevisionCard
from messaging.errors.conversations import MessagesNotAllowed
from messaging.errors.messages import EditTooLate, MessageWasUnsent, NotTheSender
from messaging.selectors.threads import (
    get_message,
    history_of,
    messages_of,
    search_conversation,
    search_messages,
)
from messaging.serializers.messages import (
    MessageChanges,
    MessageInput,
    MessageQuery,
    MessageReactionInput,
    MessageSearchQuery,
    ReadInput,
)


class ConversationMessageViewSet(ApiViewSet):
    """The messages of a conversation."""

    limits = {"create": "message", "search": "message_search"}

    @operation(
        "List the messages of a conversation",
        description="The newest first, also before `before_seq`; after `after_seq` the oldest first.",
        query=MessageQuery,
        page_of=MessageCard,
    )
    def list(self, request: Request, conversation_id: str) -> HttpResponse:
        query = self.read_query(MessageQuery)
        page = messages_of(self.viewer, self.path_id(conversation_id), self.page_request(), **query)
        return self.answer_page(page)

    @operation(
        "Send a message",
        description="A second message of the same `client_id` in a conversation is the first one: 200.",
        body=MessageInput,
        card=MessageCard,
        status=201,
        other={200: MessageCard},
        errors=(MessagesNotAllowed, Conflict),
    )
    def create(self, request: Request, conversation_id: str) -> HttpResponse:
        read = self.read(MessageInput)
        read.setdefault("client_id", str(new_id()))
        card, is_new = messages.post_message(
            self.viewer, conversation_id=self.path_id(conversation_id), **read
        )
        location = f"/api/v1/messages/{card.id}"
        return self.answer(card, status=201 if is_new else 200, location=location if is_new else None)

    @operation(
        "Search the messages of a conversation",
        description="Those that contain every word of `q`, the newest first.",
        query=MessageSearchQuery,
        page_of=MessageCard,
    )
    def search(self, request: Request, conversation_id: str) -> HttpResponse:
        query = self.read_query(MessageSearchQuery)
        page = search_conversation(self.viewer, self.path_id(conversation_id), self.page_request(), **query)
        return self.answer_page(page)


class ConversationReadViewSet(ApiViewSet):
    """How far one has read a conversation."""

    @operation(
        "Say how far one has read a conversation",
        description="Never backwards: a `seq` before what was read changes nothing.",
        body=ReadInput,
        card=ConversationCard,
    )
    def set(self, request: Request, conversation_id: str) -> HttpResponse:
        read = self.read(ReadInput)
        card = read_conversation(self.viewer, conversation_id=self.path_id(conversation_id), **read)
        return self.answer(card)


class MessageViewSet(ApiViewSet):
    """One message, and the search through all of them."""

    limits = {"search": "message_search"}

    @operation("Read a message", card=MessageCard, conditional=True)
    def retrieve(self, request: Request, message_id: str) -> HttpResponse:
        return self.answer_resource(get_message(self.viewer, self.path_id(message_id)))

    @operation(
        "Edit a message",
        description="One's own, within fifteen minutes; what it said before is kept in its history.",
        body=MessageChanges,
        card=MessageCard,
        errors=(NotTheSender, EditTooLate, MessageWasUnsent, Conflict),
        conditional=True,
    )
    def partial_update(self, request: Request, message_id: str) -> HttpResponse:
        card = messages.edit_message(
            self.viewer,
            message_id=self.path_id(message_id),
            precondition=functools.partial(check_if_match, request),
            **self.read(MessageChanges, partial=True),
        )
        return self.answer(card)

    @operation(
        "Unsend a message",
        description="One's own, at any time. Its place stays, as a tombstone without content.",
        card=MessageCard,
        errors=(NotTheSender, Conflict),
    )
    def destroy(self, request: Request, message_id: str) -> HttpResponse:
        return self.answer(messages.unsend_message(self.viewer, message_id=self.path_id(message_id)))

    @operation(
        "List what a message said before",
        description="The last first; nothing of a message that was unsent.",
        page_of=MessageRevisionCard,
    )
    def history(self, request: Request, message_id: str) -> HttpResponse:
        return self.answer_page(history_of(self.viewer, self.path_id(message_id), self.page_request()))

    @operation(
        "Search messages",
        description="All one may read that contain every word of `q`, the newest first.",
        query=MessageSearchQuery,
        page_of=MessageCard,
    )
    def search(self, request: Request) -> HttpResponse:
        query = self.read_query(MessageSearchQuery)
        return self.answer_page(search_messages(self.viewer, self.page_request(), **query))


class MessageReactionViewSet(ApiViewSet):
    """One's reaction to a message."""

    @operation(
        "React to a message",
        description="A second reaction replaces the first.",
        body=MessageReactionInput,
        card=MessageCard,
        errors=(MessageWasUnsent, Conflict),
    )
    def set(self, request: Request, message_id: str) -> HttpResponse:
        read = self.read(MessageReactionInput)
        card = reactions.react_to_message(self.viewer, message_id=self.path_id(message_id), **read)
        return self.answer(card)

    @operation("Take one's reaction to a message back", card=MessageCard, errors=(Conflict,))
    def clear(self, request: Request, message_id: str) -> HttpResponse:
        return self.answer(reactions.unreact_to_message(self.viewer, message_id=self.path_id(message_id)))
