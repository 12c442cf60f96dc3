"""Voice profiles: kept on a written release, read, used, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.refusals import record_refusal
from audit.services import Severity, record
from consent.models import ConsentRecord, DataSubject
from consent.services.consents import standing
from consent.services.subjects import touch
from core import accesses
from core.actors import Actor
from core.errors import CiphertextRefused, Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from core.lookups import keyed_hash
from phi.models import VoiceProfile, VoiceProfileDestruction
from phi.releases import VOICEPRINT, WRITTEN, purpose_over, release_over
from phi.services.accesses import look
from phi.services.keeping import VOICE_PROFILES, refuse_future
from retention.deleter import destroy
from vault import services as vault


def _missing(reason: str) -> Forbidden:
    return Forbidden(
        f"A voice profile rests on the person's own written release: {reason}.",
        code="release-missing",
        title="Written release missing",
        purpose=VOICEPRINT,
        reason=reason,
    )


def written_release(*, subject_id: UUID, consent_id: UUID | None, now: datetime) -> ConsentRecord:
    """The consent record that may carry a voice profile of this person at ``now`` (UTC).

    740 ILCS 14/15(b)(3): a written release, executed by the subject; GDPR 9(2)(a). Raises
    Forbidden ``release-missing``, whose ``reason`` says what is missing.
    """
    if consent_id is None:
        raise _missing("no consent record was named")
    consent = (
        ConsentRecord.objects.select_related("purpose")
        .filter(id=consent_id, subject=subject_id)
        .first()
    )
    if consent is None:
        raise _missing("this person has no such consent record")
    if consent.purpose.code != VOICEPRINT:
        raise _missing(f"the record is about {consent.purpose.code}, not {VOICEPRINT}")
    if consent.decision != ConsentRecord.Decision.GIVEN:
        raise _missing(f"the record says {consent.decision}")
    if consent.method not in WRITTEN:
        raise _missing(f"a yes by {consent.method} is not written")
    now_standing = standing(subject_id=subject_id, purpose=VOICEPRINT, now=now)
    if now_standing.record_id != consent.id:
        raise _missing("a later record has taken its place")
    if not now_standing.granted:
        raise _missing("it has expired")
    return consent


@transaction.atomic
def create_voice_profile(
    *,
    actor: Actor,
    application_id: UUID,
    subject: DataSubject,
    vendor: str,
    template_ref: str,
    consent_id: UUID | None,
) -> VoiceProfile:
    """Keep where ``vendor`` holds the person's voiceprint, on a written release.

    Raises Forbidden ``release-missing`` (the caller audits it after the rollback), NotFound for a
    person made anonymous meanwhile, Conflict ``voice-profile-exists``.
    """
    # Decisions of one person queue here: a withdrawal is seen, or comes after.
    locked = DataSubject.objects.select_for_update(no_key=True).get(pk=subject.pk)
    if locked.anonymised_at is not None:
        raise NotFound("There is no such data subject.")
    now = timezone.now()
    release = written_release(subject_id=subject.pk, consent_id=consent_id, now=now)
    profile = VoiceProfile(
        id=uuid7(),
        subject=subject,
        application_id=application_id,
        vendor=vendor,
        template_hash=keyed_hash(f"voice_template:{vendor}", template_ref),
        release=release,
        last_interaction_at=now,
    )
    profile.template_sealed = vault.seal(
        subject.pk, vault.KeyClass.VOICE_PROFILE, profile.aad, template_ref.encode()
    )
    try:
        with transaction.atomic():
            profile.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "This template of this person is kept already.", code="voice-profile-exists"
        ) from None
    touch(subject.pk)
    record(
        actor=actor,
        event_type="voice_profile",
        action="created",
        obj=profile,
        details={"subject": subject.pk, "release": release.pk, "vendor": vendor},
    )
    return profile


@transaction.atomic
def record_refused_profile(*, actor: Actor, subject_id: UUID, problem: Forbidden) -> None:
    """The event of a refusal, after the refused act has been rolled back."""
    record(
        actor=actor,
        event_type="voice_profile",
        action="refused",
        object_type="consent.DataSubject",
        object_id=str(subject_id),
        severity=Severity.WARNING,
        details=dict(problem.extra),
    )


def find_voice_profile(
    *, profile_id: UUID, application_id: UUID | None, lock: bool = False
) -> VoiceProfile:
    """The profile, where the application may see it (None: a person), ended or not.

    Raises NotFound.
    """
    rows = VoiceProfile.objects.visible_to(application_id)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found: VoiceProfile | None = rows.filter(id=profile_id).first()
    if found is None:
        raise NotFound()
    return found


def refuse_ended(profile: VoiceProfile, now: datetime) -> None:
    """Raises Forbidden ``release-missing`` where the release no longer holds at ``now`` (UTC),
    ``purpose-ended`` where the purpose has ended: from that moment, whatever the sweep has done."""
    this = VoiceProfile.objects.filter(pk=profile.pk)
    if this.filter(release_over(now)).exists():
        raise _missing("it was withdrawn, has expired or was replaced")
    if this.filter(purpose_over(now)).exists():
        raise Forbidden("The purpose of this voice profile has ended.", code="purpose-ended")


def _settle(subject_id: UUID) -> None:
    """Wait for a decision of the person that is being written, and have later ones wait for us: a
    withdrawal that has committed is seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM consent_datasubject WHERE id = %s FOR SHARE", [subject_id])


