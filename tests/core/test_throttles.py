import time
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from grover.core import throttles
from grover.core.errors import RateLimited
from grover.core.viewers import ANONYMOUS, Viewer
from tests.races import run_parallel
from tests.services import RedisServer, black_hole

QUOTAS = {
    "read": "1200/minute",
    "write": "100/minute",
    "exact": "30/hour",
    "sign_in": "20/minute",
    "register": "20/hour",
}


@pytest.fixture(autouse=True)
def quotas(settings: Settings) -> None:
    settings.RATE_LIMITS = QUOTAS
    settings.RATE_LIMIT_FACTOR = 1
    settings.TRUSTED_PROXIES = 0
    throttles.forget_everything()


@pytest.fixture(params=["memory", "redis"])
def storage(request: Any, settings: Settings, redis_server: RedisServer) -> Iterator[str]:
    if request.param == "redis":
        redis_server.flush()
        settings.REDIS_URL = redis_server.url
    else:
        settings.REDIS_URL = ""
    throttles.forget_everything()
    yield request.param
    settings.REDIS_URL = ""
    throttles.forget_everything()


def request_from(address: str, *, user_id: uuid.UUID | None = None, **headers: str) -> Any:
    request = RequestFactory().get("/", REMOTE_ADDR=address, **headers)
    request.user = ANONYMOUS if user_id is None else Viewer(user_id, uuid.uuid4())  # type: ignore[assignment]
    return request


def spend_all(scope: str, subject: str, tries: int) -> int:
    granted = 0
    for _ in range(tries):
        try:
            throttles.spend_for(scope, subject)
            granted += 1
        except RateLimited:
            pass
    return granted


@pytest.mark.parametrize("scope", ["exact", "write", "read"])
def test_quota_is_granted_exactly_once(storage: str, scope: str) -> None:
    quota = int(QUOTAS[scope].partition("/")[0])
    assert spend_all(scope, "a", quota + 50) == quota
    assert spend_all(scope, "b", 1) == 1


@pytest.mark.parametrize("scope", ["exact", "write"])
def test_threads_together_are_granted_exactly_the_quota(storage: str, scope: str) -> None:
    quota = int(QUOTAS[scope].partition("/")[0])
    assert sum(run_parallel(8, lambda _: spend_all(scope, "a", 25))) == quota


def test_processes_together_never_exceed_the_quota(storage: str, settings: Settings) -> None:
    if storage == "memory":
        pytest.skip("a memory is of one process")
    processes = [throttles._Windows() for _ in range(5)]
    granted = sum(
        process.spend("write", "write:a", 100, 60) is not None for _ in range(40) for process in processes
    )
    assert granted == 100


def test_hot_reads_cost_few_round_trips(storage: str, redis_server: RedisServer) -> None:
    if storage == "memory":
        pytest.skip("a memory is no round trip")
    import redis

    client = redis.Redis.from_url(redis_server.url)
    client.config_resetstat()
    for _ in range(240):
        throttles.spend_for("read", "a")
    calls: dict[str, Any] = client.info("commandstats")  # type: ignore[assignment]
    assert calls["cmdstat_evalsha"]["calls"] == 240 / 24


def test_refused_clients_cost_no_round_trip(storage: str, redis_server: RedisServer) -> None:
    if storage == "memory":
        pytest.skip("a memory is no round trip")
    import redis

    assert spend_all("exact", "a", 31) == 30
    client = redis.Redis.from_url(redis_server.url)
    client.config_resetstat()
    assert spend_all("exact", "a", 100) == 0
    assert "cmdstat_evalsha" not in client.info("commandstats")


def test_quota_is_new_in_the_next_window() -> None:
    with time_machine.travel(1_800_000_000.0, tick=False) as clock:
        assert spend_all("exact", "a", 40) == 30
        clock.shift(3599)
        assert spend_all("exact", "a", 40) == 0
        clock.shift(2)
        assert spend_all("exact", "a", 40) == 30


def test_factor_raises_every_quota(settings: Settings) -> None:
    settings.RATE_LIMIT_FACTOR = 10
    assert spend_all("exact", "a", 400) == 300


def test_refusal_says_when_to_come_back() -> None:
    with time_machine.travel(1_800_000_000.0, tick=False) as clock:
        spend_all("exact", "a", 30)
        clock.shift(600)
        with pytest.raises(RateLimited) as caught:
            throttles.spend_for("exact", "a")
    assert caught.value.headers == {
        "Retry-After": "3000",
        "RateLimit-Policy": '"exact";q=30;w=3600',
        "RateLimit": '"exact";r=0;t=3000',
    }


