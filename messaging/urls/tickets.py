"""The routes of tickets."""

from django.urls import path

from messaging.views.tickets import TicketViewSet

urlpatterns = [path("realtime/ticket", TicketViewSet.as_view({"post": "create"}))]
