"""Every route of the server."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

handler400 = "grover.core.errors.bad_request_view"
handler403 = "grover.core.errors.forbidden_view"
handler404 = "grover.core.errors.not_found_view"
handler500 = "grover.core.errors.server_error_view"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("content.urls")),  # first: what is asked most is matched soonest
    path("api/v1/", include("messaging.urls")),
    path("api/v1/", include("payments.urls")),
    path("api/v1/", include("accounts.urls")),
    path("api/v1/", include("grover.media.urls.api")),
    path("media/", include("grover.media.urls.files")),
    path("", include("payments.urls.sandbox")),
    path("", include("grover.operations.urls")),
    path("admin/", admin.site.urls),
]
