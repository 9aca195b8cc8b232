"""The routes of the devices that are woken."""

from django.urls import path

from messaging.views.push import PushDeviceViewSet

urlpatterns = [
    path("push-devices", PushDeviceViewSet.as_view({"get": "list", "post": "create"})),
    path("push-devices/vapid", PushDeviceViewSet.as_view({"get": "vapid"})),
    path("push-devices/<str:device_id>", PushDeviceViewSet.as_view({"delete": "destroy"})),
]
