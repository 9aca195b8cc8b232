"""Profiles: one's own and those of others."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.deletion import deactivate_account
from accounts.actions.profiles import change_profile
from accounts.cards.people import DeletionCard, OwnProfileCard, ProfileCard
from accounts.errors.identity import ReauthenticationRequired, UsernameTaken, WrongCode, WrongPassword
from accounts.selectors.profiles import get_own_profile, get_profile
from accounts.serializers.people import DeletionInput, ProfileInput
from grover.core import conditional
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class OwnProfileViewSet(ApiViewSet):
    """One's own account."""

    limits = {"destroy": "sign_in"}

    @operation("Read one's own profile", card=OwnProfileCard, conditional=True)
    def retrieve(self, request: Request) -> HttpResponse:
        return self.answer_resource(get_own_profile(self.viewer))

    @operation(
        "Change one's profile",
        description="Email takes effect when the new address is confirmed, and asks for a recent password.",
        body=ProfileInput,
        card=OwnProfileCard,
        errors=(ReauthenticationRequired, UsernameTaken),
        conditional=True,
    )
    def partial_update(self, request: Request) -> HttpResponse:
        changes = self.read(ProfileInput)
        card = change_profile(
            self.viewer,
            changes=changes,  # type: ignore[arg-type]
            check=lambda present: conditional.check_if_match(request, present),
        )
        return self.answer_resource(card)

    @operation(
        "Delete one's account",
        description="It is hidden at once and erased after 30 days, unless its owner signs in before.",
        body=DeletionInput,
        card=DeletionCard,
        status=202,
        errors=(WrongPassword, WrongCode),
    )
    def destroy(self, request: Request) -> HttpResponse:
        proof = self.read(DeletionInput)
        card = deactivate_account(self.viewer, password=proof["password"], otp=proof["otp"])
        return self.answer(card, status=202)


class ProfileViewSet(ApiViewSet):
    """People, as others see them."""

    public = frozenset({"retrieve"})

    @operation("Read somebody's profile", card=ProfileCard, conditional=True)
    def retrieve(self, request: Request, user: str) -> HttpResponse:
        return self.answer_resource(get_profile(self.viewer, user))
