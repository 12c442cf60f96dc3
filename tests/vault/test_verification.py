"""verify_encryption finds what is not ciphertext or does not open, and says where."""

import json
import os
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import BinaryField
from django.utils import timezone

from audit.models import AuditEvent
from core import fields
from core.actors import Actor
from core.ids import uuid7
from operations.models import Job
from operations.services.jobs import result_binding
from tests.vault.rows import COLUMNS, SECRET, make, new_key, old_form, put, stored
from vault import services, verification
from vault.sealed import sealed_columns

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
# Hashes and the log's own bytes, which are no ciphertext.
PLAIN = {"audit.Leaf", "audit.Outbox", "audit.Tile", "audit.Checkpoint", "audit.AuditEvent"}

each_column = pytest.mark.parametrize("column", COLUMNS, ids=lambda each: each.label)


def found(quick=False):
    return [
        (f"{each.model}.{each.field}", each.id, each.reason)
        for each in verification.verify(actor=SYSTEM, quick=quick)
    ]


def finished_job(text=b"result"):
    now = timezone.now()
    job_id = uuid7()
    return Job.objects.create(
        id=job_id,
        kind="x",
        state="succeeded",
        created_at=now,
        queued_at=now,
        finished_at=now,
        result_expires_at=now,
        result=services.seal(job_id, "request_file", result_binding(job_id), text),
    )


def test_every_binary_column_is_declared_or_known_to_be_plain():
    declared = {each.label for each in sealed_columns()}
    there = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, BinaryField)
        and model._meta.label not in PLAIN
        # Passkeys' public halves.
        and model._meta.app_label not in {"accounts", "django_otp_webauthn", "sessions"}
    }
    assert there == declared


@each_column
def test_finds_what_is_not_ciphertext(column):
    for each in COLUMNS:
        make(each)
    assert found() == found(quick=True) == []
    row = make(column)
    put(column, row, "vc1:" + SECRET)
    expected = [(column.label, str(row.pk), "not ciphertext")]
    assert found(quick=True) == expected
    assert found() == expected


def test_finds_what_does_not_open(settings):
    phone = next(each for each in COLUMNS if each.label == "consent.DataSubject.phone")
    one, two = make(phone), make(phone)
    put(phone, one, stored(phone, two))
    kept = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    lost = fields.encrypt(phone.field.context, str(two.pk), "x")
    settings.FIELD_ENCRYPTION_KEYS = kept
    put(phone, two, lost)
    old = make(phone)
    put(phone, old, old_form(phone))
    assert found(quick=True) == []
    assert found() == [
        (phone.label, str(one.pk), "does not open"),
        (phone.label, str(two.pk), "its key is missing"),
    ]


def test_data_keys_in_the_old_form_are_held_against_their_rows():
    wrapped = next(each for each in COLUMNS if each.wraps_keys)
    one, two = make(wrapped), make(wrapped)
    put(wrapped, one, old_form(wrapped, two.wrapped))
    assert found() == [(wrapped.label, str(one.pk), "does not open")]


def test_sealed_columns_are_opened():
    jobs = [finished_job() for _ in range(5)]
    assert found() == found(quick=True) == []
    swapped, plain, gone, fine, short = jobs
    Job.objects.filter(pk=swapped.pk).update(result=bytes(Job.objects.get(pk=fine.pk).result))
    Job.objects.filter(pk=plain.pk).update(result=b"\x02" + os.urandom(100))
    Job.objects.filter(pk=short.pk).update(result=b"\x01")
    services.shred(actor=SYSTEM, owner_id=gone.pk)
    places = {each.pk: f"{'operations.Job'}.result" for each in jobs}
    assert set(found()) == {
        (places[swapped.pk], str(swapped.pk), "does not open"),
        (places[plain.pk], str(plain.pk), "not ciphertext"),
        (places[short.pk], str(short.pk), "not ciphertext"),
        (places[gone.pk], str(gone.pk), "its key was destroyed"),
    }
    assert {each[1] for each in found(quick=True)} == {str(plain.pk), str(short.pk)}


def test_transcripts_and_answers_are_walked(subject, api, open_call, give_consent):
    call = open_call(subject=str(subject.pk))
    give_consent(subject.pk, "transcribe", answer_text="Yes, that is fine.")
    turn = {"speaker": "caller", "text": "Hello there.", "start_ms": 0, "end_ms": 900}
    answer = api.post(
        f"/api/v1/calls/{call['id']}/transcript",
        {"language": "en", "turns": [turn]},
        format="json",
    )
    assert answer.status_code == 201, answer.content
    assert found() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE phi_transcript SET masked_sealed = original_sealed")
    assert [(each[0], each[2]) for each in found()] == [
        ("phi.Transcript.masked_sealed", "does not open")
    ]


def test_batches_are_small_and_miss_nothing():
    phone = next(each for each in COLUMNS if each.label == "consent.DataSubject.phone")
    rows = [make(phone) for _ in range(7)]
    for row in rows[::2]:
        put(phone, row, fields.encrypt("another.column", str(row.pk), "x"))
    listed = verification.verify(actor=SYSTEM, batch=2)
    assert {each.id for each in listed} == {str(row.pk) for row in rows[::2]}


def test_the_command_lists_exits_and_is_recorded(capsys):
    out = StringIO()
    call_command("verify_encryption", stdout=out)
    assert "Every stored value opens" in out.getvalue()
    row = make(COLUMNS[0])
    put(COLUMNS[0], row, "vc1:" + SECRET)
    for options in ([], ["--quick"]):
        out = StringIO()
        with pytest.raises(SystemExit) as stopped:
            call_command("verify_encryption", "--json", *options, stdout=out)
        assert stopped.value.code == 1
        (told,) = json.loads(out.getvalue())
        assert told["id"] == str(row.pk)
        assert told["reason"] == "not ciphertext"
        assert SECRET not in out.getvalue()
    event = AuditEvent.objects.filter(action="encryption_verified").order_by("-id")[0]
    assert event.details["found"] == 1
    assert event.severity == "ERROR"
