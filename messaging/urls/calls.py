"""The routes of calls."""

from django.urls import path

from messaging.views.calls import CallViewSet

_CALL = "calls/<str:call_id>"

urlpatterns = [
    path("calls", CallViewSet.as_view({"get": "list", "post": "create"})),
    path(_CALL, CallViewSet.as_view({"get": "retrieve"})),
    path(f"{_CALL}/answer", CallViewSet.as_view({"post": "answer_ringing"})),
    path(f"{_CALL}/decline", CallViewSet.as_view({"post": "decline"})),
    path(f"{_CALL}/end", CallViewSet.as_view({"post": "end"})),
]
