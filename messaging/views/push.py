"""The devices that are woken, over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from messaging.actions.devices import register_device, remove_device
from messaging.cards.push import PushDeviceCard, VapidCard
from messaging.errors.push import PushNotSetUp, TooManyDevices
from messaging.providers.push.vapid import public_key
from messaging.selectors.push import devices_of
from messaging.serializers.push import PushDeviceInput


class PushDeviceViewSet(ApiViewSet):
    """The browsers and phones on which one is woken."""

    limits = {"create": "push_device"}

    @operation(
        "List one's devices",
        description="The newest first. What a device is reached by is never shown.",
        page_of=PushDeviceCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(devices_of(self.viewer, self.page_request()))

    @operation(
        "Register a device",
        description="A browser by what it subscribed with, a phone by its Expo token. It is woken until one"
        " signs out where it was registered. Registering it again answers 200; it is then no one else's.",
        body=PushDeviceInput,
        card=PushDeviceCard,
        status=201,
        other={200: PushDeviceCard},
        errors=(PushNotSetUp, TooManyDevices, Conflict),
        example={"kind": "expo", "token": "ExponentPushToken[xxxxxxxxxxxxxxxxxxxxxx]", "name": "My phone"},
    )
    def create(self, request: Request) -> HttpResponse:
        card, is_new = register_device(self.viewer, **self.read(PushDeviceInput))
        return self.answer(card, status=201 if is_new else 200)

    @operation("Remove a device")
    def destroy(self, request: Request, device_id: str) -> HttpResponse:
        remove_device(self.viewer, device_id=self.path_id(device_id))
        return self.no_content()

    @operation("Read what browsers subscribe with", card=VapidCard)
    def vapid(self, request: Request) -> HttpResponse:
        return self.answer(VapidCard(public_key=public_key()))
