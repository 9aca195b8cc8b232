"""Routes of signing in: registration, tokens, mail confirmations, passwords, two factors, sessions."""

from django.urls import path

from accounts.views.passwords import EmailViewSet, PasswordViewSet
from accounts.views.sessions import SessionViewSet
from accounts.views.sign_in import SignInViewSet
from accounts.views.two_factor import TwoFactorViewSet

urlpatterns = [
    path("auth/register", SignInViewSet.as_view({"post": "register"})),
    path("auth/login", SignInViewSet.as_view({"post": "login"})),
    path("auth/refresh", SignInViewSet.as_view({"post": "refresh"})),
    path("auth/logout", SignInViewSet.as_view({"post": "logout"})),
    path("auth/reauthenticate", SignInViewSet.as_view({"post": "reauthenticate"})),
    path("auth/email/verify", EmailViewSet.as_view({"post": "verify"})),
    path("auth/email/verify/resend", EmailViewSet.as_view({"post": "resend"})),
    path("auth/password/change", PasswordViewSet.as_view({"post": "change"})),
    path("auth/password/reset", PasswordViewSet.as_view({"post": "reset"})),
    path("auth/password/reset/confirm", PasswordViewSet.as_view({"post": "confirm_reset"})),
    path("auth/2fa/setup", TwoFactorViewSet.as_view({"post": "set_up"})),
    path("auth/2fa/confirm", TwoFactorViewSet.as_view({"post": "confirm"})),
    path("auth/2fa/disable", TwoFactorViewSet.as_view({"post": "disable"})),
    path("auth/sessions", SessionViewSet.as_view({"get": "list", "delete": "clear"})),
    path("auth/sessions/<str:session_id>", SessionViewSet.as_view({"delete": "destroy"})),
]
