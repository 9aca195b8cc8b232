"""The routes of products."""

from django.urls import path

from payments.views.products import ProductViewSet

urlpatterns = [
    path("products", ProductViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "products/<str:product_id>",
        ProductViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("products/<str:product_id>/file", ProductViewSet.as_view({"get": "file"})),
    path("users/<str:user>/products", ProductViewSet.as_view({"get": "of_person"})),
]
