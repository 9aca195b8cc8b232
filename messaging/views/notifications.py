"""Notifications over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.schema import operation
from grover.core.views import ApiViewSet
from messaging.actions.notification_reads import read_notification, read_notifications, see_notifications
from messaging.cards.notifications import NotificationCard, UnreadCard
from messaging.selectors.notifications import notifications_of, unread_of
from messaging.serializers.notifications import NotificationQuery, ReadNotificationsInput, SeenInput


class NotificationViewSet(ApiViewSet):
    """What one was told of."""

    @operation(
        "List one's notifications",
        description="The newest first. What is about the same thing is one notification while it is unread.",
        query=NotificationQuery,
        page_of=NotificationCard,
    )
    def list(self, request: Request) -> HttpResponse:
        query = self.read_query(NotificationQuery)
        return self.answer_page(notifications_of(self.viewer, self.page_request(), **query))

    @operation(
        "Count what one has not read",
        description="`unseen` is what came since one last said what one has seen.",
        card=UnreadCard,
    )
    def unread(self, request: Request) -> HttpResponse:
        return self.answer(unread_of(self.viewer.id))

    @operation(
        "Say which notifications one has seen",
        description="All up to a `seq`; never backwards.",
        body=SeenInput,
        card=UnreadCard,
    )
    def see(self, request: Request) -> HttpResponse:
        return self.answer(see_notifications(self.viewer, **self.read(SeenInput)))

    @operation(
        "Read one's notifications",
        description="All, or those up to `until_seq`. What comes after begins a notification of its own.",
        body=ReadNotificationsInput,
        card=UnreadCard,
    )
    def read_all(self, request: Request) -> HttpResponse:
        return self.answer(read_notifications(self.viewer, **self.read(ReadNotificationsInput)))

    @operation("Read one notification", card=NotificationCard)
    def read_one(self, request: Request, notification_id: str) -> HttpResponse:
        return self.answer(read_notification(self.viewer, notification_id=self.path_id(notification_id)))
