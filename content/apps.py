"""The content app, and how it fills the slots of the apps below."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "content"

    def ready(self) -> None:
        from accounts import ports as accounts_ports
        from content.actions import close_friends, erasure, moderation, posts, story_erasure
        from content.selectors import excerpts, reach, reported, shared, tallies
        from grover.media import ports as media_ports
        from messaging import ports as messaging_ports

        accounts_ports.erase_person.fill(erasure.erase_person)
        accounts_ports.erase_person.fill(story_erasure.erase_storyteller)
        accounts_ports.find_reportable.fill(reach.find_reportable)
        accounts_ports.find_reported.fill(reported.find_reported)
        accounts_ports.moderate_reported.fill(moderation.moderate)
        accounts_ports.erase_removed.fill(moderation.erase_removed)
        accounts_ports.audience_changed.fill(posts.follow_audience_of)
        accounts_ports.person_blocked.fill(close_friends.part_friends)
        accounts_ports.count_posts.fill(tallies.count_posts)
        media_ports.may_view_attached.fill(reach.may_view_attached)
        media_ports.may_view_attached.fill(reach.may_view_story_media)
        messaging_ports.find_excerpts.fill(excerpts.find_excerpts)
        messaging_ports.find_shared.fill(shared.find_shared)
        messaging_ports.find_shared.fill(shared.find_shared_stories)
