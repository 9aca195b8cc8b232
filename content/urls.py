"""The routes of content, below `/api/v1/`."""

from django.urls import path

from content.views.close_friends import CloseFriendViewSet
from content.views.collections import CollectionFollowViewSet, CollectionPostViewSet, CollectionViewSet
from content.views.comments import CommentViewSet, PostCommentViewSet
from content.views.communities import (
    CommunityMemberViewSet,
    CommunityRequestViewSet,
    CommunityViewSet,
)
from content.views.discovery import DiscoveryViewSet
from content.views.drafts import DraftViewSet
from content.views.feed import FeedViewSet, UserPostViewSet
from content.views.highlights import HighlightStoryViewSet, HighlightViewSet, UserHighlightViewSet
from content.views.posts import PostViewSet
from content.views.purchases import PostPurchaseViewSet
from content.views.reactions import CommentReactionViewSet, PostReactionViewSet
from content.views.reposts import RepostViewSet
from content.views.saves import SavedPostViewSet
from content.views.search import SearchViewSet
from content.views.shelves import CategoryViewSet, MentionViewSet, TagViewSet
from content.views.stories import (
    StoryReactionViewSet,
    StoryReplyViewSet,
    StoryViewSet,
    UserStoryViewSet,
)

TOGGLE = {"put": "set", "delete": "clear"}
ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    path("search", SearchViewSet.as_view({"get": "list"})),
    path("explore", DiscoveryViewSet.as_view({"get": "explore"})),
    path("trending/posts", DiscoveryViewSet.as_view({"get": "posts"})),
    path("trending/tags", DiscoveryViewSet.as_view({"get": "tags"})),
    path("trending/creators", DiscoveryViewSet.as_view({"get": "creators"})),
    path("suggestions/users", DiscoveryViewSet.as_view({"get": "suggestions"})),
    path("feed", FeedViewSet.as_view({"get": "list"})),
    path("posts", PostViewSet.as_view({"post": "create"})),
    path("posts/<str:post_id>", PostViewSet.as_view(ONE)),
    path("posts/<str:post_id>/history", PostViewSet.as_view({"get": "history"})),
    path("posts/<str:post_id>/pin", PostViewSet.as_view({"put": "pin", "delete": "unpin"})),
    path("posts/<str:post_id>/view", PostViewSet.as_view({"put": "view"})),
    path("posts/<str:post_id>/vote", PostViewSet.as_view({"put": "vote"})),
    path("posts/<str:post_id>/repost", RepostViewSet.as_view(TOGGLE)),
    path("posts/<str:post_id>/reposts", RepostViewSet.as_view({"get": "list"})),
    path("posts/<str:post_id>/quotes", RepostViewSet.as_view({"get": "quotes"})),
    path("posts/<str:post_id>/reaction", PostReactionViewSet.as_view(TOGGLE)),
    path("posts/<str:post_id>/reactions", PostReactionViewSet.as_view({"get": "list"})),
    path("posts/<str:post_id>/comments", PostCommentViewSet.as_view({"get": "list", "post": "create"})),
    path("posts/<str:post_id>/purchases", PostPurchaseViewSet.as_view({"post": "create"})),
    path("posts/<str:post_id>/save", SavedPostViewSet.as_view(TOGGLE)),
    path("comments/<str:comment_id>", CommentViewSet.as_view(ONE)),
    path("comments/<str:comment_id>/replies", CommentViewSet.as_view({"get": "replies"})),
    path("comments/<str:comment_id>/hide", CommentViewSet.as_view({"put": "hide", "delete": "unhide"})),
    path("comments/<str:comment_id>/reaction", CommentReactionViewSet.as_view(TOGGLE)),
    path("me/saved", SavedPostViewSet.as_view({"get": "list"})),
    path("me/drafts", DraftViewSet.as_view({"get": "list"})),
    path("me/scheduled", DraftViewSet.as_view({"get": "scheduled"})),
    path("me/mentions", MentionViewSet.as_view({"get": "list"})),
    path("categories", CategoryViewSet.as_view({"get": "list"})),
    path("categories/<str:slug>/posts", CategoryViewSet.as_view({"get": "posts"})),
    path("tags/<str:tag>", TagViewSet.as_view({"get": "retrieve"})),
    path("tags/<str:tag>/posts", TagViewSet.as_view({"get": "posts"})),
    path("tags/<str:tag>/follow", TagViewSet.as_view({"put": "follow", "delete": "unfollow"})),
    path("communities", CommunityViewSet.as_view({"get": "list", "post": "create"})),
    path("communities/<str:community_id>", CommunityViewSet.as_view(ONE)),
    path("communities/<str:community_id>/posts", CommunityViewSet.as_view({"get": "posts"})),
    path(
        "communities/<str:community_id>/membership",
        CommunityViewSet.as_view({"put": "join", "delete": "leave"}),
    ),
    path("communities/<str:community_id>/members", CommunityMemberViewSet.as_view({"get": "list"})),
    path(
        "communities/<str:community_id>/members/<str:user>",
        CommunityMemberViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
    ),
    path("communities/<str:community_id>/requests", CommunityRequestViewSet.as_view({"get": "list"})),
    path(
        "communities/<str:community_id>/requests/<str:request_id>/accept",
        CommunityRequestViewSet.as_view({"post": "accept"}),
    ),
    path(
        "communities/<str:community_id>/requests/<str:request_id>/reject",
        CommunityRequestViewSet.as_view({"post": "reject"}),
    ),
    path("collections", CollectionViewSet.as_view({"get": "list", "post": "create"})),
    path("collections/<str:collection_id>", CollectionViewSet.as_view(ONE)),
    path("collections/<str:collection_id>/posts", CollectionPostViewSet.as_view({"get": "list"})),
    path("collections/<str:collection_id>/posts/<str:post_id>", CollectionPostViewSet.as_view(TOGGLE)),
    path("collections/<str:collection_id>/follow", CollectionFollowViewSet.as_view(TOGGLE)),
    path("users/<str:user>/collections", CollectionViewSet.as_view({"get": "of_person"})),
    path("users/<str:user>/reposts", RepostViewSet.as_view({"get": "of_person"})),
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
