"""What outside copies hold against the log, and copies that fail."""

import threading

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from audit import publishing, sealing, tasks
from audit.evidence import measure_outside_copy
from audit.models import Checkpoint, Outbox, Publication
from audit.publishers import body_of
from tests.audit.sealed import (
    SECRET,
    Broken,
    State,
    as_owner,
    events,
    forget,
    rewrite,
    write,
)
from tests.servers import serve

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
