"""Many talk at once, while frames are lost, connections break and processes are killed: nothing is missed."""

import asyncio
import itertools
import random
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from django.db import connection

from messaging.models import Conversation, Message
from tests.conftest import sign_in
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation
from tests.operations.processes import Process, database_url, running_server
from tests.realtime.servers import Realtime, running_realtime
from tests.realtime.talkers import Ack, Rest, Talker, listening
from tests.services import RedisServer, free_port
from tests.sizes import IS_WHOLE

pytestmark = pytest.mark.django_db(transaction=True)

IS_SQLITE = connection.vendor == "sqlite"  # one writer at a time, for all processes

SENDERS = 10 if IS_SQLITE else 50
MESSAGES_EACH = {"sqlite": 20, "mongodb": 200 if IS_WHOLE else 60}.get(connection.vendor, 200)
READERS = 3 if IS_SQLITE else 8
CUTS = 6 if IS_SQLITE else 30
DROPPED = 0.2
CONVERGED_WITHIN = 5.0
WHOLE_SECONDS = 900  # a machine that is busy with much else
LONGEST_WAIT = WHOLE_SECONDS

REPEATED = 30 if IS_SQLITE else 1_000
REPEATERS = 10
MOST_COPIES = 20
FEW_COPIES = 3  # of most messages: it is the race that matters, and it takes minutes as it is
MANY_COPIES = 0.1
SOCKETS_EACH = 3

KILLS = 5 if IS_SQLITE else 20
TALKERS_KILLED = 8
MOST_ACKS_BEFORE_A_KILL = 30


@pytest.fixture
def redis(redis_server: RedisServer) -> RedisServer:
    redis_server.start()
    return redis_server


@pytest.fixture
def api_url(transactional_db: None, redis: RedisServer, tmp_path: Path) -> Iterator[str]:
    """REST, served as in production."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.realtime.settings", "REDIS_URL": redis.url}
    with running_server(tmp_path, **settings) as (_, http):
        yield str(http.base_url)


@pytest.fixture
def forgetful_realtime(transactional_db: None, redis: RedisServer, tmp_path: Path) -> Iterator[Realtime]:
    """A realtime process that a fifth of the frames do not reach."""
    with running_realtime(tmp_path, redis.url, TEST_DROPPED=str(DROPPED)) as server:
        yield server


@asynccontextmanager
async def rest_of(api_url: str) -> AsyncIterator[Callable[[uuid.UUID], Rest]]:
    """Open what reads and sends messages of any conversation over REST."""
    limits = httpx.Limits(max_connections=16)
    async with (
        asyncio.timeout(WHOLE_SECONDS),
        httpx.AsyncClient(base_url=api_url, limits=limits, timeout=WHOLE_SECONDS) as client,
    ):
        yield lambda conversation_id: Rest(client, conversation_id)


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; TimeoutError after minutes, such as when a server does not start."""
    async with asyncio.timeout(LONGEST_WAIT):
        while not condition():  # noqa: ASYNC110 - many things that happen together make it true
            await asyncio.sleep(0.02)


def history(conversation: Conversation) -> dict[str, Ack]:
    """Read the messages of a conversation in order, by `client_id`; check that none is missing."""
    rows = Message.objects.filter(conversation=conversation).order_by("seq")
    found = [(client_id, str(pk), seq) for client_id, pk, seq in rows.values_list("client_id", "pk", "seq")]
    assert [seq for _, _, seq in found] == list(range(1, len(found) + 1))
    stored = {client_id: (pk, seq) for client_id, pk, seq in found}
    assert len(stored) == len(found)
    return stored


def names(who: int, count: int) -> list[str]:
    return [f"{who}-{number}" for number in range(count)]


# --- Frames are lost and connections break -------------------------------------------------------


def test_all_learn_the_same_though_frames_are_lost_and_connections_break(
    forgetful_realtime: Realtime, api_url: str
) -> None:
    users = [make_user() for _ in range(SENDERS + READERS)]
    group = make_conversation("group", *users)
    tokens = [sign_in(user)[1] for user in users]

    talkers = asyncio.run(_talk_to_all(forgetful_realtime.url, api_url, tokens, group.pk))

    stored = history(group)
    assert set(stored) == {name for who in range(SENDERS) for name in names(who, MESSAGES_EACH)}
    assert {len(talker.seen) for talker in talkers} == {len(stored)}
    for who, talker in enumerate(talkers):
        assert talker.seen == [pk for pk, _ in stored.values()]
        assert talker.acks == {name: stored[name] for name in talker.acks}
        assert list(talker.acks) == (names(who, MESSAGES_EACH) if who < SENDERS else [])
        assert [seq for _, seq in talker.acks.values()] == sorted(seq for _, seq in talker.acks.values())
        assert talker.breaks or 0.6 < talker.heard / len(stored) < 0.95  # what came over the socket itself
    assert sum(talker.breaks for talker in talkers) >= CUTS


async def _talk_to_all(url: str, api_url: str, tokens: list[str], conversation_id: uuid.UUID) -> list[Talker]:
    """Let the first ones send and all listen, for a few seconds longer than the last ack."""
    total = SENDERS * MESSAGES_EACH
    async with rest_of(api_url) as rest:
        talkers = [Talker(url, token, conversation_id, rest(conversation_id)) for token in tokens]
        async with listening(talkers):
            async with asyncio.TaskGroup() as tasks:
                for who, talker in enumerate(talkers[:SENDERS]):
                    tasks.create_task(talker.send_all(names(who, MESSAGES_EACH)))
                tasks.create_task(_cut_now_and_then(talkers, total))
            end = time.monotonic() + CONVERGED_WITHIN
            await until(lambda: time.monotonic() > end or all(len(one.seen) == total for one in talkers))
            return talkers


