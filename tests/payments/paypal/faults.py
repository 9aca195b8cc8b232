"""What can be made to go wrong with the next requests for an operation."""

import threading
from collections import defaultdict, deque
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong. The last six change what is made, the others how it is answered."""

    TIMEOUT_BEFORE = "no answer, and no effect"
    TIMEOUT_AFTER = "no answer, though the effect is there"
    ERROR_BEFORE = "503, and no effect"
    ERROR_AFTER = "500, though the effect is there"
    CONFLICT = "409: an earlier request of this id is in progress"
    TOO_MANY = "429"
    UNAUTHORIZED = "401: the token is not known any more"
    RESET = "the connection is reset, and there is no effect"
    RESET_AFTER = "the connection is reset, though the effect is there"
    SLOW = "the answer takes a moment"
    TRICKLE = "the answer comes byte by byte, and does not end"
    NONSENSE = "200 with something that is no JSON"
    STRANGE_404 = "404 from something before PayPal"
    PENDING_CAPTURE = "the order is COMPLETED, its capture PENDING"
    DECLINED_CAPTURE = "the order is COMPLETED, its capture DECLINED"
    WRONG_AMOUNT = "the order is of another amount"
    WRONG_PAYEE = "the order is paid to somebody else"
    WRONG_CURRENCY = "the order is in another currency"
    PENDING_REFUND = "the refund is PENDING"


BEFORE = frozenset(
    {
        Fault.TIMEOUT_BEFORE,
        Fault.ERROR_BEFORE,
        Fault.CONFLICT,
        Fault.TOO_MANY,
        Fault.UNAUTHORIZED,
        Fault.RESET,
        Fault.TRICKLE,
        Fault.NONSENSE,
        Fault.STRANGE_404,
    }
)


class Faults:
    """The faults that are to come, a queue for each operation."""

    def __init__(self, operations: frozenset[str]) -> None:
        self._operations = operations
        self._queues: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._lock = threading.Lock()

    def order(self, operation: str, *faults: Fault, times: int = 1) -> None:
        """Have the next requests for an operation go wrong so, in turn."""
        assert operation in self._operations, f"{operation} is none of {sorted(self._operations)}"
        with self._lock:
            self._queues[operation].extend(faults * times)

    def take(self, operation: str) -> Fault | None:
        """Give the fault of a request."""
        with self._lock:
            queue = self._queues[operation]
            return queue.popleft() if queue else None

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._queues.clear()
