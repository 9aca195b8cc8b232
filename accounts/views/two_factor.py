"""Two-factor authentication over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.two_factor import confirm_two_factor, disable_two_factor, set_up_two_factor
from accounts.cards.identity import RecoveryCodesCard, TwoFactorSetupCard
from accounts.errors.identity import (
    ReauthenticationRequired,
    TwoFactorAlreadyOn,
    TwoFactorNotSetUp,
    WrongCode,
)
from accounts.serializers.identity import CodeInput
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class TwoFactorViewSet(ApiViewSet):
    """Signing in with a code beside the password."""

    @operation(
        "Set two factors up",
        description="Show `otpauth_uri` as a QR code; then confirm with a first code.",
        card=TwoFactorSetupCard,
        errors=(ReauthenticationRequired, TwoFactorAlreadyOn),
    )
    def set_up(self, request: Request) -> HttpResponse:
        return self.answer(set_up_two_factor(self.viewer))

    @operation(
        "Turn two factors on by a first code",
        description="The answer has ten recovery codes, which are not shown again.",
        body=CodeInput,
        card=RecoveryCodesCard,
        errors=(TwoFactorNotSetUp, TwoFactorAlreadyOn, WrongCode),
    )
    def confirm(self, request: Request) -> HttpResponse:
        return self.answer(confirm_two_factor(self.viewer, **self.read(CodeInput)))

    @operation(
        "Turn two factors off",
        body=CodeInput,
        errors=(ReauthenticationRequired, TwoFactorNotSetUp, WrongCode),
    )
    def disable(self, request: Request) -> HttpResponse:
        disable_two_factor(self.viewer, **self.read(CodeInput))
        return self.no_content()
