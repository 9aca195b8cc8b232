"""Routes of people: profiles, follows, blocks, mutes, settings, reports, decisions, exports."""

from django.urls import path

from accounts.views.decisions import DecisionsViewSet
from accounts.views.exports import ExportsViewSet
from accounts.views.profiles import OwnProfileViewSet, ProfileViewSet
from accounts.views.relations import (
    BlocksViewSet,
    FollowRequestsViewSet,
    FollowsViewSet,
    MutesViewSet,
)
from accounts.views.reports import ReportsViewSet
from accounts.views.settings import SettingsViewSet

urlpatterns = [
    path(
        "me",
        OwnProfileViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("me/settings", SettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("me/export", ExportsViewSet.as_view({"post": "create"})),
    path("me/export/<str:export_id>", ExportsViewSet.as_view({"get": "retrieve"}), name="export"),
    path("me/decisions", DecisionsViewSet.as_view({"get": "list"})),
    path("me/decisions/<str:decision_id>/appeal", DecisionsViewSet.as_view({"post": "appeal"})),
    path("me/follow-requests", FollowRequestsViewSet.as_view({"get": "list"})),
    path("me/follow-requests/<str:request_id>/accept", FollowRequestsViewSet.as_view({"post": "accept"})),
    path("me/follow-requests/<str:request_id>/reject", FollowRequestsViewSet.as_view({"post": "reject"})),
    path("me/blocks", BlocksViewSet.as_view({"get": "list"})),
    path("me/mutes", MutesViewSet.as_view({"get": "list"})),
    path("users/<str:user>", ProfileViewSet.as_view({"get": "retrieve"})),
    path("users/<str:user>/followers", FollowsViewSet.as_view({"get": "followers"})),
    path("users/<str:user>/following", FollowsViewSet.as_view({"get": "following"})),
    path("users/<str:user>/follow", FollowsViewSet.as_view({"put": "follow", "delete": "unfollow"})),
    path("users/<str:user>/block", BlocksViewSet.as_view({"put": "block", "delete": "unblock"})),
    path("users/<str:user>/mute", MutesViewSet.as_view({"put": "mute", "delete": "unmute"})),
    path("reports", ReportsViewSet.as_view({"post": "create"})),
    path("reports/<str:report_id>", ReportsViewSet.as_view({"get": "retrieve"}), name="report"),
]
