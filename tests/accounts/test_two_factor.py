"""Two-factor authentication: set up, confirmed, asked for at each sign-in, turned off."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine

from accounts.actions.credentials import sweep_used_codes
from accounts.actions.sessions import Client
from accounts.actions.sign_in import sign_in
from accounts.models import RecoveryCode, Session, TwoFactor, UsedCode, User
from grover.core.ids import new_id_at
from tests.factories.accounts import PASSWORD, make_user
from tests.races import run_parallel

START = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
STEP = 30

Api = Callable[..., Any]


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    """Stop time, so that a code of the authenticator is known beforehand."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: Any) -> User:
    return make_user("ada")


def code_of(secret: str, moment: dt.datetime = START) -> str:
    return pyotp.TOTP(secret).at(moment)


def set_up(client: Any) -> str:
    secret: str = client.post("auth/2fa/setup").json()["secret"]
    return secret


def turn_on(client: Any) -> tuple[str, list[str]]:
    secret = set_up(client)
    answer = client.post("auth/2fa/confirm", json={"code": code_of(secret)})
    assert answer.status_code == 200
    return secret, answer.json()["recovery_codes"]


def login(api: Api, **more: str) -> Any:
    return api().post("auth/login", json={"identifier": "ada", "password": PASSWORD, **more})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_setup_gives_what_an_authenticator_reads_and_is_not_in_force_yet(api: Api, ada: User) -> None:
    answer = api(ada).post("auth/2fa/setup").json()

    uri = urlsplit(answer["otpauth_uri"])
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Grover:ada")
    assert parse_qs(uri.query) == {"secret": [answer["secret"]], "issuer": ["Grover"]}
    assert login(api).status_code == 200


def test_secret_is_stored_sealed(api: Api, ada: User) -> None:
    secret = set_up(api(ada))

    assert secret not in TwoFactor.objects.get().secret


def test_setup_again_replaces_the_secret_until_it_is_confirmed(api: Api, ada: User) -> None:
    client = api(ada)
    first, second = set_up(client), set_up(client)

    assert refusal(client.post("auth/2fa/confirm", json={"code": code_of(first)})) == (403, "wrong_code")
    assert client.post("auth/2fa/confirm", json={"code": code_of(second)}).status_code == 200
    assert refusal(client.post("auth/2fa/setup")) == (409, "two_factor_already_on")


def test_confirming_turns_it_on_and_gives_ten_recovery_codes_once(api: Api, ada: User) -> None:
    client = api(ada)
    secret, codes = turn_on(client)

    assert len(set(codes)) == 10
    assert client.get("me").json()["has_two_factor"] is True
    assert not set(RecoveryCode.objects.values_list("code_hash", flat=True)) & set(codes)
    again = client.post("auth/2fa/confirm", json={"code": code_of(secret)})
    assert refusal(again) == (409, "two_factor_already_on")


def test_sign_in_asks_for_a_code_only_after_the_right_password(api: Api, ada: User, clock: Any) -> None:
    secret, _ = turn_on(api(ada))
    clock.shift(STEP)
    later = START + dt.timedelta(seconds=STEP)

    assert refusal(login(api, password="wrong")) == (401, "wrong_credentials")
    assert refusal(login(api)) == (401, "otp_required")
    assert refusal(login(api, otp="000000")) == (401, "wrong_otp")
    assert login(api, otp=code_of(secret, later)).status_code == 200


def test_code_works_once_wherever_it_was_used(api: Api, ada: User, clock: Any) -> None:
    secret, _ = turn_on(api(ada))
    assert refusal(login(api, otp=code_of(secret))) == (401, "wrong_otp")

    clock.shift(STEP)
    code = code_of(secret, START + dt.timedelta(seconds=STEP))
    assert login(api, otp=code).status_code == 200
    assert refusal(login(api, otp=code)) == (401, "wrong_otp")


@pytest.mark.parametrize(
    ("seconds", "status"), [(-STEP, 200), (STEP, 200), (-2 * STEP, 401), (2 * STEP, 401)]
)
def test_clock_of_the_authenticator_may_be_one_step_off(
    api: Api, ada: User, clock: Any, seconds: int, status: int
) -> None:
    secret, _ = turn_on(api(ada))
    clock.shift(10 * STEP)
    moment = START + dt.timedelta(seconds=10 * STEP + seconds)

    assert login(api, otp=code_of(secret, moment)).status_code == status


