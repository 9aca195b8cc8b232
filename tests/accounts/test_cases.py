"""Reports gathered into cases, what the staff decides about them, and appeals."""

import datetime as dt
import importlib
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from accounts import ports
from accounts.actions.appeals import appeal_decision, give_up_removed, grant_appeal, reject_appeal
from accounts.actions.cases import decide_case
from accounts.actions.reports import file_report
from accounts.cards.moderation import ReportedThing
from accounts.enums import AccountStatus, CaseState, DecisionKind, Moderation
from accounts.errors.people import (
    AppealedAlready,
    OwnAccount,
    OwnDecision,
    StaffOnly,
    StaffProtected,
    TransitionRefused,
)
from accounts.models import Case, Decision, Report, User
from accounts.policies.moderation import APPEAL_TIME
from grover.core.errors import NotFound
from grover.core.ids import new_id
from grover.core.models import AuditEntry
from grover.core.viewers import Viewer
from tests.content.costs import cost_of
from tests.factories.accounts import make_user
from tests.races import run_parallel

pytestmark = pytest.mark.django_db

HIDE, REMOVE, WARN, SUSPEND, DISMISS = (
    DecisionKind[name] for name in ("HIDE", "REMOVE", "WARN", "SUSPEND", "DISMISS")
)


class Rock:
    """A thing of another app: who owns it, what was done to it, and whether it was erased."""

    def __init__(self, owner: User, *measures: str) -> None:
        self.id, self.owner, self.measures = new_id(), owner, measures
        self.moderation: Moderation | None = Moderation.VISIBLE
        self.is_erased = False

    def find_reportable(self, kind: str, thing_id: Any, _: Any) -> bool | None:
        return self._is_it(kind, thing_id) and self.moderation == Moderation.VISIBLE

    def find_reported(self, kind: str, thing_id: Any) -> ReportedThing | None:
        if not self._is_it(kind, thing_id) or self.moderation is None:
            return None
        return ReportedThing(owner_id=self.owner.pk, text="A rock", measures=self.measures)

    def moderate(self, kind: str, thing_id: Any, moderation: Moderation) -> bool | None:
        if self.moderation is not None and self._is_it(kind, thing_id):
            self.moderation = moderation
        return self.moderation is not None

    def erase(self, kind: str, thing_id: Any) -> None:
        self.is_erased = self._is_it(kind, thing_id)

    def _is_it(self, kind: str, thing_id: Any) -> bool:
        return kind == "rock" and thing_id == self.id


@pytest.fixture
def staff(db: None) -> User:
    return make_user("staff", is_staff=True)


@pytest.fixture
def rock(db: None, monkeypatch: pytest.MonkeyPatch) -> Rock:
    rock = Rock(make_user("owner"), "hide", "remove")
    for slot, filler in (
        (ports.find_reportable, rock.find_reportable),
        (ports.find_reported, rock.find_reported),
        (ports.moderate_reported, rock.moderate),
        (ports.erase_removed, rock.erase),
    ):
        monkeypatch.setattr(slot, "_fillers", [filler])
    return rock


def report(thing: Rock | User, reporter: User | None = None, reason: str = "spam") -> Case:
    """Have somebody report a thing, and give its case."""
    kind, key = ("user", thing.pk) if isinstance(thing, User) else ("rock", thing.id)
    viewer = Viewer((reporter or make_user()).pk, new_id())
    file_report(viewer, kind=kind, target_id=key, reason=reason, note="Look.")
    return Case.objects.get(target_id=key)


def decide(staff: User, case: Case, kind: DecisionKind, reason: str = "Rules") -> Decision:
    decide_case(staff.pk, case_id=case.pk, kind=kind, reason=reason)
    return Decision.objects.filter(case=case).latest("id")


def entries() -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.order_by("id")
    return list(rows.values_list("action", "target_kind", "reason"))


# --- Cases ---------------------------------------------------------------------------------------


def test_reports_of_a_thing_are_one_case(rock: Rock) -> None:
    report(rock), report(rock, reason="hate")
    case = report(rock)

    assert (case.state, case.report_count, case.reasons) == ("open", 3, {"spam": 2, "hate": 1})
    assert (case.target_kind, case.owner_id, case.decision) == ("rock", rock.owner.pk, "")
    assert case.last_reported_at >= Report.objects.latest("id").created_at - dt.timedelta(seconds=5)


