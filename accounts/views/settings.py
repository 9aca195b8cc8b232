"""How one wants things."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.settings import change_settings
from accounts.cards.people import SettingsCard
from accounts.selectors.settings import get_settings
from accounts.serializers.people import SettingsInput
from grover.core import conditional
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class SettingsViewSet(ApiViewSet):
    """Privacy and notifications."""

    @operation("Read one's settings", card=SettingsCard, conditional=True)
    def retrieve(self, request: Request) -> HttpResponse:
        return self.answer_resource(get_settings(self.viewer.id))

    @operation(
        "Change one's settings",
        description="An account that becomes public accepts all who asked to follow it.",
        body=SettingsInput,
        card=SettingsCard,
        conditional=True,
    )
    def partial_update(self, request: Request) -> HttpResponse:
        changes = self.read(SettingsInput)
        card = change_settings(
            self.viewer,
            changes=changes,  # type: ignore[arg-type]
            check=lambda present: conditional.check_if_match(request, present),
        )
        return self.answer_resource(card)
