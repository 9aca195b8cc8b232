"""How many messages a worker takes over REST, and a realtime process over its sockets with acks."""

import itertools
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from bench import servers
from bench.compare import Measured, measure_loop, observe
from bench.costs import Call, Cost, count
from bench.crowd import Crowds
from bench.data import Person, World
from bench.environment import DATABASE, Services
from bench.load import Generator, Outcome
from bench.plan import Plan
from bench.report import Table
from bench.requests import authorization, request
from bench.servers import Server
from bench.sockets import GROVER, masked

GROUP = 50
MEMBERS = (2, 50, 500)
MOST_SENT = 8_000  # more than a road takes in one measurement
WARM_UP_SECONDS = 1.0
TEXT = "rain all week so we built a boat, and now nobody knows where to put it"

_numbers = itertools.count(1)

Seat = tuple[Person, uuid.UUID]  # somebody, and the conversation in which they talk


@dataclass(frozen=True, slots=True)
class Result:
    """Messages by road and place, and what one costs by the number of members."""

    roads: Sequence[tuple[str, Measured]]
    direct_cost: Cost
    group_costs: Sequence[tuple[int, Cost]]

    def tables(self) -> list[Table]:
        """Show it."""
        roads = Table("Messages", ("", "messages/s", "p50 ms", "p99 ms", "CPU ms"))
        for name, one in self.roads:
            roads.rows.append((name, one.rate, one.p50, one.p99, one.cpu_ms))
        costs = Table("What a message costs", ("", "queries", "cache trips"))
        costs.rows.append(("to one other person", self.direct_cost.queries, self.direct_cost.trips))
        for members, cost in self.group_costs:
            costs.rows.append((f"into a group of {members:,}", cost.queries, cost.trips))
        return [roads, costs]


def measure_messages(services: Services, load: Generator, crowds: Crowds, world: World, plan: Plan) -> Result:
    """Count what messages cost, then send them over both roads."""
    people = world.people
    direct = _count(people[0], world.add_conversation(people[:2], is_direct=True))
    groups = [(number, _count(people[0], world.add_conversation(people[:number]))) for number in MEMBERS]
    senders = people[GROUP : GROUP + plan.connections]
    group_id = world.add_conversation(people[GROUP : 2 * GROUP])
    places: dict[str, list[Seat]] = {
        "a conversation each": [
            (one, world.add_conversation([one, other], is_direct=True))
            for one, other in zip(senders, people, strict=False)
        ],
        f"all into one group of {GROUP}": [(one, group_id) for one in senders],
    }
    world.settle()
    with servers.grover(services.settings(DATABASE)) as api:
        over_rest = [
            (f"REST, {name}", _measure_rest(api, load, seats, plan)) for name, seats in places.items()
        ]
    with servers.realtime(services.settings(DATABASE)) as realtime:
        over_sockets = [
            (f"socket, {name}", _measure_socket(realtime, crowds, seats, plan))
            for name, seats in places.items()
        ]
    return Result([*over_rest, *over_sockets], direct, groups)


def _count(sender: Person, conversation_id: uuid.UUID) -> Cost:
    """Count the questions of the second message, when what is asked once per process is known."""
    path = f"/conversations/{conversation_id}/messages"
    count(Call(sender, "POST", path, _message("counted")))
    return count(Call(sender, "POST", path, _message("counted")))


def _measure_rest(api: Server, load: Generator, seats: Sequence[Seat], plan: Plan) -> Measured:
    requests = [
        request(person, "POST", f"/conversations/{conversation_id}/messages", _message("rest"))
        for person, conversation_id in itertools.islice(itertools.cycle(seats), plan.warm_ups + MOST_SENT)
    ]
    load.at(api.port).once_each(requests[: plan.warm_ups], connections=plan.connections)
    return measure_loop(api, load, requests[plan.warm_ups :], plan)


def _measure_socket(realtime: Server, crowds: Crowds, seats: Sequence[Seat], plan: Plan) -> Measured:
    openings = [GROVER.opening(authorization(person)) for person, _ in seats]

    def talk(seconds: float) -> Outcome:
        commands = [[_command(seat) for _ in range(MOST_SENT // len(seats))] for seat in seats]
        return crowds.talk(realtime.port, GROVER, openings, commands, seconds)

    talk(WARM_UP_SECONDS)
    before = realtime.cpu_seconds
    return observe(realtime, before, talk(plan.seconds))


def _command(seat: Seat) -> bytes:
    _, conversation_id = seat
    data = {"conversation_id": str(conversation_id), **_message("socket")}
    return masked(json.dumps({"id": "c1", "type": "message.send", "data": data}).encode())


def _message(road: str) -> dict[str, str]:
    return {"client_id": f"{road}-{next(_numbers)}", "text": TEXT}