@pytest.mark.django_db(transaction=True)
def test_reports_filed_in_parallel_are_one_case() -> None:
    bob = make_user("bob")
    people = [make_user() for _ in range(20)]

    results = run_parallel(20, lambda number: report(bob, people[number]))

    assert not [result for result in results if isinstance(result, Exception)]
    [case] = Case.objects.all()
    assert (case.report_count, case.reasons, Report.objects.count()) == (20, {"spam": 20}, 20)


def test_reported_again_a_decided_thing_is_in_the_queue_again(staff: User, rock: Rock) -> None:
    case = report(rock)
    decide(staff, case, DISMISS)
    assert report(rock).state == CaseState.OPEN
    decide(staff, case, WARN)
    assert set(Report.objects.values_list("state", flat=True)) == {"dismissed", "actioned"}


def test_what_was_just_removed_is_not_reported_again(staff: User, rock: Rock, monkeypatch: Any) -> None:
    decide(staff, report(rock), REMOVE)
    seen = [True, False]  # the decision falls between the first look and the second
    monkeypatch.setattr(ports.find_reportable, "_fillers", [lambda *_: seen.pop(0)])

    with pytest.raises(NotFound):
        report(rock)
    assert (Case.objects.get().state, Report.objects.count()) == ("decided", 1)


def test_cases_of_earlier_reports_are_made() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    at, other = timezone.now(), new_id()
    fields = {"target_kind": "user", "target_id": bob.pk}
    Report.objects.create(reporter=ada, reason="spam", state="open", **fields)
    Report.objects.create(reporter=make_user(), reason="spam", state="actioned", decided_at=at, **fields)
    closed = {"target_kind": "post", "target_id": other, "state": "dismissed", "decided_at": at}
    Report.objects.create(reporter=ada, reason="hate", **closed)

    migration = importlib.import_module("accounts.migrations.0004_cases_of_reports")
    migration.gather_reports(apps, None)
    migration.gather_reports(apps, None)

    rows = Case.objects.order_by("target_kind").values_list(
        "target_kind", "owner_id", "state", "report_count", "reasons", "decision"
    )
    assert list(rows) == [
        ("post", None, "decided", 1, {"hate": 1}, "dismiss"),
        ("user", bob.pk, "open", 2, {"spam": 2}, ""),
    ]


# --- Decisions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "after"), [(HIDE, Moderation.HIDDEN), (REMOVE, Moderation.REMOVED)])
def test_decision_settles_the_case_with_its_reports(
    staff: User, rock: Rock, kind: DecisionKind, after: Moderation
) -> None:
    report(rock)
    case = report(rock)

    decision = decide(staff, case, kind)

    case.refresh_from_db()
    assert (case.state, case.decision, rock.moderation) == ("decided", kind, after)
    assert (decision.owner_id, decision.kind, decision.reason) == (rock.owner.pk, kind, "Rules")
    reports = Report.objects.values_list("state", "decided_by", "decision_note")
    assert list(reports) == [("actioned", staff.pk, "Rules")] * 2
    assert entries() == [(f"{kind}_case", "case", "Rules")]
    [letter] = mail.outbox
    assert letter.to == [rock.owner.email]
    assert "your rock has been" in letter.body
    assert "The reason: Rules" in letter.body
    assert f"until {decision.created_at + APPEAL_TIME:%-d %B %Y}." in letter.body
    assert "staff" not in letter.body


def test_dismissal_concerns_nobody(api: Any, staff: User, rock: Rock) -> None:
    decision = decide(staff, report(rock), DISMISS)

    assert (decision.owner_id, rock.moderation, mail.outbox) == (None, Moderation.VISIBLE, [])
    assert Report.objects.get().state == "dismissed"
    assert api(rock.owner).get("me/decisions").json()["results"] == []


def test_suspension_is_the_one_of_accounts(staff: User, rock: Rock) -> None:
    decision = decide(staff, report(rock), SUSPEND)

    rock.owner.refresh_from_db()
    assert (rock.owner.status, rock.owner.suspension_reason) == (AccountStatus.SUSPENDED, "Rules")
    assert entries() == [("suspend_user", "user", "Rules"), ("suspend_case", "case", "Rules")]
    assert "your account has been suspended" in mail.outbox[0].body
    assert "answer this mail" in mail.outbox[0].body
    Decision.objects.filter(pk=decision.pk).update(appeal_state="pending", decided_by=None)
    grant_appeal(staff.pk, decision_id=decision.pk, reason="Sorry")
    rock.owner.refresh_from_db()
    assert rock.owner.status == AccountStatus.ACTIVE


