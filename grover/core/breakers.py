"""Circuit breakers: a service that is down costs one attempt every few seconds, not one a request."""

import threading
import time


class Breaker:
    """Remembers that a service failed, and lets one caller at a time find out whether it is back."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._closed_again_at = 0.0
        self._lock = threading.Lock()

    @property
    def is_closed(self) -> bool:
        """Whether the service answered when it was last tried."""
        return not self._closed_again_at

    def allows(self) -> bool:
        """Tell whether to try the service; after a failure only one caller per pause is told yes."""
        if not self._closed_again_at:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._closed_again_at:
                return False
            self._closed_again_at = now + self._seconds
            return True

    def failed(self) -> None:
        """Stop trying for a while."""
        self._closed_again_at = time.monotonic() + self._seconds

    def succeeded(self) -> None:
        """Let everyone through."""
        self._closed_again_at = 0.0
