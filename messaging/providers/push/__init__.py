"""Waking devices, over whichever service reaches them."""

from messaging.enums import PushKind
from messaging.providers.push.base import PushProvider
from messaging.providers.push.expo import Expo
from messaging.providers.push.webpush import WebPush

_PROVIDERS: dict[str, PushProvider] = {PushKind.WEB: WebPush(), PushKind.EXPO: Expo()}


def provider_for(kind: str) -> PushProvider:
    """Give the provider that reaches devices of a kind."""
    return _PROVIDERS[kind]
