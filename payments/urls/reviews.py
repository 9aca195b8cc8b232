"""The routes of reviews."""

from django.urls import path

from payments.views.reviews import ReviewViewSet

urlpatterns = [
    path("products/<str:product_id>/reviews", ReviewViewSet.as_view({"get": "list"})),
    path("products/<str:product_id>/review", ReviewViewSet.as_view({"put": "update", "delete": "destroy"})),
]
