"""The routes of the pages that a buyer's browser is sent to, at the root of the site."""

from django.urls import path

from payments.views.pages import DoneView
from payments.views.sandbox import OrderStepView, OrderView, SubscriptionStepView, SubscriptionView

urlpatterns = [
    path("payments/done", DoneView.as_view()),
    path("sandbox/orders/<str:key>", OrderView.as_view()),
    path("sandbox/orders/<str:key>/<str:step>", OrderStepView.as_view()),
    path("sandbox/subscriptions/<str:key>", SubscriptionView.as_view()),
    path("sandbox/subscriptions/<str:key>/<str:step>", SubscriptionStepView.as_view()),
]
