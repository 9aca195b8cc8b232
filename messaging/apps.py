"""The messaging app, and how it fills the slots of the apps below."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from accounts import ports as accounts_ports
        from grover.media import ports as media_ports
        from messaging.actions import call_ends, erasure, follow_notices, moderation, withdrawals
        from messaging.selectors import reach

        accounts_ports.erase_person.fill(call_ends.erase_caller)
        accounts_ports.erase_person.fill(erasure.erase_person)
        accounts_ports.erase_person.fill(withdrawals.forget_actor)
        accounts_ports.person_followed.fill(follow_notices.tell_followed)
        accounts_ports.follow_requested.fill(follow_notices.tell_requested)
        accounts_ports.follow_accepted.fill(follow_notices.tell_accepted)
        accounts_ports.follows_accepted.fill(follow_notices.tell_all_accepted)
        accounts_ports.follow_ended.fill(follow_notices.take_back_follow)
        accounts_ports.person_blocked.fill(follow_notices.part_people)
        accounts_ports.person_blocked.fill(call_ends.part_callers)
        accounts_ports.find_reportable.fill(reach.find_reportable)
        accounts_ports.find_reported.fill(reach.find_reported)
        accounts_ports.moderate_reported.fill(moderation.moderate)
        media_ports.may_view_attached.fill(reach.may_view_attached)
