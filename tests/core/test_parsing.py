import io
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from grover.core import parsing
from grover.core.errors import MalformedBody, Problem, TooLarge


def parse(body: bytes) -> Any:
    return parsing.GuardedJSONParser().parse(io.BytesIO(body))


def test_object_is_decoded() -> None:
    assert parse(b'{"a": [1, -2.5, "x", null, true, {"b": {}}]}') == {
        "a": [1, -2.5, "x", None, True, {"b": {}}]
    }


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_no_body_is_an_empty_object(body: bytes) -> None:
    assert parse(body) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b"{",
        b'{"a": NaN',
        b'{"a": 9223372036854775808}',
        b'{"a": -9223372036854775809}',
        b'{"a": 18446744073709551616}',
        b'{"a": ' + b"9" * 100_000 + b"}",
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\x00"}',
        b"\xef\xbb\xbf{}",
        b'{"a": 1} {"b": 2}',
        b'{"a": 01}',
        b"{'a': 1}",
        b'{"a": 1,}',
    ],
)
def test_what_is_no_sound_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        parse(body)


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63) + 1, 10**18])
def test_numbers_of_64_bits_are_whole(number: int) -> None:
    assert parse(b'{"a": %d}' % number) == {"a": number}


def test_digits_in_a_text_are_no_number() -> None:
    assert parse(b'{"a": "%s"}' % (b"9" * 40)) == {"a": "9" * 40}


def test_brackets_in_a_text_are_no_nesting() -> None:
    assert parse(b'{"a": "%s\\"%s"}' % (b"[" * 500, b"{" * 500)) == {"a": "[" * 500 + '"' + "{" * 500}


def nested(levels: int) -> bytes:
    return b'{"a": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def test_nesting_is_allowed_to_a_depth() -> None:
    parse(nested(parsing.DEEPEST_NESTING))
    with pytest.raises(MalformedBody):
        parse(nested(parsing.DEEPEST_NESTING + 1))


def test_wide_bodies_are_not_deep() -> None:
    assert parse(b'{"a": [%s]}' % b",".join([b"[]"] * 1000)) == {"a": [[]] * 1000}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 33 + b'"' + b'\\"' * 500_000,
        b"[" * 33 + b'"' * 1_000_000,
        b'{"a": "' + b"[" * 33 + b'\\"' * 500_000,
        b'{"a": "' + b"\\" * 1_000_000 + b"9" * 19,
        b'{"n": 1234567890123456789, "a": "' + b'\\"' * 500_000,
        b'{"a": ' + b"1234567890123456789." * 50_000 + b"}",
    ],
)
def test_hostile_bodies_are_refused_fast(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(MalformedBody):
        parse(body)
    assert time.process_time() - started < 0.5


def test_body_is_read_no_further_than_its_limit() -> None:
    stream = io.BytesIO(b" " * (3 * parsing.LARGEST_JSON_BYTES))
    with pytest.raises(TooLarge):
        parsing.GuardedJSONParser().parse(stream)
    assert stream.tell() == parsing.LARGEST_JSON_BYTES + 1


def test_body_of_the_largest_size_is_read() -> None:
    body = b'{"a": "' + b"x" * (parsing.LARGEST_JSON_BYTES - 9) + b'"}'
    assert len(parse(body)["a"]) == parsing.LARGEST_JSON_BYTES - 9


def test_client_that_hangs_up_is_refused() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(MalformedBody):
        parsing.GuardedJSONParser().parse(Broken())


def parse_form(body: bytes, content_type: str, **headers: str) -> Any:
    request = RequestFactory().generic("POST", "/", body, content_type, **headers)
    return parsing.GuardedMultiPartParser().parse(request, content_type, {"request": request})


def test_form_with_a_file_is_read() -> None:
    factory = RequestFactory()
    request = factory.post("/", {"alt_text": "a", "file": SimpleUploadedFile("a.png", b"bytes", "image/png")})
    parsed = parsing.GuardedMultiPartParser().parse(
        request, request.META["CONTENT_TYPE"], {"request": request}
    )
    assert parsed.data.dict() == {"alt_text": "a"}
    assert parsed.files["file"].read() == b"bytes"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary="),
        (b"x", "multipart/form-data; boundary=\xff"),
        (b"x", "multipart/form-data; boundary=" + "b" * 500),
    ],
)
def test_broken_form_is_the_fault_of_the_client(body: bytes, content_type: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_form(body, content_type)
    assert 400 <= caught.value.status < 500


def test_form_that_says_it_is_huge_is_not_read() -> None:
    with pytest.raises(TooLarge):
        parse_form(b"x", "multipart/form-data; boundary=b", CONTENT_LENGTH=str(10**10))
