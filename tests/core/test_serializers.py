from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import serializers as rest

from grover.core import serializers
from grover.core.errors import field_errors


class Place(serializers.Input):
    name = serializers.TextField(max_length=5)


class Sample(serializers.Input):
    text = serializers.TextField(required=False)
    secret = serializers.SecretField(required=False)
    id = serializers.IdField(required=False)
    number = serializers.WholeNumberField(required=False)
    flag = serializers.FlagField(required=False)
    place = Place(required=False)
    places = Place(many=True, required=False)
    words = rest.ListField(child=rest.CharField(), required=False)
    free = rest.JSONField(required=False)


def read(data: Any, *, as_json: bool = True) -> Any:
    serializer = Sample(data=data, context={"request": None} if as_json else {})
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def refusals(data: Any, *, as_json: bool = True) -> list[tuple[str, str]]:
    with pytest.raises(rest.ValidationError) as caught:
        read(data, as_json=as_json)
    return [(error.pointer, error.code) for error in field_errors(caught.value.detail)]


def test_unknown_field_is_refused_by_name() -> None:
    assert refusals({"text": "a", "txet": "b"}) == [("/txet", "unknown")]


def test_unknown_field_of_a_nested_thing_is_refused_by_its_place() -> None:
    assert refusals({"place": {"name": "a", "x": 1}}) == [("/place/x", "unknown")]
    assert refusals({"places": [{"name": "a"}, {"name": "b", "x": 1}]}) == [("/places/1/x", "unknown")]


def test_unknown_name_is_escaped_and_cut() -> None:
    assert refusals({"a/b~c": 1}) == [("/a~1b~0c", "unknown")]
    assert refusals({"x" * 5000: 1}) == [("/" + "x" * 100, "unknown")]


def test_many_unknown_fields_are_not_all_repeated() -> None:
    assert len(refusals({f"x{number:04}": 1 for number in range(5000)})) == 20


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"text": "a\0b"}, "text"),
        ({"secret": "\0"}, "secret"),
        ({"words": ["a", "b\0"]}, "words"),
        ({"free": {"deep": [{"er": "\0"}]}}, "free"),
        ({"free": {"na\0me": 1}}, "free"),
        ({"place": {"name": "a\0"}}, "place"),
    ],
)
def test_nul_is_refused_wherever_it_stands(data: Any, name: str) -> None:
    assert refusals(data) == [(f"/{name}", "null_characters")]


def test_half_a_character_is_refused() -> None:
    assert refusals({"words": ["\ud800"]}) == [("/words", "surrogate_characters")]


def test_nul_in_a_form_is_refused() -> None:
    form = QueryDict(mutable=True)
    form.setlist("words", ["a", "b\0"])
    assert refusals(form) == [("/words", "null_characters")]


def test_text_is_trimmed_and_normalised() -> None:
    assert read({"text": "  cafe\u0301 "}) == {"text": "caf\u00e9"}


def test_text_is_measured_after_it_was_normalised() -> None:
    assert read({"place": {"name": "e\u0301" * 5}}) == {"place": {"name": "\u00e9" * 5}}
    assert refusals({"place": {"name": "e" * 6}}) == [("/place/name", "max_length")]


def test_secret_is_taken_as_it_is() -> None:
    assert read({"secret": " e\u0301 "}) == {"secret": " e\u0301 "}


def test_body_that_is_no_object_is_refused() -> None:
    assert refusals(["a"]) == [("", "invalid")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", 5),
        ("text", True),
        ("text", ["a"]),
        ("secret", 5),
        ("number", "5"),
        ("number", 5.0),
        ("number", True),
        ("number", "1e3"),
        ("flag", "true"),
        ("flag", 1),
        ("flag", None.__class__),
        ("id", 5),
        ("id", {"hex": "0" * 32}),
        ("id", "0" * 32),
        ("id", "{01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e}"),
        ("id", "urn:uuid:01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"),
        ("id", "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e\n"),
    ],
)
def test_value_of_another_json_type_is_refused(name: str, value: Any) -> None:
    assert refusals({name: value}) == [(f"/{name}", "invalid")]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_number_too_large_for_a_database_is_refused(number: int) -> None:
    (refusal,) = refusals({"number": number})
    assert refusal in [("/number", "max_value"), ("/number", "min_value")]


def test_query_has_numbers_and_flags_as_text() -> None:
    assert read({"number": "-5", "flag": "true"}, as_json=False) == {"number": -5, "flag": True}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "1_0"),
        ("number", "\uff15"),
        ("number", "5.0"),
        ("number", " 5"),
        ("flag", "yes"),
        ("flag", "1"),
    ],
)
def test_query_takes_only_one_spelling(name: str, value: str) -> None:
    assert refusals({name: value}, as_json=False) == [(f"/{name}", "invalid")]