def test_answer_tells_what_is_left() -> None:
    with time_machine.travel(1_800_000_000.0, tick=False):
        throttles.spend_for("read", "a")
        limit = throttles.spend_for("read", "a")
    response = HttpResponse()
    throttles.describe(response, limit)
    assert response["RateLimit-Policy"] == '"read";q=1200;w=60'
    assert response["RateLimit"] == '"read";r=1198;t=60'


def test_answer_without_a_limit_is_left_alone() -> None:
    response = HttpResponse()
    throttles.describe(response, None)
    assert "RateLimit" not in response.headers


def test_refusal_keeps_its_own_limit() -> None:
    response = HttpResponse(headers={"RateLimit": "its own"})
    throttles.describe(response, throttles.spend_for("read", "a"))
    assert response["RateLimit"] == "its own"


def test_signed_in_people_are_counted_by_account() -> None:
    ada, bob = uuid.uuid4(), uuid.uuid4()
    for number in range(30):
        throttles.spend(request_from(f"198.51.100.{number}", user_id=ada), "exact")
    with pytest.raises(RateLimited):
        throttles.spend(request_from("203.0.113.1", user_id=ada), "exact")
    throttles.spend(request_from("198.51.100.1", user_id=bob), "exact")


def test_guessing_is_counted_by_address_even_when_signed_in() -> None:
    for _ in range(20):
        throttles.spend(request_from("203.0.113.1", user_id=uuid.uuid4()), "sign_in")
    with pytest.raises(RateLimited):
        throttles.spend(request_from("203.0.113.1", user_id=uuid.uuid4()), "sign_in")


@pytest.mark.parametrize("scope", ["sign_in", "exact"])
def test_written_forwarded_addresses_help_nobody(scope: str) -> None:
    for _ in range(30 if scope == "exact" else 20):
        throttles.spend(request_from("203.0.113.1"), scope)
    refused = 0
    for number in range(50):
        try:
            throttles.spend(
                request_from("203.0.113.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 192.0.2.{number}"),
                scope,
            )
        except RateLimited:
            refused += 1
    assert refused == 50


def test_written_forwarded_addresses_help_nobody_behind_a_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    outcomes: Counter[bool] = Counter()
    for number in range(70):
        forged = f"198.51.100.{number}, 192.0.2.{number}, 203.0.113.7"
        try:
            throttles.spend(request_from("10.0.0.1", HTTP_X_FORWARDED_FOR=forged), "sign_in")
            outcomes[True] += 1
        except RateLimited:
            outcomes[False] += 1
    assert outcomes == {True: 20, False: 50}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "10.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "192.0.2.1, 198.51.100.1", "198.51.100.1"),
        (2, "192.0.2.1, 198.51.100.1, 203.0.113.1", "198.51.100.1"),
        (2, "198.51.100.1", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "198.51.100.1, '; DROP TABLE", "10.0.0.1"),
    ],
)
def test_client_address(proxies: int, forwarded: str, address: str, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert throttles.client_address(request) == address


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("", "unknown"),
    ],
)
def test_address_key(address: str, key: str) -> None:
    assert throttles.address_key(address) == key


def test_processes_are_stricter_while_redis_is_down(settings: Settings, redis_server: RedisServer) -> None:
    redis_server.flush()
    settings.REDIS_URL = redis_server.url
    throttles.forget_everything()
    assert spend_all("exact", "a", 3) == 3
    redis_server.stop()
    try:
        assert spend_all("exact", "a", 40) == 30 // 4
        assert spend_all("write", "b", 200) == 100 // 4
    finally:
        redis_server.start()
        settings.REDIS_URL = ""
        throttles.forget_everything()


def test_redis_that_never_answers_holds_up_one_request_only(settings: Settings) -> None:
    with black_hole() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        throttles.forget_everything()
        started = time.monotonic()
        throttles.spend_for("exact", "first")
        first = time.monotonic() - started
        started = time.monotonic()
        for number in range(100):
            throttles.spend_for("exact", str(number))
        others = time.monotonic() - started
    settings.REDIS_URL = ""
    throttles.forget_everything()
    assert first < 2.5
    assert others < 0.5


def test_redis_that_is_back_counts_again(settings: Settings, redis_server: RedisServer) -> None:
    settings.REDIS_URL = redis_server.url
    throttles.forget_everything()
    redis_server.stop()
    assert spend_all("exact", "a", 40) == 7
    redis_server.flush()
    throttles._windows._breaker.succeeded()  # its pause is over
    assert spend_all("exact", "b", 40) == 30
    settings.REDIS_URL = ""
    throttles.forget_everything()


def test_windows_kept_in_memory_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "MOST_WINDOWS", 10)
    for number in range(50):
        throttles.spend_for("exact", str(number))
    assert len(throttles._windows._windows) == 10
