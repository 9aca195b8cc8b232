"""The Celery application: the broker, the queues and the schedule of workers and beat.

A task goes to the queue of its concern, so that a slow kind of work starves no other. Nothing is
delayed by `countdown`: what is due later is a row, and a periodic task looks for it.
"""

import os
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Queue

from grover.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grover.settings")

LONGEST_TASK_SECONDS = 600  # shorter than the claim on a durable job and the visibility timeout

QUEUES = ("default", "mail", "push", "feeds", "media", "money", "bulk")

TASK_ROUTES = {
    "accounts.tasks.send_*": {"queue": "mail"},
    "accounts.tasks.*export*": {"queue": "bulk"},
    "accounts.tasks.*erase*": {"queue": "bulk"},
    "content.tasks.*feed*": {"queue": "feeds"},
    "content.tasks.index_post": {"queue": "feeds"},
    "content.tasks.*erase*": {"queue": "bulk"},
    "content.tasks.fit_posts_of_author": {"queue": "bulk"},
    "content.tasks.roll_up_trends": {"queue": "bulk"},
    "media.tasks.*": {"queue": "media"},
    "messaging.tasks.send_digest*": {"queue": "mail"},
    "messaging.tasks.*push*": {"queue": "push"},
    "messaging.tasks.fetch_preview": {"queue": "bulk"},
    "payments.tasks.*": {"queue": "money"},
}


def _transport_options(broker_url: str) -> dict[str, Any]:
    """Bound every wait for the broker; on Redis, give the tasks of a killed worker back soon."""
    options: dict[str, Any] = {
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.2,
        "interval_max": 0.2,
    }
    if broker_url.startswith("amqp"):
        return {**options, "confirm_publish": True}
    if broker_url.startswith("redis"):
        return {
            **options,
            "visibility_timeout": 2 * LONGEST_TASK_SECONDS,
            "unacked_restore_interval": 1,
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
        }
    return {}


def _queues(broker_url: str) -> list[Queue]:
    arguments = {"x-queue-type": "quorum"} if broker_url.startswith("amqp") else None
    return [Queue(name, routing_key=name, queue_arguments=arguments) for name in QUEUES]


app = Celery("grover")
app.conf.update(
    broker_url=settings.BROKER_URL or "memory://",
    broker_connection_timeout=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options=_transport_options(settings.BROKER_URL),
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_time_limit=LONGEST_TASK_SECONDS,
    task_soft_time_limit=LONGEST_TASK_SECONDS - 30,
    task_default_queue="default",
    task_default_queue_type="quorum" if settings.BROKER_URL.startswith("amqp") else "classic",
    task_queues=_queues(settings.BROKER_URL),
    task_routes=TASK_ROUTES,
    worker_detect_quorum_queues=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    beat_schedule={entry.task: {"task": entry.task, "schedule": entry.every} for entry in SCHEDULE},
    timezone="UTC",
)
app.autodiscover_tasks()
