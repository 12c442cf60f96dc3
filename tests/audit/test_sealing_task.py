"""The sealer as it runs: on a beat, beside others, killed, and feeding the outside copies."""

import base64
import html
import itertools
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit import merkle, note, publishers, publishing, sealing, tasks
from audit.evidence import measure_outside_copy, measure_sealing_lag
from audit.models import AuditEvent, Checkpoint, Leaf, Outbox, Publication
from audit.publishers import FilePublisher, PublishFailed, body_of
from audit.services import Entry, record, record_many
from core import evidence, signing
from core.actors import Actor
from tests.servers import serve
from voicecompliance.logs import RoutineFilter

ACTOR = Actor.system("tests")
State = Publication.State
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def write(count=1, kind="t"):
    with transaction.atomic():
        record_many(
            actor=ACTOR,
            entries=[Entry(event_type=kind, action="a", details={"n": n}) for n in range(count)],
        )


def check_log(events=None):
    """Dense places, every event in one, every checkpoint signed and consistent with the next."""
    leaves = list(Leaf.objects.order_by("index").values_list("index", "event_id", "leaf_hash"))
    assert [index for index, _, _ in leaves] == list(range(len(leaves)))
    entries = dict(AuditEvent.objects.values_list("id", "entry"))
    assert {id_ for _, id_, _ in leaves} == set(entries)
    if events is not None:
        assert len(leaves) == events
    for _, id_, hashed in leaves:
        assert bytes(hashed) == merkle.leaf_hash(bytes(entries[id_]))
    points = list(Checkpoint.objects.order_by("size"))
    assert points[-1].size == len(leaves)
    frontier, roots = merkle.Frontier(), {}
    for _, _, hashed in leaves:
        frontier.append(bytes(hashed))
        roots[frontier.size] = frontier.root()
    node = sealing.node_reader(len(leaves))
    for point in points:
        told = note.verify(point.note, point.origin, signing.public_key_raw())
        assert (told.size, told.root) == (point.size, roots[point.size])
    for old, new in itertools.pairwise(points):
        proof = merkle.consistency_proof(node, old.size, new.size)
        assert merkle.is_consistent(old.size, bytes(old.root), new.size, bytes(new.root), proof)


