"""Addresses and passwords over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.emails import resend_verification, verify_email
from accounts.actions.passwords import change_password, confirm_reset, request_reset
from accounts.cards.identity import ACCEPTED, AcceptedCard
from accounts.errors.identity import MailTokenInvalid, WrongPassword
from accounts.serializers.identity import (
    MailTokenInput,
    PasswordChangeInput,
    ResetConfirmationInput,
    ResetInput,
)
from grover.core.schema import operation
from grover.core.views import ApiViewSet

_TOKEN = "Xw3h0vTn4kqE6s1mJ9yB2rLd8uPc5aGz7iFoKeQbNtY"  # noqa: S105  an example


class EmailViewSet(ApiViewSet):
    """Proving that an address is one's own."""

    public = frozenset({"verify"})
    limits = {"verify": "sign_in", "resend": "mail"}

    @operation(
        "Confirm an address by the token that was sent to it",
        body=MailTokenInput,
        errors=(MailTokenInvalid,),
        example={"token": _TOKEN},
    )
    def verify(self, request: Request) -> HttpResponse:
        verify_email(**self.read(MailTokenInput))
        return self.no_content()

    @operation("Send the mail that confirms one's address again", card=AcceptedCard, status=202)
    def resend(self, request: Request) -> HttpResponse:
        resend_verification(self.viewer)
        return self.answer(ACCEPTED, status=202)


class PasswordViewSet(ApiViewSet):
    """Changing a password, and choosing a new one by mail."""

    public = frozenset({"reset", "confirm_reset"})
    limits = {"reset": "password_reset", "confirm_reset": "sign_in", "change": "sign_in"}

    @operation(
        "Change one's password",
        description="All sessions but this one end.",
        body=PasswordChangeInput,
        errors=(WrongPassword,),
    )
    def change(self, request: Request) -> HttpResponse:
        change_password(self.viewer, **self.read(PasswordChangeInput))
        return self.no_content()

    @operation(
        "Ask for a new password by mail",
        description="The answer is the same for known and unknown addresses.",
        body=ResetInput,
        card=AcceptedCard,
        status=202,
    )
    def reset(self, request: Request) -> HttpResponse:
        request_reset(**self.read(ResetInput))
        return self.answer(ACCEPTED, status=202)

    @operation(
        "Choose a new password by the token that was sent",
        description="All sessions end.",
        body=ResetConfirmationInput,
        errors=(MailTokenInvalid,),
        example={"token": _TOKEN, "new_password": "an even better passphrase"},
    )
    def confirm_reset(self, request: Request) -> HttpResponse:
        confirm_reset(**self.read(ResetConfirmationInput))
        return self.no_content()