def test_decisions_are_refused_to_and_about_the_wrong_people(staff: User, rock: Rock) -> None:
    chief = make_user("chief", is_staff=True, is_superuser=True)
    case, of_staff, of_chief = report(rock), report(staff), report(chief)

    def refusal(actor: User, about: Any, kind: DecisionKind = DISMISS) -> type[Exception]:
        with pytest.raises(Exception) as caught:
            decide_case(actor.pk, case_id=getattr(about, "pk", about), kind=kind, reason="x")
        return caught.type

    assert refusal(make_user(), case) is StaffOnly
    assert refusal(staff, new_id()) is NotFound
    assert refusal(staff, of_staff) is OwnAccount
    assert refusal(staff, of_chief, WARN) is StaffProtected
    assert refusal(chief, of_staff, HIDE) is TransitionRefused  # people are not hidden but suspended
    rock.measures = ("remove",)
    assert refusal(staff, case, HIDE) is TransitionRefused
    rock.moderation = None
    assert refusal(staff, case, REMOVE) is TransitionRefused
    User.objects.filter(pk=rock.owner.pk).update(status=AccountStatus.SUSPENDED)
    assert refusal(staff, case, SUSPEND) is TransitionRefused
    Case.objects.filter(pk=case.pk).update(owner=None)
    assert refusal(staff, case, WARN) is TransitionRefused
    assert set(Case.objects.values_list("state", flat=True)) == {"open"}
    assert (Decision.objects.count(), entries(), mail.outbox) == (0, [], [])
    decide(staff, case, DISMISS)
    assert refusal(staff, case) is TransitionRefused


@pytest.mark.django_db(transaction=True)
def test_of_racing_decisions_one_is_made() -> None:
    case = report(make_user("bob"))
    staff = [make_user(is_staff=True) for _ in range(4)]

    results = run_parallel(4, lambda number: decide(staff[number], case, (WARN, DISMISS)[number % 2]))

    refused = [result for result in results if isinstance(result, Exception)]
    assert [str(refusal.detail) for refusal in refused] == ["The case is decided already"] * 3
    assert Decision.objects.count() == AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_reports_and_decisions_at_once_leave_none_behind() -> None:
    bob, staff = make_user("bob"), make_user("staff", is_staff=True)
    case = report(bob)
    people = [make_user() for _ in range(5)]

    def act(number: int) -> Any:
        return report(bob, people[number]) if number < 5 else decide(staff, case, DISMISS)

    run_parallel(6, act)

    case.refresh_from_db()
    are_open = Report.objects.filter(state="open").exists()
    assert (case.report_count, case.state == CaseState.OPEN) == (6, are_open)


# --- Appeals -------------------------------------------------------------------------------------


def appeal(client: Any, decision: Decision, text: Any = "It is a pebble.") -> Any:
    return client.post(f"me/decisions/{decision.pk}/appeal", json={"text": text})


def test_owner_reads_what_was_decided_and_appeals(api: Any, staff: User, rock: Rock) -> None:
    decision = decide(staff, report(rock), HIDE)
    client = api(rock.owner)

    [card] = client.get("me/decisions").json()["results"]
    appealed = appeal(client, decision)

    assert card.pop("decided_at") < card.pop("appeal_until")
    target = {"kind": "rock", "id": str(rock.id)}
    told = {"id": str(decision.pk), "target": target, "decision": "hide", "reason": "Rules"}
    assert card == {**told, "appeal": None}
    assert (appealed.status_code, appealed.json()["appeal"]["state"]) == (200, "pending")
    assert client.get("me/decisions").json()["results"] == [appealed.json()]
    again = appeal(client, decision)
    assert (again.status_code, again.json()["code"]) == (409, "appealed_already")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "blank"), (" ", "blank"), ("x" * 2001, "max_length"), (7, "invalid"), (None, "null")],
)
def test_appeal_refuses_values(api: Any, staff: User, rock: Rock, text: Any, code: str) -> None:
    answer = appeal(api(rock.owner), decide(staff, report(rock), HIDE), text)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/text", code)]


def test_appeal_is_for_the_owner_and_in_time(api: Any, staff: User, rock: Rock) -> None:
    decision = decide(staff, report(rock), HIDE)
    client = api(rock.owner)

    assert appeal(api(make_user()), decision).status_code == 404
    assert appeal(api(), decision).status_code == 401
    assert client.post("me/decisions/nonsense/appeal", json={"text": "No"}).status_code == 404
    assert client.post(f"me/decisions/{new_id()}/appeal", json={"text": "No"}).status_code == 404
    Decision.objects.filter(pk=decision.pk).update(created_at=timezone.now() - APPEAL_TIME)
    late = appeal(client, decision)
    assert (late.status_code, late.json()["code"]) == (409, "appeal_too_late")