@pytest.mark.parametrize("written", [str, str.upper, lambda code: f" {code} "])
def test_recovery_code_stands_in_for_a_code_once(api: Api, ada: User, written: Callable[[str], str]) -> None:
    _, codes = turn_on(api(ada))

    assert login(api, otp=written(codes[3])).status_code == 200
    assert refusal(login(api, otp=codes[3])) == (401, "wrong_otp")
    assert RecoveryCode.objects.count() == 9


def test_recovery_code_of_somebody_else_is_wrong(api: Api, ada: User) -> None:
    turn_on(api(ada))
    _, codes_of_bob = turn_on(api(make_user("bob")))

    assert refusal(login(api, otp=codes_of_bob[0])) == (401, "wrong_otp")


@pytest.mark.parametrize("code", ["", "é", "00000000000000000000", "0", "-1", "abcde-fghij"])
def test_wrong_code_is_refused_whatever_it_is(api: Api, ada: User, code: str) -> None:
    turn_on(api(ada))

    assert login(api, otp=code).status_code == 401


def test_setup_and_turning_off_take_a_password_confirmed_lately(api: Api, ada: User, clock: Any) -> None:
    client = api(ada)
    secret, codes = turn_on(client)
    clock.shift(11 * 60)

    off = client.post("auth/2fa/disable", json={"code": codes[0]})
    assert refusal(off) == (403, "reauthentication_required")
    assert refusal(client.post("auth/2fa/setup")) == (403, "reauthentication_required")

    wrong = client.post("auth/reauthenticate", json={"password": PASSWORD})
    assert refusal(wrong) == (403, "wrong_code")
    code = code_of(secret, START + dt.timedelta(minutes=11))
    assert client.post("auth/reauthenticate", json={"password": PASSWORD, "otp": code}).status_code == 200
    assert client.post("auth/2fa/disable", json={"code": codes[0]}).status_code == 204


def test_turning_off_takes_a_code_and_leaves_nothing(api: Api, ada: User) -> None:
    client = api(ada)
    _, codes = turn_on(client)

    assert refusal(client.post("auth/2fa/disable", json={"code": "000000"})) == (403, "wrong_code")
    assert client.post("auth/2fa/disable", json={"code": codes[0]}).status_code == 204
    assert (TwoFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert login(api).status_code == 200
    again = client.post("auth/2fa/disable", json={"code": codes[1]})
    assert refusal(again) == (409, "two_factor_not_set_up")


def test_guessing_codes_is_limited(api: Api, ada: User, settings: Any) -> None:
    client = api(ada)
    set_up(client)
    settings.RATE_LIMIT_FACTOR = 1

    statuses = [client.post("auth/2fa/confirm", json={"code": "000000"}).status_code for _ in range(21)]
    assert statuses == [403] * 20 + [429]


def test_used_codes_are_forgotten_once_they_are_wrong_anyway(ada: User) -> None:
    UsedCode.objects.create(id=new_id_at(START), user=ada, step=1)

    assert sweep_used_codes(START + dt.timedelta(hours=23)) == 0
    assert sweep_used_codes(START + dt.timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["otp", "recovery"])
def test_of_racing_sign_ins_with_one_code_one_wins(api: Api, kind: str) -> None:
    with time_machine.travel(START, tick=False) as clock:
        secret, codes = turn_on(api(make_user("ada")))
        clock.shift(STEP)
        otp = code_of(secret, START + dt.timedelta(seconds=STEP)) if kind == "otp" else codes[0]
        before = Session.objects.count()
        client = Client("phone", "192.0.2.1")
        answers = run_parallel(
            8, lambda _: sign_in(identifier="ada", password=PASSWORD, otp=otp, client=client)
        )

    refused = [type(answer).__name__ for answer in answers if isinstance(answer, Exception)]
    assert refused == ["WrongOtp"] * 7
    assert Session.objects.count() == before + 1
    assert UsedCode.objects.count() == (2 if kind == "otp" else 1)
