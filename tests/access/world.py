"""What the tables' requests are about: real objects, made as the product makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.roles import CARE_STAFF, COMPLIANCE_OFFICER, ROLES
from accounts.services import (
    create_api_key,
    create_application,
    create_person,
    invite_person,
    suspend_person,
)
from aiethics.models import Disclosure, SpokenDisclosure
from audit.models import AccessReview, AuditEvent, Checkpoint, Publication
from audit.sealing import seal
from consent.models import Call, DataSubject, Jurisdiction, Purpose
from consent.services.notices import ask_to_publish, draft_notice
from core.actors import PERSON, Actor
from core.ids import uuid7
from operations import worker
from operations.services import (
    add_masking_rule,
    approve,
    cancel_job,
    notify,
    start_job,
    switch_masking_rule,
)
from phi.models import (
    Access,
    MinimumNecessary,
    Transcript,
    VoiceProfileDestruction,
    VoiceRecording,
)
from phi.services.breakglass import break_glass
from phi.services.disclosures import record_disclosure
from phi.services.statements import ask_for_statement, make_statement
from retention.deleter import enforce
from retention.models import RetentionPolicy, Tombstone
from retention.services import place_hold, request_policy
from tests.access.table_api import CALL, CONSENT, SPOKEN, TURNS
from tests.conftest import ALL_SCOPES
from tests.phi.audio import sound
from vault.keys import newest_row
from vault.models import DataKey

SYSTEM = Actor.system("tests")
PASSWORD = "correct horse battery staple"


@dataclass
class World:
    """``ids`` are the planted objects by kind (``consent.call``), ``deleted`` those that were
    there once; ``people`` are by role, with an asker, somebody without a role, and one who has
    every role ("everything")."""

    application: Any = None
    stranger: Any = None
    people: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    deleted: dict[str, Any] = field(default_factory=dict)

    def client(self, application: Any, scopes: Any) -> APIClient:
        """The API as ``application`` with a new key of these scopes."""
        _, token = create_api_key(actor=SYSTEM, application=application, scopes=list(scopes))
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    def filled(self, value: Any, ids: dict[str, Any]) -> Any:
        """``value`` with ids in the places of their names."""
        if isinstance(value, dict):
            return {key: self.filled(each, ids) for key, each in value.items()}
        if value == "$now":
            return timezone.now().isoformat()
        if isinstance(value, str) and value.startswith("$"):
            return str(ids[value[1:]])
        return value


def actor(person: Any) -> Actor:
    """The person as an actor of services."""
    return Actor(PERSON, str(person.pk), person.username)


def plant() -> World:
    """A world with an object of every kind that a row names."""
    world = World()
    world.application = create_application(actor=SYSTEM, name="Voice app")
    world.stranger = create_application(actor=SYSTEM, name="Other app")
    roles = {role: [role] for role in ROLES}
    roles |= {"no role": [], "somebody": [], "asker": [COMPLIANCE_OFFICER], "everything": [*ROLES]}
    for name, held in roles.items():
        world.people[name] = _person(name, held)
    api = world.client(world.application, ALL_SCOPES)
    _calls(world, api)
    _voice_profiles(world, api)
    _accounts(world)
    _health(world, api)
    _operations(world)
    _audit(world)
    _disclosed(world)
    world.ids["vault.datakey"] = DataKey.objects.order_by("id").values_list("pk", flat=True)[0]
    world.ids["vault.wrappingkey"] = newest_row().pk
    world.ids["consent.purpose"] = Purpose.objects.get(code="record").pk
    world.ids["consent.jurisdiction"] = Jurisdiction.objects.order_by("code")[0].pk
    return world


def _person(name: str, roles: list[str]) -> Any:
    return create_person(
        actor=SYSTEM,
        username=f"person-{name}".replace(" ", "-"),
        roles=roles,
        password=PASSWORD,
        is_staff=True,
    )


def _told(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def _calls(world: World, api: APIClient) -> None:
    """A call that is deleted with all that hung on it, then one that stays."""
    doomed = _call(world, api)
    # What hangs on the call goes first, the call in the next sweep.
    for _ in range(2):
        report = enforce(actor=SYSTEM, now=timezone.now() + timedelta(days=4 * 365))
        assert not report.failed, report
    for model in (Call, VoiceRecording, Transcript, SpokenDisclosure):
        kind = model._meta.label_lower
        assert not model.objects.filter(pk=doomed[kind]).exists()
        world.deleted[kind] = doomed[kind]
    world.ids.update(_call(world, api))
    untold = {**CALL, "subject": world.ids["consent.datasubject"]}
    world.ids["consent.call.untold"] = _told(api.post("/api/v1/calls", untold, format="json"))["id"]
    world.ids["retention.retentionrun"] = report.run_id
    world.ids["retention.tombstone"] = Tombstone.objects.order_by("id")[0].pk
    world.ids["aiethics.disclosure"] = Disclosure.objects.order_by("id")[0].pk


def _call(world: World, api: APIClient) -> dict[str, Any]:
    """A call as a voice application tells of it, recorded and transcribed."""
    told = _told(api.post("/api/v1/subjects", {"external_id": "customer-17"}, format="json"))
    found = {"consent.datasubject": told["id"]}
    body = {**CALL, "subject": told["id"]}
    call = found["consent.call"] = _told(api.post("/api/v1/calls", body, format="json"))["id"]
    for purpose in ("record", "transcribe"):
        given = {**world.filled(CONSENT, found), "purpose": purpose}
        found["consent.consentrecord"] = _told(api.post("/api/v1/consents", given, format="json"))[
            "id"
        ]
    here = f"/api/v1/calls/{call}"
    spoken = api.post(f"{here}/disclosures", SPOKEN, format="json")
    recording = api.put(f"{here}/recording", sound(), content_type="audio/wav")
    transcript = api.post(f"{here}/transcript", {"language": "en", "turns": TURNS}, format="json")
    found["aiethics.spokendisclosure"] = _told(spoken)["id"]
    found["phi.voicerecording"] = _told(recording)["id"]
    found["phi.transcript"] = _told(transcript)["id"]
    return found


def _disclosed(world: World) -> None:
    """A disclosure to an outside party, a statement of it, and who looked at both."""
    ids, officer = world.ids, actor(world.people["compliance officer"])
    subject = DataSubject.objects.get(pk=ids["consent.datasubject"])
    ids["phi.disclosure"] = record_disclosure(
        actor=officer,
        subject=subject,
        disclosed_at=timezone.now(),
        authority="512f",
        texts={"recipient": "An office", "description": "One result", "purpose": "A notice"},
    ).pk
    statement, _ = ask_for_statement(actor=officer, subject=subject)
    make_statement(actor=officer, statement_id=statement.pk)
    ids["phi.statementissued"] = statement.pk
    ids["phi.access"] = Access.objects.order_by("id")[0].pk


def _voice_profiles(world: World, api: APIClient) -> None:
    """A profile that stays, and the proof of one that went."""
    given = {
        "subject": world.ids["consent.datasubject"],
        "purpose": "voiceprint",
        "decision": "given",
        "method": "written",
        "notice_version": 1,
    }
    release = _told(api.post("/api/v1/consents", given, format="json"))["id"]
    world.ids["consent.consentrecord.release"] = release
    made = []
    for ref in ("a", "b"):
        body = {"subject": given["subject"], "vendor": "v", "template_ref": ref, "consent": release}
        made.append(_told(api.post("/api/v1/voice-profiles", body, format="json"))["id"])
    world.deleted["phi.voiceprofile"], world.ids["phi.voiceprofile"] = made
    assert api.delete(f"/api/v1/voice-profiles/{made[0]}").status_code == 204
    world.ids["phi.voiceprofiledestruction"] = VoiceProfileDestruction.objects.get().pk


def _accounts(world: World) -> None:
    world.ids["accounts.user"] = world.people["somebody"].pk
    world.ids["accounts.voiceapplication"] = world.application.pk
    world.ids["accounts.user.suspended"] = suspend_person(
        actor=SYSTEM, user=_person("suspended", []), reason="r"
    ).pk
    invited, _ = invite_person(actor=SYSTEM, username="person-invited")
    world.ids["accounts.user.invited"] = invited.pk
    world.ids["accounts.apikey"] = create_api_key(
        actor=SYSTEM, application=world.application, scopes=["mask"]
    )[0].pk


def _health(world: World, api: APIClient) -> None:
    """A record of somebody whom the care staff look after, and once broke the glass for."""
    ids, carer = world.ids, world.people[CARE_STAFF]
    ids["accounts.user.carer"] = carer.pk
    record = {
        "subject": str(ids["consent.datasubject"]),
        "data_type": "diagnosis",
        "content": {"code": "E11.9"},
        "purpose_of_use": "treatment",
    }
    ids["phi.healthrecord"] = _told(api.post("/api/v1/phi", record, format="json"))["id"]
    related = {"person": str(carer.pk), "subject": str(ids["consent.datasubject"])}
    ids["phi.carerelationship"] = _told(
        api.post("/api/v1/care-relationships", related, format="json")
    )["id"]
    ids["phi.breakglass"] = break_glass(
        actor=actor(carer),
        user=carer,
        subject_id=ids["consent.datasubject"],
        reason="Found unconscious",
    ).pk
    ids["phi.minimumnecessary"] = MinimumNecessary.objects.order_by("id")[0].pk


def _operations(world: World) -> None:
    ids, officer = world.ids, actor(world.people["compliance officer"])
    asker = actor(world.people["asker"])
    ids["operations.job.queued"] = start_job(actor=officer, kind="retention.preview").pk
    cancelled = start_job(actor=officer, kind="retention.preview")
    ids["operations.job.cancelled"] = cancel_job(actor=officer, job_id=cancelled.pk).pk
    done = start_job(actor=officer, kind="retention.preview")
    worker.run(done.pk)
    ids["operations.job.done"] = done.pk
    ids["operations.job"] = done.pk
    draft = draft_notice(
        actor=asker, purpose=Purpose.objects.get(code="record"), language="en", text="x"
    )
    ids["operations.approval"] = ask_to_publish(actor=asker, notice_id=draft.pk).pk
    other = draft_notice(
        actor=asker, purpose=Purpose.objects.get(code="transcribe"), language="en", text="x"
    )
    ids["consent.notice"] = other.pk
    note = notify(person_id=world.people["compliance officer"].pk, title="A message")
    ids["operations.notification"] = note.pk
    for state in ("on", "off", "doomed"):
        rule = add_masking_rule(
            actor=officer, name=state, label="ACCOUNT", kind="cue", text="club card", note="n"
        )
        ids[f"operations.maskingrule.{state}"] = rule.pk
    ids["operations.maskingrule"] = ids["operations.maskingrule.on"]
    off = ids["operations.maskingrule.off"]
    switch_masking_rule(actor=officer, rule_id=off, on=False, reason="r")
    ids["retention.legalhold"] = place_hold(
        actor=asker, matter="m", reason="r", custodian="c", category="calls"
    ).pk
    asked = request_policy(actor=asker, code="voice_recordings", days=20, reason="r")
    approve(actor=officer, approval_id=asked.pk)
    ids["retention.retentionpolicy"] = RetentionPolicy.objects.get().pk


def _audit(world: World) -> None:
    ids, now = world.ids, timezone.now()
    ids["audit.accessreview"] = AccessReview.objects.create(
        event_id=uuid7(),
        accessed_at=now - timedelta(days=9),
        kind="recordings",
        actor_kind="person",
        actor_id="7",
        actor_name="carer-one",
        why="flagged",
        rule="outside-hours",
        accesses=3,
        created_at=now - timedelta(days=8),
        due_at=now - timedelta(days=1),
    ).pk
    ids["audit.auditevent"] = AuditEvent.objects.order_by("received_at", "id")[0].pk
    seal()
    newest = Checkpoint.objects.order_by("-size")[0]
    ids["audit.checkpoint"] = newest.size
    ids["audit.publication"] = Publication.objects.create(
        publisher="file:///copies",
        size=newest.size,
        note_hash=sha256(newest.note.encode()).hexdigest(),
        state="published",
        due_at=now,
        published_at=now,
    ).pk
