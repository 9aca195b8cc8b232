"""A connection to a service that can be cut, or fall silent, while the service itself goes on."""

import socket
import threading
from contextlib import suppress


class Proxy:
    """Forwards connections to a service until it is told to stop."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._is_silent = threading.Event()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """Keep all connections, take new ones, and pass nothing on any more."""
        self._is_silent.set()

    def speak(self) -> None:
        """Forward new connections again; those that fell silent are cut."""
        self._is_silent.clear()
        self._cut()

    def close(self) -> None:
        self._listener.close()
        self._cut()

    def _cut(self) -> None:
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads
            connection.close()
        self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            if self._is_silent.is_set():
                continue
            with suppress(OSError):
                server = socket.create_connection(self._target)
                self._open.append(server)
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self._is_silent.is_set():
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
