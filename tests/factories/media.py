"""Pictures, as the bytes of files and as uploads."""

import io
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from grover.core.ids import new_id
from grover.media.enums import MediaAccess, MediaKind, MediaState
from grover.media.models import Media


def picture(file_format: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """Draw a picture with a bright and a dark half, as a file of a format."""
    image = Image.new("RGB", size, (200, 30, 60))
    image.paste((20, 60, 120), (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def as_upload(
    content: bytes, name: str = "picture.jpg", content_type: str = "image/jpeg"
) -> SimpleUploadedFile:
    """Wrap bytes as a file that a client sends; the name and the type are what the client says."""
    return SimpleUploadedFile(name, content, content_type)


def make_media(owner_id: uuid.UUID, **fields: Any) -> Media:
    """Make a ready upload whose files exist."""
    media_id = fields.pop("id", None) or new_id()
    name = default_storage.save(f"{media_id}/original.jpg", ContentFile(picture()))
    small = default_storage.save(f"{media_id}/200.webp", ContentFile(picture("WEBP")))
    values: dict[str, Any] = {
        "kind": MediaKind.IMAGE,
        "state": MediaState.READY,
        "access": MediaAccess.RESTRICTED,
        "content_type": "image/jpeg",
        "size": 700,
        "width": 64,
        "height": 48,
        "variants": {"200": {"name": small, "width": 64, "height": 48, "size": 100}},
        **fields,
    }
    return Media.objects.create(id=media_id, owner_id=owner_id, file_name=name, **values)
