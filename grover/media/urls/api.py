"""The routes of uploads, below `/api/v1/`."""

from django.urls import path

from grover.media.views.direct import DirectUploadViewSet
from grover.media.views.uploads import MediaViewSet, UploadViewSet

urlpatterns = [
    path("media", UploadViewSet.as_view({"post": "create"})),
    path("media/direct", DirectUploadViewSet.as_view({"post": "create"})),
    path("media/<str:media_id>/complete", DirectUploadViewSet.as_view({"post": "complete"})),
    path(
        "media/<str:media_id>",
        MediaViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]
