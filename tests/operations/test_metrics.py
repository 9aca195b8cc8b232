import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from grover.core.events import all_events
from grover.core.jobs import enqueue_durable
from grover.core.models import OutboxJob
from grover.operations import metrics
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def counted_anew() -> None:
    metrics.forget_everything()


def scrape(path: str = "/metrics") -> dict[str, dict[tuple[str, ...], float]]:
    """Give the value of each sample by its name and the values of its labels."""
    response = Client().get(path)
    assert response.status_code == 200
    samples: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            samples.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return samples


def responses() -> dict[tuple[str, str, str], float]:
    """Give the number of answers by route, method and status."""
    counted = {}
    for family in text_string_to_metric_families(Client().get("/metrics").text):
        for sample in family.samples:
            if sample.name == "django_http_responses_total_by_status_view_method_total":
                key = (sample.labels["view"], sample.labels["method"], sample.labels["status"])
                counted[key] = sample.value
    return counted


def test_requests_are_counted_by_route_never_by_path(api: Any) -> None:
    before = responses()

    for name in ("one", "two", "three"):
        assert api().get(f"users/{name}").status_code == 404

    new = {key: count - before.get(key, 0) for key, count in responses().items() if "users" in key[0]}
    assert {key: count for key, count in new.items() if count} == {
        ("/api/v1/users/<str:user>", "GET", "404"): 3.0
    }


def test_paths_and_methods_that_clients_make_up_share_one_label(api: Any) -> None:
    before = responses()

    for name in ("a", "b"):
        Client().generic("GET", f"/nothing/{name}")
        Client().generic(f"MADEUP{name.upper()}", "/api/live")

    after = responses()
    assert after["none", "GET", "404"] - before.get(("none", "GET", "404"), 0) == 2.0
    assert after["/api/live", "other", "405"] - before.get(("/api/live", "other", "405"), 0) == 2.0
    text = Client().get("/metrics").text
    assert "MADEUP" not in text
    assert "/nothing" not in text


def test_every_event_is_there_before_its_first() -> None:
    counted = scrape()["grover_events_total"]

    assert {(event.type,) for event in all_events()} <= set(counted)
    for name in (
        "user.registered",
        "session.started",
        "post.published",
        "comment.added",
        "reaction.added",
        "media.uploaded",
    ):
        assert (name,) in counted


def test_posts_are_counted(api: Any) -> None:
    before = scrape()["grover_events_total"][("post.published",)]

    assert api(make_user()).post("posts", json={"text": "Hello"}).status_code == 201

    assert scrape()["grover_events_total"][("post.published",)] == before + 1


def test_active_people_are_those_who_came_within_the_window() -> None:
    today = timezone.now().date()
    for days in (0, 0, 3, 20, 60):
        make_user(last_active_on=today - dt.timedelta(days=days))

    assert scrape()["grover_active_people"] == {("day",): 2.0, ("week",): 3.0, ("month",): 4.0}


def test_facts_are_counted_at_most_twice_a_minute(django_assert_num_queries: Any) -> None:
    scrape()
    make_user(last_active_on=timezone.now().date())

    assert scrape()["grover_active_people"][("day",)] == 0.0


def test_lag_of_durable_jobs_is_told(settings: Settings) -> None:
    settings.JOBS = "celery"
    settings.CELERY_APP = "nowhere.app"
    job_id = enqueue_durable("nothing")
    OutboxJob.objects.filter(pk=job_id).update(due_at=timezone.now() - dt.timedelta(seconds=90))

    samples = scrape()
    assert 90 <= samples["grover_outbox_lag_seconds"][()] < 100
    assert samples["grover_dead_jobs"] == {(): 0.0}


def test_queries_are_measured(api: Any) -> None:
    make_user()

    samples = scrape()

    if connection.vendor == "mongodb":
        assert samples["grover_mongodb_command_seconds_count"][("insert",)] > 0
    else:
        assert sum(samples["django_db_query_duration_seconds_count"].values()) > 0


@pytest.mark.parametrize("path", ["/metrics", "/api/metrics"])
@pytest.mark.parametrize(
    ("allowed", "address", "status"),
    [
        (["127.0.0.1"], "127.0.0.1", 200),
        (["127.0.0.1"], "127.0.0.2", 404),
        (["10.0.0.0/8"], "10.20.30.40", 200),
        (["10.0.0.0/8"], "11.0.0.1", 404),
        (["10.0.0.0/8"], "::ffff:10.1.2.3", 200),
        (["fd00::/8"], "fd00::17", 200),
        (["fd00::/8"], "fe80::1", 404),
        ([], "127.0.0.1", 404),
    ],
)
def test_metrics_are_for_allowed_addresses(
    path: str, allowed: list[str], address: str, status: int, settings: Settings
) -> None:
    settings.METRICS_ALLOW = allowed

    response = Client(REMOTE_ADDR=address).get(path)

    assert response.status_code == status
    if status == 404:
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        (0, "10.0.0.1", 404),  # nobody may claim to be another
        (1, "10.0.0.1", 200),
        (1, "10.0.0.1, 203.0.113.7", 404),
        (2, "10.0.0.1, 203.0.113.7", 200),
    ],
)
def test_address_is_the_one_that_trusted_proxies_tell(
    proxies: int, forwarded: str, status: int, settings: Settings
) -> None:
    settings.METRICS_ALLOW = ["10.0.0.0/8"]
    settings.TRUSTED_PROXIES = proxies

    client = Client(REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": forwarded})

    assert client.get("/metrics").status_code == status
