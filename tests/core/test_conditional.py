import pytest
from django.test import RequestFactory

from grover.core import conditional
from grover.core.errors import PreconditionFailed

BODY = b'{"a":1}'
ETAG = conditional.etag_of(BODY)


def test_answer_names_what_it_says() -> None:
    response = conditional.respond(RequestFactory().get("/"), BODY)
    assert (response.status_code, response.content) == (200, BODY)
    assert response["ETag"] == ETAG
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, no-cache"


def test_another_body_has_another_name() -> None:
    assert conditional.etag_of(b'{"a":2}') != ETAG


@pytest.mark.parametrize("header", [ETAG, f"W/{ETAG}", "*", f'"x", {ETAG}', f' "x" ,W/{ETAG}'])
def test_client_that_holds_it_gets_no_body(header: str) -> None:
    response = conditional.respond(RequestFactory().get("/", HTTP_IF_NONE_MATCH=header), BODY)
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", ETAG)
    assert not response.has_header("Content-Type")


@pytest.mark.parametrize("header", ['"x"', "", "rubbish", ETAG.strip('"')])
def test_client_that_holds_something_else_gets_it(header: str) -> None:
    response = conditional.respond(RequestFactory().get("/", HTTP_IF_NONE_MATCH=header), BODY)
    assert (response.status_code, response.content) == (200, BODY)


@pytest.mark.parametrize("header", [ETAG, f"W/{ETAG}", "*", f'"x", {ETAG}'])
def test_change_of_the_state_asked_for_goes_on(header: str) -> None:
    conditional.check_if_match(RequestFactory().patch("/", HTTP_IF_MATCH=header), BODY)


def test_change_of_any_state_goes_on() -> None:
    conditional.check_if_match(RequestFactory().patch("/"), BODY)


def test_card_is_compared_as_it_is_printed() -> None:
    request = RequestFactory().patch("/", HTTP_IF_MATCH=ETAG)
    conditional.check_if_match(request, {"a": 1})
    with pytest.raises(PreconditionFailed):
        conditional.check_if_match(request, {"a": 2})


@pytest.mark.parametrize("header", ['"x"', "", "rubbish"])
def test_change_of_another_state_is_refused(header: str) -> None:
    with pytest.raises(PreconditionFailed):
        conditional.check_if_match(RequestFactory().patch("/", HTTP_IF_MATCH=header), BODY)
