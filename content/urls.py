"""The routes of content, below `/api/v1/`."""

from django.urls import path

from content.views.close_friends import CloseFriendViewSet
from content.views.comments import CommentViewSet, PostCommentViewSet
from content.views.feed import FeedViewSet, UserPostViewSet
from content.views.highlights import HighlightStoryViewSet, HighlightViewSet, UserHighlightViewSet
from content.views.posts import PostViewSet
from content.views.reactions import CommentReactionViewSet, PostReactionViewSet
from content.views.saves import SavedPostViewSet
from content.views.stories import (
    StoryReactionViewSet,
    StoryReplyViewSet,
    StoryViewSet,
    UserStoryViewSet,
)

TOGGLE = {"put": "set", "delete": "clear"}
ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    path("feed", FeedViewSet.as_view({"get": "list"})),
    path("posts", PostViewSet.as_view({"post": "create"})),
    path("posts/<str:post_id>", PostViewSet.as_view(ONE)),
    path("posts/<str:post_id>/history", PostViewSet.as_view({"get": "history"})),
    path("posts/<str:post_id>/pin", PostViewSet.as_view({"put": "pin", "delete": "unpin"})),
    path("posts/<str:post_id>/view", PostViewSet.as_view({"put": "view"})),
    path("posts/<str:post_id>/reaction", PostReactionViewSet.as_view(TOGGLE)),
    path("posts/<str:post_id>/reactions", PostReactionViewSet.as_view({"get": "list"})),
    path("posts/<str:post_id>/comments", PostCommentViewSet.as_view({"get": "list", "post": "create"})),
    path("posts/<str:post_id>/save", SavedPostViewSet.as_view(TOGGLE)),
    path("comments/<str:comment_id>", CommentViewSet.as_view(ONE)),
    path("comments/<str:comment_id>/replies", CommentViewSet.as_view({"get": "replies"})),
    path("comments/<str:comment_id>/hide", CommentViewSet.as_view({"put": "hide", "delete": "unhide"})),
    path("comments/<str:comment_id>/reaction", CommentReactionViewSet.as_view(TOGGLE)),
    path("me/saved", SavedPostViewSet.as_view({"get": "list"})),
    path("users/<str:user>/posts", UserPostViewSet.as_view({"get": "list"})),
    path("users/<str:user>/media", UserPostViewSet.as_view({"get": "media"})),
    path("stories", StoryViewSet.as_view({"get": "list", "post": "create"})),
    path("stories/<str:story_id>", StoryViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("stories/<str:story_id>/view", StoryViewSet.as_view({"put": "view"})),
    path("stories/<str:story_id>/viewers", StoryViewSet.as_view({"get": "viewers"})),
    path("stories/<str:story_id>/reaction", StoryReactionViewSet.as_view(TOGGLE)),
    path("stories/<str:story_id>/reply", StoryReplyViewSet.as_view({"post": "create"})),
    path("users/<str:user>/stories", UserStoryViewSet.as_view({"get": "list"})),
    path("me/close-friends", CloseFriendViewSet.as_view({"get": "list"})),
    path("me/close-friends/<str:user>", CloseFriendViewSet.as_view(TOGGLE)),
    path("highlights", HighlightViewSet.as_view({"get": "list", "post": "create"})),
    path("highlights/<str:highlight_id>", HighlightViewSet.as_view(ONE)),
    path("highlights/<str:highlight_id>/stories", HighlightViewSet.as_view({"get": "stories"})),
    path("highlights/<str:highlight_id>/stories/<str:story_id>", HighlightStoryViewSet.as_view(TOGGLE)),
    path("users/<str:user>/highlights", UserHighlightViewSet.as_view({"get": "list"})),
]
