"""Frames: how a client's are read, and how ours are written."""

from dataclasses import dataclass
from typing import Any

from grover.core import encoding
from grover.core.errors import MalformedBody, Problem, problem_document
from grover.core.parsing import decode_object
from grover.realtime.errors import MalformedFrame

LARGEST_FRAME = 64 * 1024
LONGEST_ID = 64
LONGEST_NAME = 64

_FIELDS = {"id", "type", "data"}
_FINAL_TEXT = 0x81


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as a client sent it."""

    id: str
    name: str
    data: dict[str, Any]


class Refused(Exception):
    """A frame that is no command, with its id if it has one."""

    def __init__(self, problem: Problem, frame_id: str | None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.frame_id = frame_id


def read_frame(text: str | None) -> Asked:
    """Read a frame as a client sent it, None if it was binary; Refused when it is malformed."""
    frame = _decode(text)
    frame_id = frame.get("id")
    if not isinstance(frame_id, str) or not 1 <= len(frame_id) <= LONGEST_ID or not frame_id.isprintable():
        raise Refused(MalformedFrame(f"`id` must be a text of 1 to {LONGEST_ID} characters"), None)
    unknown = set(frame) - _FIELDS
    if unknown:
        raise Refused(MalformedFrame("A frame has `id`, `type` and `data`, and nothing else"), frame_id)
    name, data = frame.get("type"), frame.get("data", {})
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(MalformedFrame("`type` must be the name of a command"), frame_id)
    if not isinstance(data, dict):
        raise Refused(MalformedFrame("`data` must be an object"), frame_id)
    return Asked(frame_id, name, data)


def _decode(text: str | None) -> dict[str, Any]:
    if text is None:
        raise Refused(MalformedFrame("Frames are text, not binary"), None)
    try:
        frame = decode_object(text.encode("utf-8", errors="surrogatepass"))
    except MalformedBody as error:
        raise Refused(MalformedFrame(error.detail.replace("The body", "The frame")), None) from error
    return frame


def ack_of(frame_id: str, card: Any) -> str:
    """Write the answer to a command that was done."""
    data = {} if card is None else card
    return encoding.dumps({"type": "ack", "id": frame_id, "data": data}).decode()


def error_of(frame_id: str | None, problem: Problem, request_id: str | None) -> str:
    """Write the answer to a command that was refused, or to what is none."""
    document = problem_document(problem, request_id)
    return encoding.dumps({"type": "error", "id": frame_id, "error": document}).decode()


def wire_of(text: str) -> bytes:
    """Write a text as the one WebSocket frame that every client gets: a server's are not masked."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        head = bytes((_FINAL_TEXT, size))
    elif size < 65536:
        head = bytes((_FINAL_TEXT, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((_FINAL_TEXT, 127)) + size.to_bytes(8, "big")
    return head + payload