def as_owner(statement, *parameters):
    """As the tables' owner with triggers off: what an intruder can do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'audit!_%' ESCAPE '!'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters or None)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def forget(size):
    """The log cut back to ``size`` events, as a restored older database has it."""
    as_owner(
        "DELETE FROM audit_auditevent WHERE id IN (SELECT event_id FROM audit_leaf"
        " WHERE index >= %s)",
        size,
    )
    as_owner("DELETE FROM audit_leaf WHERE index >= %s", size)
    as_owner("DELETE FROM audit_checkpoint WHERE size > %s", size)
    as_owner("DELETE FROM audit_outbox")


def rewrite():
    """The whole log again with another first event, signed with the true key."""
    as_owner("DELETE FROM audit_checkpoint")
    as_owner("DELETE FROM audit_tile")
    as_owner(
        "INSERT INTO audit_outbox SELECT event_id, received_at, CASE index WHEN 0 THEN"
        " sha256('forged') ELSE leaf_hash END FROM audit_leaf"
    )
    as_owner("DELETE FROM audit_leaf")
    sealing.seal()


@pytest.fixture
def handed(monkeypatch):
    """What the beat hands over, done at once."""
    given = []

    def apply(args, **options):
        given.append(args[0])
        publishing.publish(args[0])

    monkeypatch.setattr(tasks.publish, "apply_async", apply)
    return given


@pytest.fixture
def copy(settings, tmp_path, handed):
    """A file as outside copy, fed at every seal."""
    settings.AUDIT_PUBLISHERS = [f"file://{tmp_path}/checkpoints.log"]
    settings.AUDIT_PUBLISH_SECONDS = 0
    return FilePublisher(tmp_path / "checkpoints.log")


def events(action):
    return AuditEvent.objects.filter(event_type="outside_copy", action=action)


# The beat -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_beat_seals_and_publishes(copy, handed):
    write(3)
    tasks.seal()
    assert Checkpoint.objects.get().size == 3
    assert copy.read_last() == Checkpoint.objects.get().note
    row = Publication.objects.get()
    assert (row.state, row.size, row.attempts, row.error) == (State.PUBLISHED, 3, 1, "")
    assert row.published_at
    # Publishing leaves no event, or each would call for the next.
    assert AuditEvent.objects.count() == 3
    tasks.seal()
    assert Checkpoint.objects.count() == Publication.objects.count() == 1
    assert len(handed) == 1


@pytest.mark.django_db
def test_with_nothing_to_do_it_is_one_query(copy, handed, django_assert_num_queries, caplog):
    write()
    tasks.seal()
    with django_assert_num_queries(1), caplog.at_level(logging.DEBUG):
        tasks.seal()
    assert [each for each in caplog.records if not each.name.startswith("django.db")] == []
    assert len(handed) == 1


@pytest.mark.django_db
def test_without_copies_it_only_seals(settings, handed):
    settings.AUDIT_PUBLISHERS = []
    write()
    tasks.seal()
    assert Checkpoint.objects.count() == 1
    assert handed == []


@pytest.mark.django_db
def test_a_copy_is_fed_at_most_so_often(copy, handed, settings):
    settings.AUDIT_PUBLISH_SECONDS = 60
    for _ in range(3):
        write()
        tasks.seal()
    assert body_of(copy.read_last()).size == 1
    Publication.objects.update(published_at=timezone.now() - timedelta(seconds=61))
    tasks.seal()
    # What was left out in between is covered by the newest.
    assert body_of(copy.read_last()).size == 3
    assert Publication.objects.count() == 2


def test_the_beat_says_nothing_in_the_log():
    quiet = RoutineFilter()

    def line(name, level, message):
        return logging.LogRecord(name, level, "", 0, message, ("audit.tasks.seal",), None)

    assert not quiet.filter(line("celery.app.trace", logging.INFO, "Task %s succeeded"))
    assert not quiet.filter(line("celery.beat", logging.INFO, "Sending due task (%s)"))
    assert quiet.filter(line("celery.app.trace", logging.ERROR, "Task %s raised"))
    assert quiet.filter(line("audit", logging.INFO, "%s"))


def test_the_schedule_does_not_pile_up():
    from voicecompliance.celery import app

    entry = app.conf.beat_schedule["audit-seal"]
    assert entry["schedule"] == entry["options"]["expires"] == 5


# Several sealers, late commits, killed sealers ------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_never_fork():
    stop, faults = threading.Event(), []

    def work(act):
        try:
            while not stop.is_set():
                act()
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    rng = random.Random(1)
    sealers = [
        threading.Thread(target=work, args=(lambda: sealing.seal(batch=rng.choice([10, 40, 300])),))
        for _ in range(4)
    ]
    writers = [
        threading.Thread(target=work, args=(lambda: write(rng.randint(1, 40)),)) for _ in range(3)
    ]
    for thread in (*sealers, *writers):
        thread.start()
    time.sleep(1.5)
    stop.set()
    for thread in (*sealers, *writers):
        thread.join()
    assert faults == []
    sealing.seal()
    assert not Outbox.objects.exists()
    assert Checkpoint.objects.count() > 10
    check_log()


@pytest.mark.django_db(transaction=True)
def test_an_open_transaction_is_sealed_when_it_commits(handed):
    opened, release = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                record(actor=ACTOR, event_type="held", action="a")
                opened.set()
                release.wait(20)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert opened.wait(20)
    for _ in range(3):
        write()
        tasks.seal()
    assert Checkpoint.objects.order_by("-size").first().size == 3
    release.set()
    holder.join()
    tasks.seal()
    assert Leaf.objects.get(event_id=AuditEvent.objects.get(event_type="held").id).index == 3
    check_log(4)


@pytest.mark.django_db(transaction=True)
def test_what_rolls_back_is_never_sealed():
    write()
    with pytest.raises(RuntimeError), transaction.atomic():
        record(actor=ACTOR, event_type="t", action="a")
        raise RuntimeError
    sealing.seal()
    check_log(1)


_SEALER = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["SEALED_DATABASE"]
connection.settings_dict["OPTIONS"]["options"] = "-c role=voicecompliance_web"
from audit.sealing import seal
connection.ensure_connection()
print("ready", flush=True)
while True:
    seal(batch=40)
"""


@pytest.mark.django_db(transaction=True)
def test_a_sealer_killed_anywhere_leaves_a_log_that_seals_on():
    rng = random.Random(7)
    written = 0
    environment = {**os.environ, "SEALED_DATABASE": connection.settings_dict["NAME"]}
    for _ in range(4):
        write(1500)
        written += 1500
        sealer = subprocess.Popen(
            [sys.executable, "-c", _SEALER], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert sealer.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.25))
        sealer.send_signal(signal.SIGKILL)
        sealer.wait()
    # The server may still be undoing what the last one left.
    until = time.monotonic() + 20
    while Outbox.objects.exists() and time.monotonic() < until:
        sealing.seal()
    assert not Outbox.objects.exists()
    check_log(written)


