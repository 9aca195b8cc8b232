"""Who is in a conversation, over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.selectors.people import user_id_of
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from messaging.actions import members
from messaging.cards.conversations import MemberCard
from messaging.errors.conversations import (
    GroupFull,
    MessagesNotAllowed,
    NotAccepted,
    NotAGroup,
    OwnerStays,
    RoleTooLow,
)
from messaging.selectors.members import members_of
from messaging.serializers.conversations import RoleInput


class MemberViewSet(ApiViewSet):
    """Who is in a conversation, and what they may do in it."""

    @operation(
        "List who is in a conversation",
        description="Whoever came first first.",
        page_of=MemberCard,
    )
    def list(self, request: Request, conversation_id: str) -> HttpResponse:
        page = members_of(self.viewer, self.path_id(conversation_id), self.page_request())
        return self.answer_page(page)

    @operation(
        "Add somebody to a group",
        description="For its owner and admins. They see what is written from now on. Doing it twice changes"
        " nothing.",
        card=MemberCard,
        errors=(NotAGroup, RoleTooLow, MessagesNotAllowed, GroupFull, Conflict),
    )
    def add(self, request: Request, conversation_id: str, user: str) -> HttpResponse:
        card = members.add_member(
            self.viewer, conversation_id=self.path_id(conversation_id), user_id=user_id_of(user)
        )
        return self.answer(card)

    @operation(
        "Remove somebody from a group, or leave it",
        description="Who leaves may be anybody, who removes others has a higher role. The owner who leaves"
        " hands over to the oldest admin, else to the oldest member.",
        errors=(NotAGroup, RoleTooLow, Conflict),
    )
    def remove(self, request: Request, conversation_id: str, user: str) -> HttpResponse:
        members.remove_member(
            self.viewer, conversation_id=self.path_id(conversation_id), user_id=user_id_of(user)
        )
        return self.no_content()

    @operation(
        "Give a member another role",
        description="For the owner. To make another one the owner is to hand over: one becomes an admin.",
        body=RoleInput,
        card=MemberCard,
        errors=(NotAGroup, RoleTooLow, OwnerStays, NotAccepted),
    )
    def partial_update(self, request: Request, conversation_id: str, user: str) -> HttpResponse:
        card = members.change_role(
            self.viewer,
            conversation_id=self.path_id(conversation_id),
            user_id=user_id_of(user),
            role=self.read(RoleInput)["role"],
        )
        return self.answer(card)
