"""A server that does nothing but answer, to see how fast the load generator is."""

import asyncio
import sys

import uvloop

BODY = b"x" * 20_000  # about a page of the home feed
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


class _Answering(asyncio.Protocol):
    """Takes whatever comes for one request, and answers it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = transport.write  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._write(ANSWER)


async def serve(port: int) -> None:
    """Answer on a port until killed."""
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