# What the copies hold against the log ---------------------------------------------------------


@pytest.mark.django_db
def test_a_rewritten_log_stops_the_publishing(copy, caplog):
    write(300)
    tasks.seal()
    held = copy.read_last()
    rewrite()
    # The database is made to forget what it sent, too.
    as_owner("DELETE FROM audit_publication")
    write()
    for _ in range(3):
        tasks.seal()
    assert copy.read_last() == held
    row = Publication.objects.get()
    assert row.state == State.HALTED
    assert "does not begin with" in row.error
    event = events("contradicted").get()
    assert event.severity == "CRITICAL"
    assert event.object_id == str(row.pk)
    assert [each.levelname for each in caplog.records if each.name == "audit.publishing"] == [
        "CRITICAL"
    ]
    assert measure_outside_copy()[0] == "fail"
    # The log itself goes on.
    assert not Outbox.objects.exists()


@pytest.mark.django_db
def test_an_older_database_stops_the_publishing(copy):
    write(5)
    tasks.seal()
    write(5)
    tasks.seal()
    forget(5)
    as_owner("DELETE FROM audit_publication WHERE size > 5")
    assert measure_outside_copy()[0] == "fail"
    write(2)
    tasks.seal()
    assert Publication.objects.get(state=State.HALTED).error == (
        "The copy holds 10 events, the log 7."
    )
    assert events("contradicted").count() == 1


@pytest.mark.django_db
def test_an_older_database_stops_a_copy_that_cannot_be_read(settings, handed):
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    settings.AUDIT_PUBLISH_SECONDS = 0
    settings.AUDIT_WEBHOOK_SECRET = SECRET
    with serve() as server:
        settings.AUDIT_PUBLISHERS = [f"http://127.0.0.1:{server.port}/in"]
        write(5)
        tasks.seal()
        write(5)
        tasks.seal()
        forget(5)
        tasks.seal()
        assert len(server.heard) == 2
    assert "is not ours any more" in Publication.objects.get(state=State.HALTED).error


@pytest.mark.django_db
def test_an_edited_checkpoint_stops_the_publishing(copy):
    write(5)
    tasks.seal()
    as_owner("UPDATE audit_checkpoint SET note = replace(note, %s, %s)", "\n5\n", "\n4\n")
    write()
    tasks.seal()
    assert "is not ours any more" in Publication.objects.get(state=State.HALTED).error


@pytest.mark.django_db
def test_a_newest_checkpoint_that_the_leaves_do_not_make(copy):
    write(5)
    sealing.seal()
    as_owner("UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE index = 2")
    tasks.seal()
    assert Publication.objects.get().state == State.HALTED
    assert copy.read_last() is None


@pytest.mark.django_db
def test_another_logs_copy(copy, settings):
    write(5)
    tasks.seal()
    settings.AUDIT_ORIGIN = "other.example/log"
    write()
    tasks.seal()
    assert "another log" in Publication.objects.get(state=State.HALTED).error


@pytest.mark.django_db
def test_a_copy_that_was_emptied_is_fed_again_and_told_of(copy):
    write(5)
    tasks.seal()
    copy.path.unlink()
    write()
    tasks.seal()
    assert body_of(copy.read_last()).size == 6
    assert events("shortened").count() == 1
    assert not events("contradicted").exists()


# Copies that fail -----------------------------------------------------------------------------


class Broken:
    address, readable = "test://broken", True
    fails, published, last = True, (), None

    def publish(self, text, size):
        if self.fails:
            raise PublishFailed("The medium is away.")
        self.published = (*self.published, size)
        self.last = text

    def read_last(self):
        return self.last


@pytest.fixture
def broken(monkeypatch, copy, settings):
    """One copy that fails, before one that works."""
    medium = Broken()
    real = publishers.configured
    monkeypatch.setattr(publishers, "configured", lambda: [medium, *real()])
    return medium