async def _cut_now_and_then(talkers: list[Talker], total: int) -> None:
    """Cut somebody off each time that so many more messages are acked."""
    chance = random.Random(1843)
    for number in range(1, CUTS + 1):
        due = total * number // (CUTS + 1)
        await until(lambda due=due: sum(len(talker.acks) for talker in talkers) >= due)  # type: ignore[misc]
        await until(lambda: chance.choice(talkers).cut())


# --- A message is sent over and over -------------------------------------------------------------


def test_message_that_is_sent_over_and_over_is_one(
    realtime_process: Realtime, transactional_db: None, api_url: str
) -> None:
    users = [make_user() for _ in range(REPEATERS)]
    talks = [make_conversation("direct", *pair) for pair in zip(users[::2], users[1::2], strict=True)]
    seats = [(talks[who // 2].pk, sign_in(user)[1]) for who, user in enumerate(users)]

    sent, acks = asyncio.run(_repeat(realtime_process.url, api_url, seats))

    stored: dict[str, Ack] = {}
    for talk in talks:
        stored |= history(talk)
    assert Message.objects.count() == len(stored) == REPEATED
    assert {name: len(answers) for name, answers in acks.items()} == sent
    assert {name: set(answers) for name, answers in acks.items()} == {
        name: {ack} for name, ack in stored.items()
    }


async def _repeat(
    url: str, api_url: str, seats: list[tuple[uuid.UUID, str]]
) -> tuple[dict[str, int], dict[str, list[Ack]]]:
    """Send each message up to twenty times at once, over both roads; give how often, and what was said."""
    chance = random.Random(1852)
    sent: dict[str, int] = {}
    acks: dict[str, list[Ack]] = defaultdict(list)

    async def repeat(who: int, sockets: list[Talker]) -> None:
        for name in names(who, REPEATED // len(seats)):
            sent[name] = chance.randint(1, MOST_COPIES if chance.random() < MANY_COPIES else FEW_COPIES)
            copies = [chance.choice([*sockets, *[None] * len(sockets)]) for _ in range(sent[name])]
            acks[name] += await asyncio.gather(
                *(
                    sockets[0].rest.send(sockets[0].token, name) if socket is None else socket.send(name)
                    for socket in copies
                )
            )

    async with rest_of(api_url) as rest:
        sockets = [
            [Talker(url, token, conversation_id, rest(conversation_id)) for _ in range(SOCKETS_EACH)]
            for conversation_id, token in seats
        ]
        async with listening([socket for own in sockets for socket in own]), asyncio.TaskGroup() as tasks:
            for who, own in enumerate(sockets):
                tasks.create_task(repeat(who, own))
    return sent, acks


# --- The process is killed -----------------------------------------------------------------------


@pytest.mark.skipif(
    connection.vendor == "mongodb",
    reason="MongoDB keeps the locks of a killed client's transaction for a minute, and each kill leaves one",
)
def test_what_was_acked_survives_any_kill(
    transactional_db: None, redis: RedisServer, api_url: str, tmp_path: Path
) -> None:
    users = [make_user() for _ in range(TALKERS_KILLED)]
    group = make_conversation("group", *users)
    tokens = [sign_in(user)[1] for user in users]
    port = str(free_port())
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.realtime.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis.url,
        "HOST": "127.0.0.1",
        "PORT": port,
    }

    def start() -> Process:
        return Process("realtime.sh", tmp_path, settings)

    url = f"ws://127.0.0.1:{port}/ws/"
    talkers = asyncio.run(_talk_while_killed(start, url, api_url, tokens, group.pk))

    stored = history(group)
    acked = {name: ack for talker in talkers for name, ack in talker.acks.items()}
    assert acked == stored
    for talker in talkers:
        assert talker.seen == [pk for pk, _ in stored.values()]
        assert talker.breaks >= KILLS


async def _talk_while_killed(
    start: Callable[[], Process], url: str, api_url: str, tokens: list[str], conversation_id: uuid.UUID
) -> list[Talker]:
    """Let all send, each until their last message is stored, while the process is killed and comes back."""
    chance = random.Random(1871)
    is_over = False

    async def send(who: int, talker: Talker) -> None:
        for name in itertools.takewhile(lambda _: not is_over, names(who, 10_000)):
            talker.acks[name] = await talker.send(name)

    async with rest_of(api_url) as rest:
        talkers = [Talker(url, token, conversation_id, rest(conversation_id)) for token in tokens]
        process = start()
        try:
            async with listening(talkers):
                async with asyncio.TaskGroup() as tasks:
                    for who, talker in enumerate(talkers):
                        tasks.create_task(send(who, talker))
                    for _ in range(KILLS):
                        due = _acked(talkers) + chance.randint(1, MOST_ACKS_BEFORE_A_KILL)
                        await until(lambda due=due: _acked(talkers) >= due)  # type: ignore[misc]
                        process.kill()
                        process = start()
                    is_over = True
                end = time.monotonic() + CONVERGED_WITHIN
                await until(
                    lambda: time.monotonic() > end or all(len(one.seen) == _acked(talkers) for one in talkers)
                )
        finally:
            process.kill()
    return talkers


def _acked(talkers: list[Talker]) -> int:
    return sum(len(talker.acks) for talker in talkers)
