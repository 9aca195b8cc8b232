import json
import logging
from typing import Any

import pytest
from django.contrib.admin.checks import check_dependencies
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from grover.core import logs, middleware

pytestmark = [pytest.mark.urls("tests.core.sample"), pytest.mark.django_db]


@pytest.mark.parametrize("offered", ["abc", "A-b_c.9", "x" * 128])
def test_request_id_of_the_client_is_kept(offered: str) -> None:
    assert Client().get("/notes", headers={"X-Request-ID": offered})["X-Request-ID"] == offered


@pytest.mark.parametrize("offered", ["", "x" * 129, "a b", "a\nb", "a/b", "\u00e9", "<script>"])
def test_unfit_request_id_is_replaced(offered: str) -> None:
    given = Client().get("/notes", headers={"X-Request-ID": offered})["X-Request-ID"]
    assert given != offered
    assert len(given) == 32


def test_refusal_names_its_request() -> None:
    response = Client().get("/secret", headers={"X-Request-ID": "abc"})
    assert (response.status_code, response.json()["request_id"]) == (401, "abc")


def test_request_is_over_for_the_logs_when_it_is_answered() -> None:
    Client().get("/notes")
    assert logs.current_request_id() is None


def test_line_of_a_request_tells_its_route_and_no_value(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "grover.access")
    Client().post("/notes?token=hush-query", {"text": "hush-body"}, "application/json")
    (record,) = caplog.records
    line: Any = record.msg
    assert (line["method"], line["route"], line["status"], line["user_id"]) == ("POST", "/notes", 201, None)
    assert isinstance(line["ms"], float)
    assert "hush" not in str(line)


def test_path_without_a_route_is_not_repeated_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "grover.access")
    response = Client().get("/hush/hush")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert "hush" not in str(caplog.records[-1].msg)


@pytest.mark.parametrize(
    "url", ["/notes?q=%00", "/notes?q=a%00b&x=1", "/notes?%00=1", "/no%00tes", "/notes%00", "/%00"]
)
def test_nul_in_a_url_is_refused(url: str) -> None:
    response = Client().generic("GET", url)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("url", ["/notes?q=%ff%fe", "/notes?q=%ED%A0%80", "/notes?q=%2500", "/notes?&&=&q"])
def test_odd_query_is_no_error(url: str) -> None:
    assert Client().generic("GET", url).status_code == 200


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/notes", middleware.API_POLICY),
        ("/nowhere", middleware.API_POLICY),
        ("/admin/", middleware.STAFF_POLICY),
        ("/docs", middleware.DOCUMENTATION_POLICY),
        ("/redoc", middleware.DOCUMENTATION_POLICY),
    ],
)
def test_every_answer_has_the_headers_of_its_place(path: str, policy: str) -> None:
    response = Client().get(path)
    assert response["Content-Security-Policy"] == policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.parametrize(
    "policy", [middleware.API_POLICY, middleware.STAFF_POLICY, middleware.DOCUMENTATION_POLICY]
)
def test_no_place_runs_scripts_of_others(policy: str) -> None:
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules.get("script-src", rules["default-src"]) in (["'none'"], ["'self'"])
    assert rules["frame-ancestors"] == ["'none'"]


def test_view_may_have_a_policy_of_its_own() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    response = middleware.SecurityHeadersMiddleware(view)(RequestFactory().get("/"))
    assert response.headers["Content-Security-Policy"] == "sandbox"


def test_api_has_no_cookies_and_no_session(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = Client().get("/secret")
    assert not response.cookies
    assert not hasattr(response.wsgi_request, "session")


def test_admin_finds_the_middleware_it_needs() -> None:
    assert check_dependencies() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/notes", None, 200),
        ("POST", "/notes", {"text": "a"}, 201),
        ("POST", "/notes", {"text": ""}, 422),
        ("POST", "/notes", {"text": "refuse"}, 403),
        ("DELETE", "/notes", None, 405),
        ("GET", "/secret", None, 401),
    ],
)
def test_every_answer_tells_the_limit(method: str, path: str, body: Any, status: int) -> None:
    text = "" if body is None else json.dumps(body)
    response = Client().generic(method, path, text, "application/json")
    assert response.status_code == status
    assert response["RateLimit-Policy"].startswith('"read";q=' if method == "GET" else '"write";q=')
    assert "RateLimit" in response.headers


def test_bad_token_is_counted_too() -> None:
    response = Client().get("/secret", headers={"Authorization": "Bearer rubbish"})
    assert (response.status_code, "RateLimit" in response.headers) == (401, True)


def test_limit_refuses_with_a_problem(settings: Any) -> None:
    settings.RATE_LIMITS = {"read": "2/minute", "write": "2/minute"}
    settings.RATE_LIMIT_FACTOR = 1
    client = Client()
    assert [client.get("/notes").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/notes")
    assert refused.json()["code"] == "rate_limited"
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["RateLimit-Policy"] == '"read";q=2;w=60'
    assert refused["RateLimit"].startswith('"read";r=0;t=')
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert client.post("/notes", {"text": "a"}, "application/json").status_code == 201


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[" * 100_000, "application/json", 400),
        (b"{" * 100_000, "application/json", 400),
        (b" " * 2_000_000, "application/json", 413),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"text": 1e999}', "application/json", 422),
        (b'{"text": "\\u0000"}', "application/json", 422),
        (b'{"text": "a", "other": 1}', "application/json", 422),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "application/xml", 415),
        (b"{}", "", 415),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=b", 422),
    ],
)
def test_hostile_body_is_refused_as_a_problem(body: bytes, content_type: str, status: int) -> None:
    response = Client().generic("POST", "/notes", body, content_type)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_resource_that_is_held_is_not_sent_again() -> None:
    client = Client()
    first = client.get("/notes")
    second = client.get("/notes", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")
