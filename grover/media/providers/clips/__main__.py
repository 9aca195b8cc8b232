"""The child: `python -m grover.media.providers.clips remux mp4`, in the folder that holds `source`.

It writes its files into that folder, and to its output one JSON document a line: how far it is, and at
the end what it made or why it did not.
"""

import json
import resource
import sys
from typing import Any

from grover.media.providers.clips.limits import LIMITS, REFUSED, Limits


def main(task: str, container: str) -> int:
    """Do one task within its limits, which are set before any of the libraries is loaded."""
    _confine(LIMITS[task])
    import av

    from grover.media.providers.clips import remuxing, rendering
    from grover.media.providers.clips.remuxing import TooLarge

    work = {"remux": remuxing.remux, "render": rendering.render}[task]
    try:
        found = work(container)
    except TooLarge:
        return _refuse("too_large")
    except (av.FFmpegError, ArithmeticError, LookupError, MemoryError, TypeError, ValueError):
        return _refuse("broken")
    _say(found)
    return 0


def _confine(limits: Limits) -> None:
    seconds = int(limits.wall_seconds)
    bounds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: limits.file_bytes}
    if sys.platform == "linux":  # elsewhere a bound on addresses bounds the libraries themselves
        bounds[resource.RLIMIT_AS] = limits.memory_bytes
    for name, bound in bounds.items():
        resource.setrlimit(name, (bound, bound))


def _refuse(reason: str) -> int:
    _say({"refused": reason})
    return REFUSED


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