@pytest.mark.django_db
def test_one_that_fails_stops_neither_the_others_nor_the_sealing(broken, copy):
    write()
    tasks.seal()
    assert body_of(copy.read_last()).size == 1
    row = Publication.objects.get(publisher=broken.address)
    assert (row.state, row.attempts, row.error) == (State.WAITING, 1, "The medium is away.")
    assert row.due_at > timezone.now()
    assert events("failed").get().severity == "WARNING"
    assert not Publication.objects.filter(state=State.HALTED).exists()


@pytest.mark.django_db
def test_it_is_tried_again_after_growing_waits_and_then_with_the_newest(broken, copy):
    write()
    tasks.seal()
    waits = []
    for attempt in range(2, 12):
        row = Publication.objects.get(publisher=broken.address)
        waits.append(row.due_at - timezone.now())
        tasks.seal()
        row.refresh_from_db()
        assert row.attempts == attempt - 1, "not before its time"
        Publication.objects.filter(pk=row.pk).update(due_at=timezone.now())
        tasks.seal()
    seconds = [round(each.total_seconds()) for each in waits]
    assert seconds[:4] == [10, 20, 40, 80]
    assert seconds[-1] == 900
    # One event for the whole run of failures.
    assert events("failed").count() == 1
    write(3)
    broken.fails = False
    Publication.objects.filter(publisher=broken.address).update(due_at=timezone.now())
    tasks.seal()
    newest = Checkpoint.objects.order_by("-size").first().size
    assert broken.published == (newest,)
    row = Publication.objects.get(publisher=broken.address)
    assert (row.state, row.size, row.error) == (State.PUBLISHED, newest, "")


@pytest.mark.django_db
def test_a_medium_may_raise_anything(broken, copy):
    def explode(text, size):
        raise KeyError("inside a library")

    broken.publish = explode
    write()
    tasks.seal()
    assert Publication.objects.get(publisher=broken.address).error == "KeyError"
    assert body_of(copy.read_last()).size == 1


@pytest.mark.django_db
def test_killed_in_between_is_published_again(broken, copy):
    """The note is there and the row does not say so: the lease ends, and it is sent once more."""
    broken.fails = False

    def die(text, size):
        Broken.publish(broken, text, size)
        raise KeyboardInterrupt

    broken.publish = die
    write()
    with pytest.raises(KeyboardInterrupt):
        tasks.seal()
    row = Publication.objects.get(publisher=broken.address)
    assert row.state == State.WAITING
    del broken.publish
    tasks.seal()
    assert broken.published == (1,), "the lease has not ended"
    Publication.objects.filter(pk=row.pk).update(due_at=timezone.now())
    tasks.seal()
    row.refresh_from_db()
    assert row.state == State.PUBLISHED
    assert not events("contradicted").exists()


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_publish_once(broken, copy):
    broken.fails = False
    write(3)
    sealing.seal()
    barrier = threading.Barrier(6)
    faults = []

    def work():
        try:
            barrier.wait()
            for address in (broken.address, copy.address):
                publishing.publish(address)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    for round_ in range(5):
        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        write()
        sealing.seal()
        assert faults == [], round_
    assert broken.published == (3, 4, 5, 6, 7)
    assert not Publication.objects.exclude(state=State.PUBLISHED).exists()


@pytest.mark.django_db
def test_a_worker_whose_lease_ended_settles_nothing(broken, copy):
    broken.fails = False
    write()
    sealing.seal()

    def slow(text, size):
        Publication.objects.filter(publisher=broken.address).update(
            due_at=timezone.now(), attempts=7
        )

    broken.publish = slow
    assert publishing.publish(broken.address) is None
    row = Publication.objects.get(publisher=broken.address)
    assert (row.state, row.attempts) == (State.WAITING, 7)


@pytest.mark.django_db
def test_publications_are_not_deleted_by_those_who_make_them(copy):
    write()
    tasks.seal()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Publication.objects.all().delete()


# Evidence and metrics -------------------------------------------------------------------------


@pytest.mark.django_db
def test_sealing_lag(copy):
    assert measure_sealing_lag()[0] == "unknown"
    write()
    assert measure_sealing_lag()[0] == "pass"
    as_owner("UPDATE audit_outbox SET received_at = now() - interval '61 seconds'")
    status, figure, _ = measure_sealing_lag()
    assert (status, figure) == ("fail", "61 s")
    tasks.seal()
    assert measure_sealing_lag()[:2] == ("pass", "0 s")


@pytest.mark.django_db
def test_no_outside_copy_is_said_plainly(settings):
    settings.AUDIT_PUBLISHERS = []
    status, figure, detail = measure_outside_copy()
    assert (status, figure) == ("unknown", "no outside copy")
    assert "rewrites the log" in detail


