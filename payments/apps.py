"""The payments app, and how it fills the slots of the apps below."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from accounts import ports as accounts_ports
        from payments.actions import subscription_ends

        accounts_ports.person_blocked.fill(subscription_ends.part_subscribers)
        accounts_ports.erase_person.fill(subscription_ends.erase_subscriptions)
