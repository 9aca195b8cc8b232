"""Runs the parts that are asked for, and prints what was found."""

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import NoReturn

from bench.environment import Services, Unavailable, set_up_django

PARTS = ("generator", "feed", "endpoints", "growth", "money", "mixed", "visibility", "messages", "fanout")


def main() -> int:
    """Measure; give the exit status."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _end)
    try:
        services = Services.found()
    except Unavailable as error:
        print(error, file=sys.stderr)
        return 2
    set_up_django(services)
    from bench.run import Run  # needs Django

    busy = os.getloadavg()[0]
    if busy > 0.5:
        _say(f"Other programs are running (load {busy:.1f}); the numbers will suffer")
    started = time.monotonic()
    run = Run(services, quick=arguments.quick, say=_say)
    text = run.measure(arguments.only)
    _say(f"Took {time.monotonic() - started:.0f} s")
    print(text)
    if arguments.write:
        from bench.report import write

        write(text)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench", description="Measure how fast the server is.")
    parser.add_argument("--quick", action="store_true", help="less data, shorter measurements")
    parser.add_argument("--write", action="store_true", help="put the numbers into docs/benchmarks.md")
    parser.add_argument(
        "--only", type=_parts, default=PARTS, metavar="PARTS", help=f"some of {','.join(PARTS)}"
    )
    return parser.parse_args()


def _parts(text: str) -> Sequence[str]:
    parts = text.split(",")
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return parts


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _end(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
