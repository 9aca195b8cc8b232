"""Say in one line that a port is taken, before anything else is done: `check_port.py HOST PORT`."""

import socket
import sys


def main() -> None:
    host, port = sys.argv[1], sys.argv[2]
    if not (port.isdecimal() and 0 < int(port) < 65_536):
        sys.exit(f"grover: {port!r} is no port; try `make run PORT=8001`")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            sys.exit(f"grover: port {port} of {host} is taken ({error.strerror}); try `make run PORT=8001`")


if __name__ == "__main__":
    main()
