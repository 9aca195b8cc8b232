"""Stories over REST."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from accounts.errors.people import OwnAccount
from content.actions import stories, story_reactions
from content.cards.stories import RingCard, StoryCard, StoryViewerCard
from content.errors import NotTheAuthor
from content.selectors.stories import get_story, stories_of
from content.selectors.story_viewers import viewers_of
from content.selectors.tray import tray
from content.serializers import ReactionInput
from content.serializers.stories import StoryInput, StoryReplyInput
from grover.core.errors import Conflict
from grover.core.ids import new_id
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from messaging.cards.messages import MessageCard
from messaging.errors.conversations import MessagesNotAllowed


class StoryViewSet(ApiViewSet):
    """Showing things for a day, and who sees them."""

    public = frozenset({"retrieve"})

    @operation(
        "Read one's tray of stories",
        description="A ring for each person one follows who has stories of the last day, without whom one"
        " mutes: one's own first, then those with something new, then the others, the latest first.",
        page_of=RingCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(tray(self.viewer, self.page_request(), now=timezone.now()))

    @operation(
        "Publish a story",
        description="An upload, a text, or both; it is seen for 24 hours.",
        body=StoryInput,
        card=StoryCard,
        status=201,
    )
    def create(self, request: Request) -> HttpResponse:
        card = stories.publish_story(self.viewer, **self.read(StoryInput))
        return self.answer(card, status=201, location=f"/api/v1/stories/{card.id}")

    @operation("Read a story", card=StoryCard, conditional=True)
    def retrieve(self, request: Request, story_id: str) -> HttpResponse:
        return self.answer_resource(get_story(self.viewer, self.path_id(story_id), now=timezone.now()))

    @operation("Delete a story", description="Also from one's highlights.", errors=(NotTheAuthor,))
    def destroy(self, request: Request, story_id: str) -> HttpResponse:
        stories.delete_story(self.viewer, story_id=self.path_id(story_id))
        return self.no_content()

    @operation(
        "Count that one saw a story",
        description="Once a person; that authors see their own is not counted.",
        errors=(Conflict,),
    )
    def view(self, request: Request, story_id: str) -> HttpResponse:
        stories.view_story(self.viewer, story_id=self.path_id(story_id))
        return self.no_content()

    @operation(
        "List who saw a story",
        description="For its author alone; the last first.",
        page_of=StoryViewerCard,
        errors=(NotTheAuthor,),
    )
    def viewers(self, request: Request, story_id: str) -> HttpResponse:
        page = viewers_of(self.viewer, self.path_id(story_id), self.page_request(), now=timezone.now())
        return self.answer_page(page)


class UserStoryViewSet(ApiViewSet):
    """The stories of one person."""

    public = frozenset({"list"})

    @operation(
        "List somebody's stories of the last day",
        description="Those that are for the viewer, the oldest first.",
        page_of=StoryCard,
    )
    def list(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(stories_of(self.viewer, user, self.page_request(), now=timezone.now()))


class StoryReactionViewSet(ApiViewSet):
    """One's reaction to a story."""

    @operation(
        "React to a story",
        description="Which is to have seen it. A second reaction replaces the first.",
        body=ReactionInput,
        card=StoryCard,
        errors=(Conflict,),
    )
    def set(self, request: Request, story_id: str) -> HttpResponse:
        read = self.read(ReactionInput)
        card = story_reactions.react_to_story(self.viewer, story_id=self.path_id(story_id), **read)
        return self.answer(card)

    @operation("Take one's reaction to a story back", card=StoryCard, errors=(Conflict,))
    def clear(self, request: Request, story_id: str) -> HttpResponse:
        return self.answer(story_reactions.unreact_to_story(self.viewer, story_id=self.path_id(story_id)))


class StoryReplyViewSet(ApiViewSet):
    """Answers to a story."""

    limits = {"create": "message"}

    @operation(
        "Reply to a story",
        description="With a message to its author that shows it. A second one of the same `client_id` is the"
        " first one: 200.",
        body=StoryReplyInput,
        card=MessageCard,
        status=201,
        other={200: MessageCard},
        errors=(OwnAccount, MessagesNotAllowed, Conflict),
    )
    def create(self, request: Request, story_id: str) -> HttpResponse:
        read = self.read(StoryReplyInput)
        read.setdefault("client_id", str(new_id()))
        card, is_new = story_reactions.reply_to_story(self.viewer, story_id=self.path_id(story_id), **read)
        location = f"/api/v1/messages/{card.id}"
        return self.answer(card, status=201 if is_new else 200, location=location if is_new else None)
