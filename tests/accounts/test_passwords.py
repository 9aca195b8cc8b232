"""Changing a password, choosing a new one by mail, and proving an address."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.core import mail
from time_machine import travel

from accounts.actions import credentials
from accounts.models import MailToken, Session, User
from accounts.providers.bcrypt_hasher import LegacyBCryptPasswordHasher
from grover.core.models import OutboxJob
from tests.factories.accounts import PASSWORD, make_user

NEW = "an even better passphrase"
REAL_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "accounts.providers.bcrypt_hasher.LegacyBCryptPasswordHasher",
]


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


def token_of_last_mail() -> str:
    found = re.search(r"^    (\S{40,})$", mail.outbox[-1].body, re.MULTILINE)
    assert found is not None
    return found[1]


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def can_sign_in(api: Any, identifier: str, password: str) -> bool:
    answer = api().post("auth/login", json={"identifier": identifier, "password": password})
    assert answer.status_code in {200, 401}
    return bool(answer.status_code == 200)


def test_password_change_ends_the_other_sessions(api: Any, ada: User) -> None:
    here, elsewhere = api(ada), api(ada)

    answer = here.post("auth/password/change", json={"current_password": PASSWORD, "new_password": NEW})

    assert answer.status_code == 204
    assert here.get("me").status_code == 200
    assert refusal(elsewhere.get("me")) == (401, "not_signed_in")
    assert can_sign_in(api, "ada", NEW)
    assert not can_sign_in(api, "ada", PASSWORD)


def test_password_change_takes_the_present_one(api: Any, ada: User) -> None:
    answer = api(ada).post("auth/password/change", json={"current_password": "wrong", "new_password": NEW})
    assert refusal(answer) == (403, "wrong_password")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "min_length"),
        ("password123", "password_too_common"),
        ("ada.example", "password_too_similar"),
    ],
)
def test_password_that_is_weak_is_refused(api: Any, ada: User, password: str, code: str) -> None:
    User.objects.filter(pk=ada.pk).update(email="ada.example@example.com")
    body = {"current_password": PASSWORD, "new_password": password}
    errors = api(ada).post("auth/password/change", json=body).json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [("/new_password", code)]


def test_reset_lets_choose_a_new_password_once_and_ends_every_session(api: Any, ada: User) -> None:
    elsewhere = api(ada)
    asked = api().post("auth/password/reset", json={"email": "ADA@example.com"})
    assert (asked.status_code, asked.json()) == (202, {"status": "accepted"})
    body = {"token": token_of_last_mail(), "new_password": NEW}

    assert api().post("auth/password/reset/confirm", json=body).status_code == 204

    assert refusal(elsewhere.get("me")) == (401, "not_signed_in")
    assert can_sign_in(api, "ada", NEW)
    again = api().post("auth/password/reset/confirm", json={**body, "new_password": "yet another phrase"})
    assert refusal(again) == (422, "mail_token_invalid")
    assert not Session.objects.filter(user=ada, end_reason="password_changed", ended_at=None).exists()


def test_reset_answers_the_same_for_an_unknown_address_and_sends_nothing(api: Any, ada: User) -> None:
    known = api().post("auth/password/reset", json={"email": "ada@example.com"})
    sent = len(mail.outbox)
    unknown = api().post("auth/password/reset", json={"email": "nobody@example.com"})
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content)
    assert len(mail.outbox) == sent == 1


def test_reset_token_expires(api: Any, ada: User) -> None:
    api().post("auth/password/reset", json={"email": "ada@example.com"})
    body = {"token": token_of_last_mail(), "new_password": NEW}
    with travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=61), tick=False):
        assert refusal(api().post("auth/password/reset/confirm", json=body)) == (422, "mail_token_invalid")
    assert not can_sign_in(api, "ada", NEW)


def test_reset_token_is_stored_only_as_its_hash(api: Any, ada: User) -> None:
    api().post("auth/password/reset", json={"email": "ada@example.com"})
    token = token_of_last_mail()
    stored = [str(value) for row in MailToken.objects.values() for value in row.values()]
    stored += [str(job.kwargs) for job in OutboxJob.objects.all()]
    assert not any(token in text for text in stored)


def test_registering_sends_a_mail_that_confirms_the_address(api: Any, db: None) -> None:
    account = {
        "username": "grace",
        "email": "Grace@Example.com",
        "password": "a compiler of its own",
        "birth_date": "1986-12-09",
    }
    assert api().post("auth/register", json=account).status_code == 201
    [message] = mail.outbox
    assert message.to == ["grace@example.com"]
    assert [kind for _, kind in message.alternatives] == ["text/html"]
    assert token_of_last_mail() in message.alternatives[0][0]

    body = {"token": token_of_last_mail()}
    assert api().post("auth/email/verify", json=body).status_code == 204
    grace = User.objects.get(username="grace")
    assert (grace.verified_email, grace.email_verified_at is not None) == ("grace@example.com", True)
    assert refusal(api().post("auth/email/verify", json=body)) == (422, "mail_token_invalid")


def test_address_that_is_proven_elsewhere_stays_a_claim(api: Any, ada: User) -> None:
    account = {
        "username": "mallory",
        "email": "ada@example.com",
        "password": "a wolf in wool",
        "birth_date": "1986-12-09",
    }
    assert api().post("auth/register", json=account).status_code == 201
    [message] = mail.outbox
    assert message.to == ["ada@example.com"]
    assert message.subject == "You have an account already"
    assert can_sign_in(api, "ada@example.com", PASSWORD)
    assert can_sign_in(api, "ada@example.com", "a wolf in wool")
    assert User.objects.get(username="mallory").verified_email is None


def test_resend_sends_the_confirmation_again(api: Any, db: None) -> None:
    bob = make_user("bob", verified_email=None)
    assert api(bob).post("auth/email/verify/resend").status_code == 202
    assert api().post("auth/email/verify", json={"token": token_of_last_mail()}).status_code == 204


def test_changing_the_address_tells_the_old_one_and_waits_for_the_new(api: Any, ada: User) -> None:
    client = api(ada)
    assert client.patch("me", json={"email": "new@example.com"}).status_code == 200
    assert {message.to[0] for message in mail.outbox} == {"new@example.com", "ada@example.com"}
    assert client.get("me").json()["email"] == "ada@example.com"

    confirmation = next(message for message in mail.outbox if message.to == ["new@example.com"])
    token = re.search(r"^    (\S{40,})$", confirmation.body, re.MULTILINE)
    assert token is not None
    assert api().post("auth/email/verify", json={"token": token[1]}).status_code == 204
    assert client.get("me").json()["email"] == "new@example.com"


def test_changing_the_address_takes_a_password_confirmed_lately(api: Any, ada: User) -> None:
    client = api(ada)
    Session.objects.update(reauthenticated_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=11))
    answer = client.patch("me", json={"email": "new@example.com"})
    assert refusal(answer) == (403, "reauthentication_required")
    assert mail.outbox == []
    confirmed = client.post("auth/reauthenticate", json={"password": PASSWORD})
    assert confirmed.status_code == 200
    assert client.patch("me", json={"email": "new@example.com"}).status_code == 200


def test_new_device_is_told_of_by_mail_and_a_known_one_is_not(api: Any, ada: User) -> None:
    def sign_in(device: str) -> None:
        body = {"identifier": "ada", "password": PASSWORD, "device": device}
        assert api().post("auth/login", json=body).status_code == 200

    sign_in("Firefox")
    assert mail.outbox == []
    sign_in("Firefox")
    assert mail.outbox == []
    sign_in("Somebody's phone")
    [message] = mail.outbox
    assert (message.to, "Somebody's phone" in message.body) == (["ada@example.com"], True)


@pytest.mark.parametrize("password", [PASSWORD, "x" * 128, "pässwörd — 🔑🔑🔑", "  spaces count  "])
def test_old_bcrypt_hash_is_accepted_and_upgraded(api: Any, ada: User, settings: Any, password: str) -> None:
    settings.PASSWORD_HASHERS = REAL_HASHERS
    old = make_password(password.encode()[:72].decode(errors="ignore"), hasher="bcrypt")
    User.objects.filter(pk=ada.pk).update(password=old)
    assert old.startswith("bcrypt$$2b$")
    if len(password.encode()) <= 72:
        assert can_sign_in(api, "ada", password)
        upgraded = User.objects.get(pk=ada.pk).password
        assert identify_hasher(upgraded).algorithm == "argon2"
        assert check_password(password, upgraded)
    assert can_sign_in(api, "ada", password)


def test_long_password_is_no_error_for_an_old_hash() -> None:
    hasher = LegacyBCryptPasswordHasher()
    assert not hasher.verify("x" * 128, "bcrypt$not a hash")
    assert not hasher.verify("x" * 128, "argon2$whatever")


@pytest.mark.parametrize("identifier", ["ada", "nobody", "ada@example.com", "nobody@example.com"])
def test_signing_in_does_the_same_work_for_everybody(
    api: Any, ada: User, identifier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []

    def counted(password: str, encoded: str, **kwargs: Any) -> bool:
        hashes.append(encoded)
        return check_password(password, encoded, **kwargs)

    monkeypatch.setattr(credentials, "check_password", counted)
    answer = api().post("auth/login", json={"identifier": identifier, "password": "a wrong one"})
    assert refusal(answer) == (401, "wrong_credentials")
    assert len(hashes) == (2 if "@" in identifier else 1)
