"""Opening accounts, signing in and out over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.reauthentication import confirm_password
from accounts.actions.registration import register
from accounts.actions.sessions import Client, sign_out
from accounts.actions.sign_in import sign_in
from accounts.actions.tokens import refresh
from accounts.cards.identity import ReauthenticationCard, RegistrationCard, TokensCard
from accounts.errors.identity import (
    AccountSuspended,
    OtpRequired,
    RefreshTokenInvalid,
    UsernameTaken,
    WrongCode,
    WrongCredentials,
    WrongOtp,
    WrongPassword,
)
from accounts.serializers.identity import (
    ReauthenticationInput,
    RefreshInput,
    RegistrationInput,
    SignInInput,
)
from grover.core.errors import RateLimited
from grover.core.schema import operation
from grover.core.throttles import client_address
from grover.core.views import ApiViewSet


class SignInViewSet(ApiViewSet):
    """Registration and tokens."""

    public = frozenset({"register", "login", "refresh"})
    limits = {"register": "register", "login": "sign_in", "refresh": "refresh"}
    idempotency_in_steps = frozenset(
        {"login", "refresh", "reauthenticate"}
    )  # a refusal must leave its traces

    @operation(
        "Open an account",
        description="For people of 13 and more. A mail asks to confirm the address. No answer tells "
        "whether somebody else has the address.",
        body=RegistrationInput,
        card=RegistrationCard,
        status=201,
        errors=(UsernameTaken,),
    )
    def register(self, request: Request) -> HttpResponse:
        card = register(**self.read(RegistrationInput))
        return self.answer(card, status=201, location=f"/api/v1/users/@{card.username}")

    @operation(
        "Sign in",
        description="Within 30 days of deleting an account, signing in undoes it.",
        body=SignInInput,
        card=TokensCard,
        errors=(WrongCredentials, OtpRequired, WrongOtp, AccountSuspended, RateLimited),
        example={"identifier": "ada", "password": "correct horse battery staple"},
    )
    def login(self, request: Request) -> HttpResponse:
        values = self.read(SignInInput)
        device = values.pop("device") or request.META.get("HTTP_USER_AGENT", "")
        return self.answer(sign_in(**values, client=Client(device, client_address(request))))

    @operation(
        "Exchange a refresh token",
        description="Each is used once. Used again after more than 30 seconds, or after the next one "
        "was used, it ends its whole session.",
        body=RefreshInput,
        card=TokensCard,
        errors=(RefreshTokenInvalid,),
        example={"refresh_token": "grt_AZgPfoo7fEGdLltveoydDgGYD36KO3xBnS5bb3qMnQ4x..."},
    )
    def refresh(self, request: Request) -> HttpResponse:
        return self.answer(refresh(self.read(RefreshInput)["refresh_token"]))

    @operation("Sign out", description="The session of this request ends.")
    def logout(self, request: Request) -> HttpResponse:
        sign_out(self.viewer)
        return self.no_content()

    @operation(
        "Confirm the password again",
        description="What matters most asks for it: for ten minutes it counts as confirmed.",
        body=ReauthenticationInput,
        card=ReauthenticationCard,
        errors=(WrongPassword, WrongCode),
        example={"password": "correct horse battery staple"},
    )
    def reauthenticate(self, request: Request) -> HttpResponse:
        return self.answer(confirm_password(self.viewer, **self.read(ReauthenticationInput)))
