import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from grover.core import encoding, idempotency
from grover.core.models import AuditEntry, IdempotentRequest
from tests.core import sample
from tests.races import run_parallel

pytestmark = [pytest.mark.urls("tests.core.sample"), pytest.mark.django_db(transaction=True)]


def post(text: str = "note", *, key: str | None = "key", path: str = "/notes", **extra: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    client = Client(raise_request_exception=False)
    return client.post(path, encoding.dumps({"text": text}), "application/json", headers=headers, **extra)


def notes() -> int:
    return AuditEntry.objects.count()


def test_same_request_without_a_key_has_two_effects() -> None:
    assert [post(key=None).status_code, post(key=None).status_code, notes()] == [201, 201, 2]


@pytest.mark.parametrize("path", ["/notes", "/steps"])
def test_same_key_gives_the_first_answer_again(path: str) -> None:
    first, second = post(path=path), post(path=path)
    assert notes() == 1
    assert (second.status_code, second.content) == (first.status_code, first.content) == (201, b'{"count":1}')
    assert second["Location"] == "/notes/1"
    assert second["Content-Type"] == "application/json"
    assert "Idempotency-Replayed" not in first.headers
    assert second["Idempotency-Replayed"] == "true"


def test_another_key_has_another_effect() -> None:
    post(key="a")
    post(key="b")
    assert notes() == 2


@pytest.mark.parametrize("other", [{"text": "other"}, {"path": "/steps"}, {"QUERY_STRING": "a=b"}])
def test_same_key_with_another_request_is_refused(other: dict[str, str]) -> None:
    post()
    response = post(**other)  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert notes() == 1


def test_order_and_spacing_of_a_body_do_not_matter() -> None:
    client = Client()
    for body in ('{"text": "a", "x": 1}', '{ "x":1,"text":"a" }'):
        response = client.post("/echo", body, "application/json", headers={"Idempotency-Key": "k"})
        assert response.status_code == 200
    assert response["Idempotency-Replayed"] == "true"


def test_same_key_of_another_address_is_another_key() -> None:
    assert post(REMOTE_ADDR="198.51.100.1").status_code == 201
    assert post(text="other", REMOTE_ADDR="198.51.100.2").status_code == 201


def test_parallel_requests_have_one_effect() -> None:
    responses = run_parallel(20, lambda _: post())
    assert notes() == 1
    assert sorted({response.status_code for response in responses}) in ([201], [201, 409])
    assert {r.json()["code"] for r in responses if r.status_code == 409} <= {"idempotency_in_progress"}
    assert {r["Retry-After"] for r in responses if r.status_code == 409} <= {"1"}
    assert post().json() == {"count": 1}


def test_request_that_is_still_running_is_not_run_twice() -> None:
    claim_of_another_request()
    response = post()
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_in_progress")
    assert notes() == 1


def test_claim_of_a_dead_process_is_taken_over() -> None:
    claim_of_another_request(age=dt.timedelta(seconds=61))
    assert (post().status_code, notes()) == (201, 2)
    assert post()["Idempotency-Replayed"] == "true"


def test_claim_of_a_dead_process_is_taken_over_by_one_request() -> None:
    claim_of_another_request(age=dt.timedelta(seconds=61))
    run_parallel(8, lambda _: post())
    assert notes() == 2


def test_request_whose_claim_was_taken_over_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_the_claim(self: Any, text: str) -> Any:
        IdempotentRequest.objects.update(claim=uuid.uuid4())
        return plain(self, text)

    plain = sample.NoteViewSet._plain
    monkeypatch.setattr(sample.NoteViewSet, "_plain", lose_the_claim)
    response = post()
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_in_progress")
    assert notes() == 0


def claim_of_another_request(age: dt.timedelta = dt.timedelta()) -> None:
    """Leave one note, and a claim as a process that was killed while it ran would leave it."""
    assert post().status_code == 201
    IdempotentRequest.objects.update(answer="", claimed_at=timezone.now() - age)


@pytest.mark.parametrize(("text", "effects"), [("refuse", 0), ("refuse_late", 1), ("refuse_outside", 1)])
@pytest.mark.parametrize("path", ["/notes", "/steps"])
def test_refusal_is_the_first_answer_and_leaves_what_it_leaves_without_a_key(
    text: str, effects: int, path: str
) -> None:
    first = post(text, path=path)
    assert (first.status_code, notes()) == (403, effects)
    second = post(text, path=path)
    assert (second.status_code, second.content, notes()) == (403, first.content, effects)
    assert second["Content-Type"] == "application/problem+json"
    assert second["Idempotency-Replayed"] == "true"


def test_refusal_of_a_single_action_takes_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    refuse = sample.NoteViewSet._refuse
    monkeypatch.setattr(
        sample.NoteViewSet, "_refuse", lambda self, text: runs.append(text) or refuse(self, text)
    )
    assert (post("refuse").status_code, runs) == (403, ["refuse"])


def test_wrong_value_is_refused_again() -> None:
    first, second = post(""), post("")
    assert (first.status_code, second.status_code) == (422, 422)
    assert second["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(("text", "status"), [("limited", 429), ("down", 503), ("crash", 500)])
def test_failure_that_may_pass_is_not_kept(text: str, status: int) -> None:
    assert post(text).status_code == status
    assert (notes(), IdempotentRequest.objects.count()) == (0, 0)
    assert "Idempotency-Replayed" not in post(text).headers


def test_handler_that_goes_on_after_a_violation_works() -> None:
    assert post("unique", key="a").status_code == 201
    second = post("unique", key="b")
    assert (second.status_code, second.json()) == (200, {"found": 1})
    assert notes() == 2
    assert post("unique", key="b").content == second.content
    assert notes() == 2


def test_handler_that_refuses_after_a_violation_works() -> None:
    assert post("unique_or_refuse", key="a").status_code == 201
    for _ in range(2):
        second = post("unique_or_refuse", key="b")
        assert (second.status_code, second.json()["code"]) == (409, "sample_duplicate")
    assert notes() == 1


@pytest.mark.parametrize("key", ["", " ", "a\tb", "\u00e9", "a" * 256, "a\x7f"])
def test_unfit_key_is_refused(key: str) -> None:
    response = post(key=key)
    if key == " ":  # servers take white space off a header
        assert response.status_code in (201, 400)
        return
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")
    assert notes() == 0


def test_longest_key_is_taken() -> None:
    assert post(key="~" * 255).status_code == 201


def test_key_is_required_where_the_view_says_so() -> None:
    response = post(path="/payments", key=None)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")
    assert post(path="/payments").status_code == 201


def test_answer_is_kept_encrypted() -> None:
    post()
    row = IdempotentRequest.objects.get()
    assert "count" not in row.answer
    assert row.key_hash != "key"
    assert "key" not in f"{row.scope}{row.key_hash}{row.fingerprint}"


def test_keys_are_forgotten_after_a_day() -> None:
    post(key="old")
    now = timezone.now()
    assert idempotency.sweep_idempotent_requests(now + dt.timedelta(hours=23, minutes=59)) == 0
    assert idempotency.sweep_idempotent_requests(now + dt.timedelta(hours=24, minutes=1)) == 1
    assert IdempotentRequest.objects.count() == 0


def test_old_key_that_was_not_swept_is_forgotten() -> None:
    post()
    IdempotentRequest.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    assert "Idempotency-Replayed" not in post().headers
    assert notes() == 2


def upload(content: bytes) -> Any:
    file = SimpleUploadedFile("a.png", content, "image/png")
    return Client().post("/uploads", {"file": file}, headers={"Idempotency-Key": "key"})


def test_upload_is_the_same_by_its_content() -> None:
    assert upload(b"12345").json() == {"size": 5}
    assert upload(b"12345")["Idempotency-Replayed"] == "true"
    assert notes() == 1
    assert upload(b"54321").status_code == 422
