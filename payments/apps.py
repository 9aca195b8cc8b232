"""The payments app, and how it fills the slots of the apps below."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from accounts import ports as accounts_ports
        from grover.media import ports as media_ports
        from payments.actions import market_erasure, subscription_ends
        from payments.selectors import delivery, reported

        accounts_ports.person_blocked.fill(subscription_ends.part_subscribers)
        accounts_ports.erase_person.fill(subscription_ends.erase_subscriptions)
        accounts_ports.erase_person.fill(market_erasure.erase_person)
        accounts_ports.find_reportable.fill(reported.find_reportable)
        accounts_ports.find_reported.fill(reported.find_reported)
        media_ports.may_view_attached.fill(delivery.may_view_attached)
