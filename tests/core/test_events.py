import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from prometheus_client import REGISTRY

from grover.core import events
from grover.core.db import atomic
from grover.core.events import Event, emit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def no_events_of_tests() -> Iterator[None]:
    yield
    for name in ("sample.happened", "long_name_of_thing.happened"):
        events._registry.pop(name, None)


@dataclass(frozen=True, slots=True)
class SampleHappened(Event):
    thing_id: str
    by: int


@dataclass(frozen=True, slots=True)
class LongNameOfThingHappened(Event):
    pass


def told(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record.msg for record in caplog.records if record.name == "grover.core.events"]


def counted() -> float:
    return REGISTRY.get_sample_value("grover_events_total", {"type": "sample.happened"}) or 0.0


def test_type_follows_from_the_name() -> None:
    assert (SampleHappened.type, LongNameOfThingHappened.type) == (
        "sample.happened",
        "long_name_of_thing.happened",
    )
    assert SampleHappened in events.all_events()


def test_event_is_logged_and_counted_after_the_commit(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "grover.core.events")
    before = counted()

    @atomic
    def act() -> None:
        emit(SampleHappened("a", 1))
        assert (told(caplog), counted()) == ([], before)

    act()
    (line,) = told(caplog)
    assert (line["event"], line["thing_id"], line["by"]) == ("sample.happened", "a", 1)
    assert counted() == before + 1


def test_event_of_a_transaction_that_is_rolled_back_is_never_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "grover.core.events")
    before = counted()

    @atomic
    def act() -> None:
        emit(SampleHappened("a", 1))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert (told(caplog), counted()) == ([], before)


def test_every_event_of_the_product_is_named_after_a_fact() -> None:
    of_the_socket = {"hello", "presence", "typing"}  # as the socket's protocol names them
    dotless = {event.type for event in events.all_events() if event.type.count(".") != 1}
    assert dotless == of_the_socket
