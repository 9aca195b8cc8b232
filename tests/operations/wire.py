"""As much of MongoDB's protocol as it takes to say hello."""

import socket
import struct
import threading
from contextlib import suppress

import bson

HELLO = {
    "ok": 1.0,
    "isWritablePrimary": True,
    "ismaster": True,
    "helloOk": True,
    "maxBsonObjectSize": 16_777_216,
    "maxMessageSizeBytes": 48_000_000,
    "maxWriteBatchSize": 100_000,
    "minWireVersion": 0,
    "maxWireVersion": 21,
    "version": "7.0.0",
    "versionArray": [7, 0, 0, 0],
}
HEADER = struct.Struct("<iiii")
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013


def answer_mongodb(listener: socket.socket) -> None:
    """Answer every command on every connection as a server that stands alone, until the listener closes."""
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_converse, args=(client,), daemon=True).start()


def _converse(client: socket.socket) -> None:
    with suppress(OSError, struct.error):
        while True:
            length, request_id, _, kind = HEADER.unpack(_read(client, HEADER.size))
            _read(client, length - HEADER.size)
            document = bson.encode(HELLO)
            if kind == OP_QUERY:
                body, answer_kind = struct.pack("<iqii", 8, 0, 0, 1) + document, OP_REPLY
            else:
                body, answer_kind = struct.pack("<ib", 0, 0) + document, OP_MSG
            client.sendall(HEADER.pack(HEADER.size + len(body), 1, request_id, answer_kind) + body)


def _read(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = client.recv(size - len(data))
        if not part:
            raise OSError("closed")
        data += part
    return data
