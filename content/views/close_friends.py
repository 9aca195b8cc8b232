"""The list of close friends over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.cards.people import PersonCard
from accounts.errors.people import OwnAccount
from accounts.selectors.people import user_id_of
from content.actions.close_friends import add_close_friend, remove_close_friend
from content.selectors.close_friends import close_friends_of
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class CloseFriendViewSet(ApiViewSet):
    """Whom one counts among one's close friends; nobody else learns of it."""

    @operation("List one's close friends", description="The last added first.", page_of=PersonCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(close_friends_of(self.viewer, self.page_request()))

    @operation(
        "Count somebody among one's close friends",
        description="Doing it twice changes nothing; a block ends it.",
        card=PersonCard,
        errors=(OwnAccount,),
    )
    def set(self, request: Request, user: str) -> HttpResponse:
        return self.answer(add_close_friend(self.viewer, friend_id=user_id_of(user)))

    @operation("Count somebody among one's close friends no more", card=PersonCard, errors=(OwnAccount,))
    def clear(self, request: Request, user: str) -> HttpResponse:
        return self.answer(remove_close_friend(self.viewer, friend_id=user_id_of(user)))