@transaction.atomic
def read_voice_profile(*, actor: Actor, profile: VoiceProfile) -> str:
    """The template reference; the look is an event.

    Raises Forbidden as ``refuse_ended``, CiphertextRefused for bytes that are not what was sealed.
    """
    _settle(profile.subject_id)
    refuse_ended(profile, timezone.now())
    look(
        actor=actor,
        kind=accesses.VOICE_PROFILES,
        event_type="voice_profile",
        action="read",
        obj=profile,
        subject_id=profile.subject_id,
    )
    return open_template(profile)


def open_template(profile: VoiceProfile) -> str:
    """The template reference, opened; the caller writes the event of the look."""
    sealed = bytes(profile.template_sealed)
    return vault.open_(profile.subject_id, profile.aad, sealed).decode()


@transaction.atomic
def note_interaction(
    *, actor: Actor, profile_id: UUID, application_id: UUID | None, at: datetime | None = None
) -> VoiceProfile:
    """Note that the person was dealt with at ``at`` (UTC; now without): three years run from the
    last (740 ILCS 14/15(a)). An earlier moment than the one noted changes nothing.

    Raises NotFound, Invalid for a moment ahead, Forbidden as ``refuse_ended``.
    """
    profile = find_voice_profile(profile_id=profile_id, application_id=application_id, lock=True)
    now = timezone.now()
    refuse_ended(profile, now)
    at = at or now
    refuse_future("at", at)
    if at > profile.last_interaction_at:
        profile.last_interaction_at = at
        profile.save(update_fields=["last_interaction_at"])
        touch(profile.subject_id)
    record(
        actor=actor,
        event_type="voice_profile",
        action="interaction",
        obj=profile,
        details={"at": at},
    )
    return profile


@transaction.atomic
def _end(*, actor: Actor, profile_id: UUID, application_id: UUID | None, reason: str) -> UUID:
    profile = find_voice_profile(profile_id=profile_id, application_id=application_id, lock=True)
    if profile.purpose_ended_at is None:
        profile.purpose_ended_at = timezone.now()
        profile.purpose_ended_reason = reason
        profile.save(update_fields=["purpose_ended_at", "purpose_ended_reason"])
        record(
            actor=actor,
            event_type="voice_profile",
            action="purpose_ended",
            obj=profile,
            details={"subject": profile.subject_id},
        )
    return profile.pk


def end_voice_profile(
    *, actor: Actor, profile_id: UUID, application_id: UUID | None, reason: str
) -> None:
    """Say that the profile's purpose has ended, and have the deleter destroy it now.

    Two transactions: killed between them, the next sweep destroys it. Raises NotFound, Invalid
    without a reason of 1 to 300 characters, Conflict ``on-hold`` where a legal hold keeps it: its
    purpose has ended all the same, nobody reads it, and it goes when the hold is released.
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= 300:
        raise Invalid(errors={"reason": ["Give 1 to 300 characters."]})
    ended = _end(actor=actor, profile_id=profile_id, application_id=application_id, reason=reason)
    destroy(actor=actor, code=VOICE_PROFILES, ids=[ended], now=timezone.now())


@transaction.atomic
def confirm_vendor_destruction(
    *, actor: Actor, destruction_id: UUID, how: str
) -> VoiceProfileDestruction:
    """Note that the vendor destroyed its copy, and how that was confirmed.

    Raises NotFound, Invalid without words, Conflict ``already-confirmed``.
    """
    how = how.strip()
    if not 1 <= len(how) <= 300:
        raise Invalid(errors={"reason": ["Say in 1 to 300 characters how it was confirmed."]})
    found = VoiceProfileDestruction.objects.select_for_update().filter(pk=destruction_id).first()
    if found is None:
        raise NotFound()
    if found.vendor_destroyed_at is not None:
        raise Conflict("The vendor's copy was confirmed gone already.", code="already-confirmed")
    found.vendor_destroyed_at = timezone.now()
    found.vendor_confirmation = how
    found.confirmed_by_id, found.confirmed_by_name = actor.id, actor.name
    found.save(
        update_fields=[
            "vendor_destroyed_at",
            "vendor_confirmation",
            "confirmed_by_id",
            "confirmed_by_name",
        ]
    )
    record(
        actor=actor,
        event_type="voice_profile",
        action="vendor_destruction_confirmed",
        obj=found,
        details={"profile": found.profile_id, "vendor": found.vendor},
    )
    return found


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a profile goes."""

    cause: str
    reason: str | None = None


def why_ended(profiles: list[VoiceProfile], now: datetime) -> dict[Any, Ended]:
    """Why each profile that is about to be destroyed goes, in two queries."""
    rows = VoiceProfile.objects.filter(pk__in=[profile.pk for profile in profiles])
    over = set(rows.filter(release_over(now)).values_list("pk", flat=True))
    cause = VoiceProfileDestruction.Cause
    result = {}
    for row in rows.only("purpose_ended_at", "purpose_ended_reason"):
        if row.pk in over:
            result[row.pk] = Ended(cause.RELEASE, _reason_of(row))
        elif row.purpose_ended_at is not None:
            result[row.pk] = Ended(cause.PURPOSE, _reason_of(row))
        else:
            result[row.pk] = Ended(cause.UNUSED)
    return result


def _reason_of(profile: VoiceProfile) -> str | None:
    """What was said at the purpose's end; words that do not open keep nothing from going."""
    try:
        reason: str | None = profile.purpose_ended_reason
    except CiphertextRefused as error:
        record_refusal(actor=Actor.system("retention"), error=error)
        return None
    return reason