def test_list_costs_the_same_for_one_and_three(api: Any, staff: User, rock: Rock) -> None:
    client = api(rock.owner)
    decide(staff, report(rock), WARN)
    one = cost_of(client, "me/decisions")
    for _ in range(2):
        decide(staff, report(rock), WARN)

    assert len(client.get("me/decisions").json()["results"]) == 3
    assert cost_of(client, "me/decisions") == one


@pytest.mark.django_db(transaction=True)
def test_of_racing_appeals_one_is_made() -> None:
    bob, staff = make_user("bob"), make_user("staff", is_staff=True)
    decision = decide(staff, report(bob), WARN)
    viewer = Viewer(bob.pk, new_id())

    results = run_parallel(4, lambda number: appeal_decision(viewer, decision_id=decision.pk, text="No"))

    assert sum(isinstance(result, AppealedAlready) for result in results) == 3


def test_granted_appeal_gives_back_what_no_other_decision_takes(staff: User, rock: Rock) -> None:
    judge, viewer = make_user(is_staff=True), Viewer(rock.owner.pk, new_id())
    case = report(rock)
    hidden = decide(staff, case, HIDE)
    Case.objects.filter(pk=case.pk).update(state=CaseState.OPEN)
    removed = decide(staff, case, REMOVE)
    mail.outbox.clear()

    for decision, after in ((removed, Moderation.HIDDEN), (hidden, Moderation.VISIBLE)):
        appeal_decision(viewer, decision_id=decision.pk, text="No")
        grant_appeal(judge.pk, decision_id=decision.pk, reason="Sorry")
        assert rock.moderation == after
        with pytest.raises(TransitionRefused):
            reject_appeal(judge.pk, decision_id=decision.pk, reason="x")

    assert [entry[0] for entry in entries()][2:] == ["grant_appeal", "grant_appeal"]
    assert "taken back" in mail.outbox[0].body
    assert "Sorry" in mail.outbox[0].body


def test_appeal_is_answered_by_somebody_else_where_there_is_one(staff: User, rock: Rock) -> None:
    decision = decide(staff, report(rock), HIDE)
    with pytest.raises(TransitionRefused):
        reject_appeal(staff.pk, decision_id=decision.pk, reason="Not asked for")
    appeal_decision(Viewer(rock.owner.pk, new_id()), decision_id=decision.pk, text="No")
    judge = make_user(is_staff=True)

    with pytest.raises(OwnDecision):
        grant_appeal(staff.pk, decision_id=decision.pk, reason="x")
    with pytest.raises(StaffOnly):
        grant_appeal(rock.owner.pk, decision_id=decision.pk, reason="x")
    with pytest.raises(NotFound):
        grant_appeal(judge.pk, decision_id=new_id(), reason="x")
    User.objects.filter(pk=judge.pk).update(status=AccountStatus.SUSPENDED)
    reject_appeal(staff.pk, decision_id=decision.pk, reason="Still a rock")

    assert rock.moderation == Moderation.HIDDEN
    decision.refresh_from_db()
    assert (decision.appeal_state, decision.reply) == ("rejected", "Still a rock")
    assert "left as it was" in mail.outbox[-1].body


def test_removed_thing_is_erased_when_nobody_can_appeal_any_more(staff: User, rock: Rock) -> None:
    decision = decide(staff, report(rock), REMOVE)
    soon, late = (decision.created_at + APPEAL_TIME + dt.timedelta(seconds=way) for way in (-1, 0))

    assert (give_up_removed(soon), rock.is_erased) == (0, False)
    for state in ("pending", "granted"):
        Decision.objects.filter(pk=decision.pk).update(appeal_state=state)
        assert (give_up_removed(late), rock.is_erased) == (0, False)
    Decision.objects.filter(pk=decision.pk).update(appeal_state="rejected")
    assert (give_up_removed(late), give_up_removed(late), rock.is_erased) == (1, 0, True)


def test_only_what_was_removed_is_erased(staff: User, rock: Rock) -> None:
    decision = decide(staff, report(rock), HIDE)

    assert (give_up_removed(decision.created_at + 2 * APPEAL_TIME), rock.is_erased) == (0, False)
