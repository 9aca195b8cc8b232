"""Files stored at Cloudinary, by its own package.

Every file is of the type `authenticated`: it is only handed out at an address that we signed. The name
`<id>/200.webp` becomes the public id `<id>/200` in the format `webp`, so that no name is ever asked for.
Videos and sounds are of the one sort `video`; what goes with them is made there.
"""

import contextlib
import datetime as dt
import functools
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import IO, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import urllib3
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import Storage

from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.media.providers.base import Form, Made, Received

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 20.0
PING_SECONDS = 1.5
DOWNLOAD_SECONDS = 60.0
SHORT_LIVED_SECONDS = 300
FORM_SECONDS = 3_600  # Cloudinary takes no signature that is older

_IN_MEMORY_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_FEW_ATTEMPTS = urllib3.Retry(total=3, connect=1, read=0, status=0, redirect=2, other=0)
_WORDS = {"true": True, "false": False}
_CLIP_FORMATS = frozenset({"mp4", "mov", "webm", "mp3", "m4a", "wav", "ogg"})
_RENDITION = {"width": 1280, "crop": "limit", "video_codec": "h264", "audio_codec": "aac"}
_SOUND_RENDITION = {"audio_codec": "aac"}
_WRITTEN_ANEW = {  # what clients send; nothing of its metadata passes
    "mp4": "ac_aac,c_limit,h_4096,vc_h264,w_4096",
    "m4a": "ac_aac",
}
_STRIPPED = "fl_force_strip"


class CloudinaryStorage(Storage):
    """Stores the files of uploads at Cloudinary.

    A method raises ProviderUnavailable when Cloudinary does not answer in time, ProviderRefused when
    it will not do what it was asked, and FileNotFoundError where a file on a disk would. What is
    saved under a name that is taken replaces it.
    """

    def __init__(self, url: str = "", *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._account = _read_account(url or settings.CLOUDINARY_URL)
        self._timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=answer_seconds)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Give the name itself: a file is replaced, not kept beside a second one."""
        return name

    def exists(self, name: str) -> bool:
        """Ask Cloudinary whether there is such a file; what it may be asked in an hour is limited."""
        try:
            self._describe(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """Ask Cloudinary how many bytes a file has."""
        return int(self._describe(name)["bytes"])

    def delete(self, name: str) -> None:
        """Delete a file, also from the caches of Cloudinary; does nothing when it is gone."""
        from cloudinary import uploader

        public_id, _ = _split(name)
        with _failures_named(name):
            answer = uploader.destroy(public_id, invalidate=True, **self._options(name))
        if answer.get("result") not in ("ok", "not found"):
            raise ProviderRefused(f"Cloudinary did not delete {name}: {answer.get('result')}")

    def url(self, name: str | None) -> str:
        """Sign the address of a file, for good; nothing is asked."""
        from cloudinary.utils import cloudinary_url

        public_id, file_format = _split(name or "")
        options = {
            "secure": True,
            **self._account,
            "type": "authenticated",
            "resource_type": _sort_of(file_format),
            "format": file_format,
        }
        address, _ = cloudinary_url(public_id, sign_url=True, force_version=False, **options)
        return str(address)

    def short_lived_url(self, name: str) -> str:
        """Sign an address of a file that ends in minutes; nothing is asked."""
        from cloudinary.utils import private_download_url

        public_id, file_format = _split(name)
        expires_at = int(time.time()) + SHORT_LIVED_SECONDS
        return str(private_download_url(public_id, file_format, expires_at=expires_at, **self._options(name)))

    def make_poster(self, source: str, target: str, width: int) -> Made:
        """Have Cloudinary take a picture from the middle of a video."""
        return self._make(source, target, {"width": width, "crop": "limit"})

    def make_rendition(self, source: str, target: str) -> Made:
        """Have Cloudinary make an MP4 with H.264 and AAC of a video, an M4A of a sound."""
        is_video = _split(target)[1] == "mp4"
        return self._make(source, target, _RENDITION if is_video else _SOUND_RENDITION)

    def _make(self, source: str, target: str, transformation: dict[str, Any]) -> Made:
        """Have Cloudinary fetch from itself what a signed address makes of a file, and keep it.

        It is kept as a file like any other, so that it has an address that ends, and goes by its name.
        """
        from cloudinary import uploader
        from cloudinary.utils import cloudinary_url

        (public_id, _), (target_id, file_format) = _split(source), _split(target)
        options = {"secure": True, **self._options(source), "format": file_format, **transformation}
        address, _ = cloudinary_url(public_id, sign_url=True, force_version=False, **options)
        with _failures_named(target):
            made = uploader.upload(
                address, public_id=target_id, overwrite=True, invalidate=True, **self._options(target)
            )
        return Made(int(made["bytes"]), int(made.get("width") or 0), int(made.get("height") or 0))

    def form_for(self, name: str, formats: Sequence[str]) -> Form:
        """Sign the upload of one file, which replaces none; nothing is asked."""
        from cloudinary import utils

        public_id, file_format = _split(name)
        options = self._options(name)
        now = int(time.time())
        signed = {
            "allowed_formats": ",".join(formats),
            "format": file_format,
            "overwrite": "false",
            "public_id": public_id,
            "timestamp": str(now),
            "transformation": _WRITTEN_ANEW.get(file_format, _STRIPPED),
            "type": str(options["type"]),
        }
        signature = utils.api_sign_request(signed, options["api_secret"])
        return Form(
            url=str(utils.cloudinary_api_url("upload", **options)),
            fields={**signed, "api_key": str(options["api_key"]), "signature": signature},
            expires_at=dt.datetime.fromtimestamp(now + FORM_SECONDS, tz=dt.UTC),
        )

    def received(self, name: str) -> Received:
        """Ask Cloudinary what it stored of a client's file."""
        found = self._describe(name)
        return Received(
            extension=str(found["format"]),
            size=int(found["bytes"]),
            width=int(found.get("width") or 0),
            height=int(found.get("height") or 0),
            duration=round(float(found.get("duration") or 0), 3),
        )

    def ping(self) -> None:
        """Ask Cloudinary whether it is there and knows us."""
        from cloudinary import api

        with _failures_named("ping"):
            api.ping(**{**self._account, "timeout": PING_SECONDS})

    def _save(self, name: str, content: "File[Any]") -> str:
        from cloudinary import uploader

        public_id, _ = _split(name)
        content.seek(0)
        file = (name.replace("/", "-"), content.read())
        with _failures_named(name):
            uploader.upload(file, public_id=public_id, overwrite=True, invalidate=True, **self._options(name))
        return name

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        if mode != "rb":
            raise ValueError("Files at Cloudinary are only read")
        target = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  the caller closes it
        try:
            self._download(name, target)
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return File(target, name)

    def _download(self, name: str, target: IO[bytes]) -> None:
        ends_at = time.monotonic() + DOWNLOAD_SECONDS
        with _failures_named(name):
            answer = _pool().request(
                "GET",
                self.short_lived_url(name),
                timeout=self._timeout,
                retries=_FEW_ATTEMPTS,
                preload_content=False,
            )
            try:
                _check_status(answer.status, name)
                for chunk in answer.stream(_CHUNK_BYTES):
                    target.write(chunk)
                    if time.monotonic() > ends_at:
                        raise ProviderUnavailable(f"Cloudinary is too slow in giving {name}")
            finally:
                answer.close()

    def _describe(self, name: str) -> dict[str, Any]:
        from cloudinary import api

        public_id, _ = _split(name)
        with _failures_named(name):
            found: dict[str, Any] = api.resource(public_id, **self._options(name))
        return found

    def _options(self, name: str) -> dict[str, Any]:
        """Say whose account it is, of which type and sort a file is, how long to wait; with every call."""
        return {
            **self._account,
            "type": "authenticated",
            "resource_type": _sort_of(_split(name)[1]),
            "timeout": self._timeout,
        }


