"""POST, GET and DELETE of /voice-profiles, and the interactions noted on them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import ConsentRecord, DataSubject, Notice
from consent.services.consents import purpose_with, record_consent
from core.actors import Actor
from core.errors import CiphertextRefused, Forbidden
from phi.models import Access, VoiceProfile, VoiceProfileDestruction
from phi.services.voiceprofiles import (
    create_voice_profile,
    open_template,
    read_voice_profile,
)
from retention.models import LegalHold, Tombstone
from retention.services import export_subject
from tests.phi.conftest import problem
from vault.models import DataKey

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
REF = "vendor-template-8812"


@pytest.fixture
def release(subject: Any, give_consent: Callable[..., Any]) -> str:
    """A written release of the subject."""
    return str(give_consent(subject.id, "voiceprint", method="written")["id"])


@pytest.fixture
def keep(api: Any, subject: Any) -> Callable[..., Any]:
    def post(consent: Any, *, client: Any = None, headers: Any = None, **changes: Any) -> Any:
        body = {
            "subject": str(subject.id),
            "vendor": "Voices Inc",
            "template_ref": REF,
            "consent": consent,
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not None}
        return (client or api).post("/api/v1/voice-profiles", body, format="json", headers=headers)

    return post


@pytest.fixture
def profile(keep: Any, release: str) -> VoiceProfile:
    answer = keep(release)
    assert answer.status_code == 201, answer.content
    return VoiceProfile.objects.get()


def at(profile: Any, rest: str = "") -> str:
    return f"/api/v1/voice-profiles/{getattr(profile, 'pk', profile)}{rest}"


def test_kept_sealed_on_a_written_release(keep: Any, release: str, subject: Any, events: Any):
    answer = keep(release)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    profile = VoiceProfile.objects.get()
    assert told["id"] == str(profile.id)
    assert (told["subject"], told["release"]) == (str(subject.id), release)
    assert "template_ref" not in told
    assert REF.encode() not in bytes(profile.template_sealed)
    assert REF not in profile.template_hash
    assert DataKey.objects.filter(owner_id=subject.id, key_class="voice_profile").count() == 1
    (event,) = events("voice_profile", "created")
    assert event.object_id == str(profile.id)
    assert event.details["release"] == release
    assert REF not in str(event.details)


def test_web_is_written_too(keep: Any, subject: Any, give_consent: Any):
    record = give_consent(subject.id, "voiceprint", method="web")
    assert keep(record["id"]).status_code == 201


def _raw_consent(subject: Any, purpose: str, decision: str, method: str) -> str:
    """A record past the service, which refuses a yes that is too weak."""
    notice = Notice.objects.filter(purpose__code=purpose).first()
    row = ConsentRecord.objects.create(
        subject=subject,
        notice=notice,
        notice_sha256=notice.sha256,
        purpose=purpose_with(purpose),
        decision=decision,
        method=method,
        recorded_by="tests",
        decided_at=timezone.now(),
    )
    return str(row.pk)


@pytest.mark.parametrize(
    ("purpose", "decision", "method", "reason"),
    [
        ("voiceprint", "given", "verbal", "not written"),
        ("voiceprint", "given", "stay_on_line", "not written"),
        ("voiceprint", "denied", "written", "says denied"),
        ("voiceprint", "withdrawn", "written", "says withdrawn"),
        ("training", "given", "written", "about training"),
    ],
)
def test_refused_on_another_record(
    keep: Any, subject: Any, events: Any, purpose: str, decision: str, method: str, reason: str
):
    given = _raw_consent(subject, purpose, decision, method)
    body = problem(keep(given), 403, "release-missing")
    assert reason in body["reason"]
    assert not VoiceProfile.objects.exists()
    assert not DataKey.objects.filter(key_class="voice_profile").exists()
    (event,) = events("voice_profile", "refused")
    assert event.object_id == str(subject.id)
    assert event.severity == "WARNING"
    assert reason in event.details["reason"]


def test_refused_without_any_record(keep: Any, events: Any):
    problem(keep(None), 403, "release-missing")
    problem(keep(str(uuid4())), 403, "release-missing")
    assert len(events("voice_profile", "refused")) == 2


def test_refused_on_another_persons(keep: Any, api: Any, give_consent: Any):
    other = api.post("/api/v1/subjects", {"external_id": "customer-18"}, format="json").json()
    record = give_consent(other["id"], "voiceprint", method="written")
    problem(keep(record["id"]), 403, "release-missing")


def test_refused_once_withdrawn_expired_or_replaced(keep: Any, subject: Any, give_consent: Any):
    soon = timezone.now() + timedelta(days=1)
    first = give_consent(subject.id, "voiceprint", method="written", expires_at=soon.isoformat())
    with time_machine.travel(soon, tick=False):
        assert "expired" in problem(keep(first["id"]), 403, "release-missing")["reason"]
    second = give_consent(subject.id, "voiceprint", method="written")
    assert "later record" in problem(keep(first["id"]), 403, "release-missing")["reason"]
    give_consent(subject.id, "voiceprint", decision="withdrawn", notice_version=None)
    problem(keep(second["id"]), 403, "release-missing")
    assert not VoiceProfile.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vendor": ""}, "vendor"),
        ({"vendor": 5}, "vendor"),
        ({"vendor": "Voices\u202e Inc"}, "vendor"),
        ({"template_ref": 8812}, "template_ref"),
        ({"template_ref": "88\x1b12"}, "template_ref"),
        ({"vendor": "v" * 121}, "vendor"),
        ({"template_ref": ""}, "template_ref"),
        ({"template_ref": "r" * 501}, "template_ref"),
        ({"consent": "yes"}, "consent"),
        ({"subject": "somebody"}, "subject"),
    ],
)
def test_bad_bodies(keep: Any, release: str, changes: Any, field: str):
    assert (
        field in problem(keep(changes.pop("consent", release), **changes), 422, "invalid")["errors"]
    )


def test_an_unknown_person(keep: Any, release: str):
    problem(keep(release, subject=str(uuid4())), 404, "not-found")


def test_needs_its_scope(keep: Any, release: str, make_caller: Any, profile: VoiceProfile):
    reader = make_caller("Reader", scopes=["phi:read"]).client
    problem(keep(release, client=reader), 403, "missing-scope")
    problem(reader.delete(at(profile)), 403, "missing-scope")
    writer = make_caller("Writer", scopes=["phi:write"]).client
    problem(writer.get(at(profile)), 403, "missing-scope")


def test_a_repeat(keep: Any, release: str, events: Any):
    key = {"Idempotency-Key": "once"}
    first, again = keep(release, headers=key), keep(release, headers=key)
    assert first.json() == again.json()
    problem(keep(release), 409, "voice-profile-exists")
    assert keep(release, vendor="Another").status_code == 201
    assert VoiceProfile.objects.count() == len(events("voice_profile", "created")) == 2


def test_read_is_a_look(api: Any, profile: VoiceProfile, events: Any):
    answer = api.get(at(profile))
    assert answer.status_code == 200
    assert answer.json()["template_ref"] == REF
    assert answer["Cache-Control"] == "no-store"
    (event,) = events("voice_profile", "read")
    access = Access.objects.get()
    assert (access.subject_id, access.kind) == (profile.subject_id, "voice_profiles")
    assert access.event_id == event.id


def test_people_read_with_a_recent_factor(as_person: Any, profile: VoiceProfile):
    officer = as_person("compliance officer")
    assert officer.get(at(profile)).json()["template_ref"] == REF
    problem(as_person("care staff").get(at(profile)), 403, "missing-permission")
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        problem(officer.get(at(profile)), 403, "factor-needed")


def test_another_applications_is_not_there(profile: VoiceProfile, stranger: Any, api: Any):
    client = stranger.client
    problem(client.get(at(profile)), 404, "not-found")
    problem(client.delete(at(profile)), 404, "not-found")
    problem(client.post(at(profile, "/interactions"), {}, format="json"), 404, "not-found")
    problem(api.get(at(uuid4())), 404, "not-found")


def test_a_withdrawal_binds_at_once(api: Any, profile: VoiceProfile, give_consent: Any):
    give_consent(
        profile.subject_id, "voiceprint", decision="withdrawn", method="verbal", notice_version=None
    )
    problem(api.get(at(profile)), 403, "release-missing")
    problem(api.post(at(profile, "/interactions"), {}, format="json"), 403, "release-missing")
    # Said yes again: what the withdrawal ended stays ended.
    give_consent(profile.subject_id, "voiceprint", method="written")
    problem(api.get(at(profile)), 403, "release-missing")
    assert not Access.objects.exists()


def test_a_renewed_release_carries_on(api: Any, profile: VoiceProfile, give_consent: Any):
    soon = timezone.now() + timedelta(days=30)
    give_consent(profile.subject_id, "voiceprint", method="written", expires_at=soon.isoformat())
    assert api.get(at(profile)).status_code == 200
    with time_machine.travel(soon, tick=False):
        problem(api.get(at(profile)), 403, "release-missing")


def test_interactions_move_the_clock_forward_alone(api: Any, profile: VoiceProfile, events: Any):
    later = timezone.now() + timedelta(days=10)
    with time_machine.travel(later, tick=False):
        answer = api.post(at(profile, "/interactions"), {}, format="json")
        assert answer.status_code == 200
        profile.refresh_from_db()
        assert profile.last_interaction_at == later
        before = {"at": (later - timedelta(days=5)).isoformat()}
        assert api.post(at(profile, "/interactions"), before, format="json").status_code == 200
        ahead = {"at": (later + timedelta(days=5)).isoformat()}
        problem(api.post(at(profile, "/interactions"), ahead, format="json"), 422, "invalid")
    profile.refresh_from_db()
    assert profile.last_interaction_at == later
    assert len(events("voice_profile", "interaction")) == 2


def test_deleted_at_once_with_proof(api: Any, profile: VoiceProfile, events: Any, subject: Any):
    assert api.delete(at(profile)).status_code == 204
    assert not VoiceProfile.objects.exists()
    problem(api.get(at(profile)), 404, "not-found")
    problem(api.delete(at(profile)), 404, "not-found")
    gone = VoiceProfileDestruction.objects.get()
    assert (gone.profile_id, gone.vendor, gone.cause) == (profile.pk, "Voices Inc", "purpose")
    assert gone.vendor_destroyed_at is None
    stone = Tombstone.objects.get()
    assert (stone.category, stone.object_id) == ("voice_profiles", str(profile.pk))
    assert stone.run.only == "voice_profiles"
    key = DataKey.objects.get(owner_id=subject.id, key_class="voice_profile")
    assert key.wrapped is None
    assert key.destroyed_at is not None
    assert len(events("voice_profile", "purpose_ended")) == 1
    (event,) = events("retention", "deleted")
    assert event.object_id == str(profile.pk)
    assert event.details["over"] == 1
    with pytest.raises(CiphertextRefused):
        open_template(profile)


def test_another_profile_keeps_its_key(api: Any, keep: Any, release: str, profile: VoiceProfile):
    other = keep(release, vendor="Another").json()["id"]
    assert api.delete(at(profile)).status_code == 204
    assert api.get(at(other)).json()["template_ref"] == REF


def test_a_hold_keeps_it_and_nobody_reads_it(api: Any, profile: VoiceProfile):
    hold = LegalHold.objects.create(
        matter="m",
        reason="r",
        custodian="c",
        subject_id=profile.subject_id,
        placed_by_id="1",
        placed_by_name="olive",
        placed_at=timezone.now(),
    )
    problem(api.delete(at(profile)), 409, "on-hold")
    problem(api.get(at(profile)), 403, "purpose-ended")
    problem(api.post(at(profile, "/interactions"), {}, format="json"), 403, "purpose-ended")
    assert VoiceProfile.objects.count() == 1
    LegalHold.objects.filter(pk=hold.pk).update(released_at=timezone.now())
    assert api.delete(at(profile)).status_code == 204
    assert not VoiceProfile.objects.exists()


def test_exported_with_its_reference(api: Any, profile: VoiceProfile):
    held = dict(export_subject(profile.subject_id))
    (row,) = held["voice_profiles"]
    assert row["template_ref"] == REF
    assert row["vendor"] == "Voices Inc"
    api.delete(at(profile))
    held = dict(export_subject(profile.subject_id))
    assert "voice_profiles" not in held
    assert held["voice_profile_destructions"][0]["voice_profile"] == profile.pk


def test_bound_to_its_row(api: Any, keep: Any, release: str, profile: VoiceProfile):
    other = VoiceProfile.objects.get(pk=keep(release, vendor="Another").json()["id"])
    VoiceProfile.objects.filter(pk=profile.pk).update(template_sealed=other.template_sealed)
    problem(api.get(at(profile)), 500, "ciphertext-refused")
    with pytest.raises(CiphertextRefused):
        open_template(VoiceProfile.objects.get(pk=profile.pk))


def test_the_database_refuses_plain_text(profile: VoiceProfile):
    with pytest.raises(DatabaseError), transaction.atomic():
        VoiceProfile.objects.update(template_sealed=b"template")
    with pytest.raises(DatabaseError), transaction.atomic():
        VoiceProfile.objects.update(purpose_ended_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        VoiceProfile.objects.all().delete()


def test_counts_its_queries(api: Any, profile: VoiceProfile):
    api.get(at(profile))
    with CaptureQueriesContext(connection) as seen:
        api.get(at(profile))
    assert len(seen) <= 11, [query["sql"][:90] for query in seen]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_profile_at_once(caller: Any, subject: Any, give_consent: Any):
    """Whoever is second sees the first: never a profile that is read after a withdrawal."""
    given = give_consent(subject.id, "voiceprint", method="written")
    locked, done = threading.Event(), threading.Event()
    refused: list[str] = []

    def withdraw() -> None:
        try:
            with transaction.atomic():
                record_consent(
                    actor=SYSTEM,
                    application_id=None,
                    subject=subject,
                    purpose=purpose_with("voiceprint"),
                    decision="withdrawn",
                    method="verbal",
                    notice_version=None,
                )
                locked.set()
                done.wait(1)
        finally:
            connection.close()

    def create() -> None:
        locked.wait(10)
        try:
            create_voice_profile(
                actor=SYSTEM,
                application_id=caller.application.pk,
                subject=DataSubject.objects.get(pk=subject.pk),
                vendor="Voices Inc",
                template_ref=REF,
                consent_id=given["id"],
            )
        except Forbidden as problem_:
            refused.append(problem_.code)
        finally:
            done.set()
            connection.close()

    threads = [threading.Thread(target=each) for each in (withdraw, create)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == ["release-missing"]
    assert not VoiceProfile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_read_at_once(caller: Any, subject: Any, give_consent: Any):
    """A reader that comes while a withdrawal is being written waits for it, and reads nothing."""
    given = give_consent(subject.id, "voiceprint", method="written")
    profile = create_voice_profile(
        actor=SYSTEM,
        application_id=caller.application.pk,
        subject=DataSubject.objects.get(pk=subject.pk),
        vendor="Voices Inc",
        template_ref=REF,
        consent_id=given["id"],
    )
    written, refused = threading.Event(), []

    def read() -> None:
        written.wait(10)
        try:
            read_voice_profile(actor=SYSTEM, profile=profile)
        except Forbidden as problem_:
            refused.append(problem_.code)
        finally:
            connection.close()

    thread = threading.Thread(target=read)
    thread.start()
    with transaction.atomic():
        record_consent(
            actor=SYSTEM,
            application_id=None,
            subject=subject,
            purpose=purpose_with("voiceprint"),
            decision="withdrawn",
            method="verbal",
            notice_version=None,
        )
        written.set()
        thread.join(1)
        assert thread.is_alive(), "it waits"
    thread.join(10)
    assert refused == ["release-missing"]
    assert not Access.objects.filter(kind="voice_profiles").exists()
