"""What only an outside copy shows: a tail cut off, a log rewritten or restored."""

import json

import pytest
from django.core.management import call_command

from audit import canonical, note
from audit.merkle import leaf_hash
from audit.models import AuditEvent
from audit.sealing import seal
from audit.services import fields_of
from audit.verifier.copies import read_notes
from audit.verifier.run import verify
from core import signing
from tests.audit.tampering import (
    TABLES,
    copy_of_the_log,
    make_log,
    recount,
    superuser,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(db):
    return make_log(5, 7)


def cut_to(size, events):
    with superuser() as cursor:
        cursor.execute(
            "DELETE FROM audit_auditevent WHERE id = ANY(%s)", [[e.id for e in events[size:]]]
        )
        cursor.execute("DELETE FROM audit_leaf WHERE index >= %s", [size])
        cursor.execute("DELETE FROM audit_tile WHERE (index + 1) * 256 > %s", [size])
        cursor.execute("DELETE FROM audit_checkpoint WHERE size > %s", [size])
    recount()


def rewrite(*, change):
    """Every leaf, tile and checkpoint anew, by our own sealer with our own key."""
    changed = AuditEvent.objects.get(pk=change)
    changed.actor_name = "somebody else"
    with superuser() as cursor:
        cursor.execute(
            "UPDATE audit_auditevent SET actor_name = %s, entry = %s WHERE id = %s",
            [changed.actor_name, canonical.encode(fields_of(changed)), changed.id],
        )
        cursor.execute("TRUNCATE audit_outbox, audit_leaf, audit_tile, audit_checkpoint")
    recount()
    sizes = [5, 12]
    events = list(AuditEvent.objects.order_by("id"))
    for start, stop in zip([0, *sizes], sizes, strict=False):
        with superuser() as cursor:
            cursor.executemany(
                "INSERT INTO audit_outbox VALUES (%s, %s, %s)",
                [(e.id, e.received_at, leaf_hash(bytes(e.entry))) for e in events[start:stop]],
            )
        seal()


def test_a_log_that_goes_on_agrees_with_its_copies(log):
    copy = copy_of_the_log()
    write(3)
    seal()
    seen = verify(outside=[copy])
    assert seen.ok
    assert seen.copies == 2


def test_a_tail_cut_off(log):
    copy = copy_of_the_log()
    cut_to(5, log)
    assert verify().ok, "from inside it looks whole"
    seen = verify(outside=[copy])
    assert (seen.first_bad.code, seen.first_bad.index) == ("log-shorter", 5)
    assert "shorter than the outside copy" in seen.first_bad.reason


def test_a_tail_cut_off_and_grown_again(log):
    copy = copy_of_the_log()
    cut_to(5, log)
    write(9)
    seal()
    assert verify().ok
    seen = verify(outside=[copy])
    assert seen.first_bad.code == "rewritten"
    assert "entries 5 to 11" in seen.first_bad.reason


def test_a_log_rewritten_with_our_own_key(log):
    copy = copy_of_the_log()
    rewrite(change=log[6].id)
    seen = verify()
    assert seen.ok
    assert seen.size == 12
    seen = verify(outside=[copy])
    assert seen.first_bad.code == "rewritten"
    assert "entries 5 to 11" in seen.first_bad.reason
    # The last note alone shows it too, if less exactly.
    assert verify(outside=[read_notes(copy)[-1]]).first_bad.code == "rewritten"


def test_an_older_database_restored(log):
    tables = ("audit_auditevent", *TABLES)
    with superuser() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    write(4)
    seal()
    copy = copy_of_the_log()
    assert verify(outside=[copy]).ok
    with superuser() as cursor:
        for table in tables:
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            cursor.execute(f"DROP TABLE kept_{table}")
    recount()
    assert verify().ok
    seen = verify(outside=[copy])
    assert (seen.first_bad.code, seen.first_bad.index) == ("log-shorter", 12)
    assert "restored" in seen.first_bad.reason


def test_copies_that_prove_nothing(log):
    good = copy_of_the_log()
    for text in ("", "nothing", good.replace("\u2014", "-"), good.replace("\n12\n", "\n11\n")):
        seen = verify(outside=[text])
        assert seen.first_bad.code == "bad-copy", text
    told = note.Checkpoint("voicecompliance.example/audit", 12, bytes(32))
    signed = note.note(told, signing.public_key_raw(), signing.sign_raw(told.body().encode()))
    seen = verify(outside=[good, signed])
    assert seen.first_bad.code == "bad-copy"
    assert "two roots" in seen.first_bad.reason
    assert verify(outside=[signed]).first_bad.code == "rewritten"


def test_an_unfinished_note_at_the_end_is_passed_over(log):
    good = copy_of_the_log()
    assert verify(outside=[good + "\nvoicecompliance.example/audit\n99\n"]).ok


def test_the_command(log, tmp_path, capsys):
    copy = tmp_path / "checkpoints.log"
    copy.write_text(copy_of_the_log())
    call_command("verify_audit", "--json", "--checkpoint", str(copy), "--processes", "2")
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert (told["events"], told["size"], told["copies"]) == (12, 12, 2)
    assert told["first_bad"] is None
    cut_to(5, log)
    with pytest.raises(SystemExit) as end:
        call_command("verify_audit", "--json", "--checkpoint", str(copy))
    assert end.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert set(told["first_bad"]) == {"id", "index", "code", "reason"}
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--checkpoint", str(copy))
    assert "log-shorter" in capsys.readouterr().out


def test_a_note_damaged_in_the_midst_of_a_copy(log):
    """One that is whole must not stand for one that is not."""
    write(3)
    seal()
    first, second, third = read_notes(copy_of_the_log())
    for damaged in (second.replace("\u2014", "-"), second.split("\n\n")[0] + "\n\n"):
        seen = verify(outside=[f"{first}\n{damaged}\n{third}"])
        assert seen.first_bad.code == "bad-copy", damaged
    damaged = third.replace("\u2014", "-")
    assert verify(outside=[f"{first}\n{second}\n{damaged}"]).first_bad.code == "bad-copy"


def test_an_empty_log_is_said_to_be_empty(db, capsys):
    call_command("verify_audit")
    told = capsys.readouterr().out
    assert "The log is empty" in told
    assert "Everything agrees" not in told