def _read_account(url: str) -> dict[str, Any]:
    """Read `cloudinary://key:secret@cloud?option=value`."""
    parts = urlsplit(url)
    if parts.scheme != "cloudinary" or not (parts.username and parts.password and parts.hostname):
        raise ImproperlyConfigured("CLOUDINARY_URL must be cloudinary://key:secret@cloud")
    return {
        "api_key": unquote(parts.username),
        "api_secret": unquote(parts.password),
        "cloud_name": parts.netloc.rpartition("@")[2],  # a host name would lose its capitals
        **{name: _WORDS.get(value, value) for name, value in parse_qsl(parts.query)},
    }


def _sort_of(file_format: str) -> str:
    return "video" if file_format in _CLIP_FORMATS else "image"


def _split(name: str) -> tuple[str, str]:
    public_id, _, file_format = name.rpartition(".")
    if not public_id:
        raise ValueError(f"The name {name!r} has no extension")
    return public_id, file_format


@functools.cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=4)


def _check_status(status: int, name: str) -> None:
    if status == 404:
        raise FileNotFoundError(name)
    if status in (400, 401, 403):
        raise ProviderRefused(f"Cloudinary did not give {name}: {status}")
    if status != 200:
        raise ProviderUnavailable(f"Cloudinary did not give {name}: {status}")


@contextlib.contextmanager
def _failures_named(name: str) -> Iterator[None]:
    """Tell apart what is missing, what was refused, and what may work later."""
    from cloudinary import exceptions

    refusals = (
        exceptions.BadRequest,
        exceptions.AuthorizationRequired,
        exceptions.NotAllowed,
        exceptions.AlreadyExists,
    )
    try:
        yield
    except exceptions.NotFound as error:
        raise FileNotFoundError(name) from error
    except refusals as error:
        raise ProviderRefused(f"Cloudinary refused {name}: {error}") from error
    except (exceptions.Error, urllib3.exceptions.HTTPError) as error:
        raise ProviderUnavailable(f"Cloudinary is not available for {name}") from error
    except Exception as error:
        if type(error) is Exception:  # so the package says that a status is none it knows
            raise ProviderUnavailable(f"Cloudinary is not available for {name}") from error
        raise
