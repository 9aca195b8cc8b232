"""Which kinds of files can be uploaded."""

from typing import IO

import filetype

from grover.media.enums import MediaKind
from grover.media.errors import UnsupportedFile
from grover.media.providers.base import FileKind
from grover.media.providers.clips.kinds import Sounds, Videos
from grover.media.providers.images import Images

KINDS: dict[MediaKind, FileKind] = {
    MediaKind.IMAGE: Images(),
    MediaKind.VIDEO: Videos(),
    MediaKind.AUDIO: Sounds(),
}

_ENOUGH_TO_TELL = 8192


def recognise(file: IO[bytes]) -> tuple[FileKind, str]:
    """Tell the kind and content type of a file by its first bytes; UnsupportedFile when it has neither.

    Neither its name nor what the client says of it is asked.
    """
    head = file.read(_ENOUGH_TO_TELL)
    file.seek(0)
    found = filetype.guess(head)
    content_type = found.mime if found is not None else ""
    for kind in KINDS.values():
        if content_type in kind.content_types:
            return kind, content_type
    raise UnsupportedFile
