"""The sealer as it runs: on a beat, beside others, killed."""

import base64
import html
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
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit import note, sealing, tasks
from audit.evidence import measure_outside_copy, measure_sealing_lag
from audit.models import AuditEvent, Checkpoint, Leaf, Outbox, Publication
from audit.publishers import FilePublisher, body_of
from audit.services import record
from core import evidence, signing
from tests.audit.sealed import (
    ACTOR,
    State,
    as_owner,
    check_log,
    rewrite,
    write,
)
from voicecompliance.logs import RoutineFilter

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


# Evidence and metrics -------------------------------------------------------------------------


@pytest.mark.django_db
def test_sealing_lag(copy):
    assert measure_sealing_lag()[0] == "unknown"
    write()
    assert measure_sealing_lag()[0] == "pass"
    as_owner("UPDATE audit_outbox SET received_at = now() - interval '61 seconds'")
    status, figure, _ = measure_sealing_lag()
    # The clock goes on between the two.
    assert status == "fail"
    assert 61 <= int(figure.removesuffix(" s")) < 120
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
