import uuid

import pytest

from grover.core import audit
from grover.core.db import atomic
from grover.core.models import AppendOnly, AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


def write() -> AuditEntry:
    audit.record(
        actor_id=uuid.UUID(int=1),
        actor_label="@ada",
        action="suspend_user",
        target_kind="user",
        target_id=uuid.UUID(int=2),
        reason="spam",
        data={"days": 7},
    )
    return AuditEntry.objects.get()


def test_entry_says_who_did_what_to_what_and_why() -> None:
    entry = write()
    assert (entry.actor_id, entry.actor_label, entry.action) == (uuid.UUID(int=1), "@ada", "suspend_user")
    assert (entry.target_kind, entry.target_id) == ("user", str(uuid.UUID(int=2)))
    assert (entry.reason, entry.data) == ("spam", {"days": 7})
    assert str(entry) == f"@ada: suspend_user user {uuid.UUID(int=2)}"


def test_long_texts_are_cut_to_what_the_table_holds() -> None:
    audit.record(
        actor_id=None, actor_label="x" * 200, action="a", target_kind="b", target_id="c", reason="y" * 900
    )
    entry = AuditEntry.objects.get()
    assert (len(entry.actor_label), len(entry.reason)) == (100, 500)


def test_entry_goes_with_the_transaction_it_belongs_to() -> None:
    @atomic
    def act() -> None:
        write()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert AuditEntry.objects.count() == 0


def test_entries_are_never_changed_or_deleted() -> None:
    entry = write()
    entry.reason = "none"
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(reason="none")
    with pytest.raises(AppendOnly):
        AuditEntry.objects.filter(pk=entry.pk).delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.bulk_update([entry], ["reason"])
    assert AuditEntry.objects.get().reason == "spam"
