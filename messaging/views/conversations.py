"""Conversations over REST, and where one keeps them."""

import functools

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from accounts.errors.people import OwnAccount
from grover.core.conditional import check_if_match
from grover.core.errors import Conflict, NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from messaging.actions import conversations, places
from messaging.actions.members import delete_conversation
from messaging.cards.conversations import ConversationCard
from messaging.enums import ConversationKind
from messaging.errors.conversations import (
    GroupFull,
    MessagesNotAllowed,
    NotAccepted,
    NotAGroup,
    RoleTooLow,
)
from messaging.selectors.inbox import conversations_of, get_conversation
from messaging.serializers.conversations import (
    ConversationChanges,
    ConversationInput,
    FolderQuery,
    MuteInput,
)


class ConversationViewSet(ApiViewSet):
    """Conversations of two people, and of groups."""

    limits = {"create": "conversation"}

    @operation(
        "List one's conversations",
        description="The one that was active last first.",
        query=FolderQuery,
        page_of=ConversationCard,
    )
    def list(self, request: Request) -> HttpResponse:
        folder = self.read_query(FolderQuery)["folder"]
        return self.answer_page(conversations_of(self.viewer, folder, self.page_request()))

    @operation(
        "Begin a conversation",
        description="With one person there is one: beginning it again answers 200 with the one there is."
        " With people who do not follow one it lands in their requests.",
        body=ConversationInput,
        card=ConversationCard,
        status=201,
        other={200: ConversationCard},
        errors=(OwnAccount, NotFound, MessagesNotAllowed, GroupFull, Conflict),
        example={"kind": "direct", "user_ids": ["01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"]},
    )
    def create(self, request: Request) -> HttpResponse:
        values = self.read(ConversationInput)
        if values.pop("kind") == ConversationKind.DIRECT:
            card, is_new = conversations.start_direct(self.viewer, user_id=values["user_ids"][0])
        else:
            card, is_new = conversations.start_group(self.viewer, **values), True
        if not is_new:
            return self.answer(card)
        return self.answer(card, status=201, location=f"/api/v1/conversations/{card.id}")

    @operation("Read a conversation", card=ConversationCard, conditional=True)
    def retrieve(self, request: Request, conversation_id: str) -> HttpResponse:
        return self.answer_resource(get_conversation(self.viewer, self.path_id(conversation_id)))

    @operation(
        "Change a group",
        description="For its owner and admins. A picture that is replaced is deleted.",
        body=ConversationChanges,
        card=ConversationCard,
        errors=(NotAGroup, RoleTooLow),
        conditional=True,
    )
    def partial_update(self, request: Request, conversation_id: str) -> HttpResponse:
        card = conversations.change_conversation(
            self.viewer,
            conversation_id=self.path_id(conversation_id),
            changes=self.read(ConversationChanges, partial=True),
            precondition=functools.partial(check_if_match, request),
        )
        return self.answer(card)

    @operation(
        "Delete a conversation for oneself",
        description="With one person: what was said until now is hidden from oneself, and the conversation"
        " until something new is said. A group is left.",
        errors=(Conflict,),
    )
    def destroy(self, request: Request, conversation_id: str) -> HttpResponse:
        delete_conversation(self.viewer, conversation_id=self.path_id(conversation_id))
        return self.no_content()

    @operation(
        "Mute a conversation",
        description="Until a moment, or for ever, which is the year 9999.",
        body=MuteInput,
        card=ConversationCard,
    )
    def mute(self, request: Request, conversation_id: str) -> HttpResponse:
        card = places.mute_conversation(
            self.viewer,
            conversation_id=self.path_id(conversation_id),
            until=self.read(MuteInput)["until"],
            now=timezone.now(),
        )
        return self.answer(card)

    @operation("Mute a conversation no more", card=ConversationCard)
    def unmute(self, request: Request, conversation_id: str) -> HttpResponse:
        card = places.unmute_conversation(self.viewer, conversation_id=self.path_id(conversation_id))
        return self.answer(card)

    @operation("Archive a conversation", card=ConversationCard, errors=(NotAccepted,))
    def archive(self, request: Request, conversation_id: str) -> HttpResponse:
        card = places.archive_conversation(self.viewer, conversation_id=self.path_id(conversation_id))
        return self.answer(card)

    @operation("Take a conversation out of the archive", card=ConversationCard)
    def unarchive(self, request: Request, conversation_id: str) -> HttpResponse:
        card = places.unarchive_conversation(self.viewer, conversation_id=self.path_id(conversation_id))
        return self.answer(card)

    @operation(
        "Accept a conversation",
        description="It moves from the requests to the inbox. Writing in it does the same.",
        card=ConversationCard,
    )
    def accept(self, request: Request, conversation_id: str) -> HttpResponse:
        card = places.accept_conversation(self.viewer, conversation_id=self.path_id(conversation_id))
        return self.answer(card)