@pytest.mark.django_db
def test_outside_copy_passes_lags_and_fails(copy, settings):
    assert measure_outside_copy()[0] == "unknown"
    write()
    tasks.seal()
    assert measure_outside_copy()[:2] == ("pass", "1 of 1 copies; newest 1")
    settings.AUDIT_PUBLISH_SECONDS = 10**6
    write()
    tasks.seal()
    assert measure_outside_copy()[0] == "pass", "behind, and not for an hour yet"
    as_owner("UPDATE audit_checkpoint SET signed_at = now() - interval '61 minutes'")
    status, figure, detail = measure_outside_copy()
    assert (status, figure) == ("fail", "0 of 1 copies; newest 1")
    assert "behind since" in detail
    copy.path.unlink()
    assert measure_outside_copy()[0] == "fail"


@pytest.mark.django_db
def test_outside_copy_sees_a_rewrite_before_anything_is_published(copy):
    write(20)
    tasks.seal()
    rewrite()
    assert measure_outside_copy()[0] == "fail"


@pytest.mark.django_db
def test_one_bad_copy_among_good_ones_fails(broken, copy):
    write()
    tasks.seal()
    as_owner("UPDATE audit_checkpoint SET signed_at = now() - interval '61 minutes'")
    status, figure, detail = measure_outside_copy()
    assert (status, figure) == ("fail", "1 of 2 copies; newest 1")
    assert "test://broken" in detail


@pytest.mark.django_db
def test_a_worker_measures_for_the_pages(copy, monkeypatch):
    write()
    tasks.seal()
    tasks.compare_copies()
    monkeypatch.setattr(FilePublisher, "read_last", lambda self: pytest.fail("read by a page"))
    assert evidence.read("audit.outside_copy").status == "pass"


@pytest.mark.django_db
def test_gauges(copy, client, settings):
    settings.METRICS_TOKEN = ""
    write(3)
    text = client.get("/metrics").content.decode()
    assert "voicecompliance_audit_outbox_events 3.0" in text
    assert "voicecompliance_audit_sealed_events 0.0" in text
    tasks.seal()
    text = client.get("/metrics").content.decode()
    assert "voicecompliance_audit_outbox_events 0.0" in text
    assert "voicecompliance_audit_sealing_lag_seconds 0.0" in text
    assert "voicecompliance_audit_sealed_events 3.0" in text
    assert f'voicecompliance_audit_copied_events{{copy="{copy.address}"}} 3.0' in text


# Admin ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_seal_now(make_person, sign_in, copy):
    client = sign_in(make_person("looker", "auditor"))
    write(3)
    assert client.get(reverse("admin:audit_checkpoint_seal_now")).status_code == 200
    assert not Checkpoint.objects.exists()
    answer = client.post(reverse("admin:audit_checkpoint_seal_now"))
    assert answer.status_code == 302
    assert not Outbox.objects.exists()
    event = AuditEvent.objects.get(event_type="admin", action="sealed")
    assert event.actor_name == "looker"
    # Its own event is in the checkpoint that it made.
    assert Leaf.objects.filter(event_id=event.pk).exists()


@pytest.mark.django_db
def test_seal_now_needs_the_right(make_person, sign_in):
    client = sign_in(make_person("nurse", "care staff"))
    write()
    assert client.post(reverse("admin:audit_checkpoint_seal_now")).status_code == 403
    assert not Checkpoint.objects.exists()


@pytest.mark.django_db
def test_the_pages_show_note_key_and_where_it_went(make_person, sign_in, copy):
    client = sign_in(make_person("looker", "auditor"))
    write(3)
    tasks.seal()
    point = Checkpoint.objects.order_by("size").first()
    page = client.get(reverse("admin:audit_checkpoint_changelist")).content.decode()
    assert base64.b64encode(point.root).decode()[:16] in html.unescape(page)
    assert str(copy.path) in page
    page = client.get(reverse("admin:audit_checkpoint_change", args=[point.pk])).content.decode()
    assert point.note in html.unescape(page)
    key = note.verifier_key(point.origin, signing.public_key_raw())
    assert key in html.unescape(page)
    page = client.get(reverse("admin:audit_publication_changelist")).content.decode()
    assert str(copy.path) in page
    row = Publication.objects.first()
    assert client.get(reverse("admin:audit_publication_change", args=[row.pk])).status_code == 200
