"""That what is stored is sealed, measured on the stored bytes themselves."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, F, Q
from django.utils import timezone

from core import inventory
from core.evidence import FAIL, PASS, UNKNOWN, Check, declare
from phi import blobs
from phi.models import (
    BreakGlass,
    MutedVariant,
    TranscriptIndex,
    VoiceProfile,
    VoiceProfileDestruction,
    VoiceRecording,
)
from phi.releases import release_over
from retention.models import LegalHold
from retention.querysets import CLOCK

NEWEST = 20
MESSAGE, STREAM = 1, b"VCS1"
SWEEP_GRACE = timedelta(hours=2)
"""The sweep that destroys what was withdrawn runs every hour."""
MUTING_GRACE = timedelta(hours=1)
VENDOR_GRACE = timedelta(days=30)


def encryption_at_rest() -> tuple[str, str, str]:
    """The newest transcripts, health records and recordings, read past the code that opens them:
    each must have the form of a sealed message or a sealed stream."""
    seen = open_ = 0
    with connection.cursor() as cursor:
        # By id: the newest, because ids are ordered by time.
        cursor.execute(
            "SELECT get_byte(masked_sealed, 0), get_byte(original_sealed, 0),"
            " least(length(masked_sealed), length(original_sealed))"
            " FROM phi_transcript ORDER BY id DESC LIMIT %s",
            [NEWEST],
        )
        for masked, original, length in cursor.fetchall():
            seen += 1
            open_ += not (masked == original == MESSAGE and length > 45)
        cursor.execute(
            "SELECT get_byte(content_sealed, 0), length(content_sealed)"
            " FROM phi_healthrecord ORDER BY id DESC LIMIT %s",
            [NEWEST],
        )
        for first, length in cursor.fetchall():
            seen += 1
            open_ += not (first == MESSAGE and length > 45)
    for name in _newest_blobs():
        try:
            with blobs.open_blob(name) as blob:
                head = blob.read(len(STREAM))
        except FileNotFoundError:
            continue
        seen += 1
        open_ += head != STREAM
    figure = f"{seen - open_} of {seen} newest items"
    if not seen:
        return UNKNOWN, figure, "Nothing has been stored yet."
    if open_:
        return FAIL, figure, "Some stored bytes are not in a sealed form."
    said = "The newest recordings, transcripts and health records are sealed where they lie."
    if TranscriptIndex.objects.exists():
        said += " Masked words of transcripts lie in the search index in the clear."
    return PASS, figure, said


def _newest_blobs() -> list[str]:
    """Of originals and of muted variants."""
    names: list[str] = []
    for model in (VoiceRecording, MutedVariant):
        there = model.objects.filter(lost_at__isnull=True, blob__isnull=False)
        names += filter(None, there.order_by("-pk").values_list("blob", flat=True)[:NEWEST])
    return names


declare(
    Check(
        code="phi.encryption_at_rest",
        title="Encryption at rest",
        articles=("45 CFR 164.312(a)(2)(iv)", "GDPR 32(1)(a)"),
        measure=encryption_at_rest,
        link="admin:phi_voicerecording_changelist",
    )
)


def break_glass_reviewed() -> tuple[str, str, str]:
    """Every broken glass is looked into by somebody else, in time."""
    waiting = BreakGlass.objects.filter(state=BreakGlass.State.OPEN)
    overdue = waiting.filter(review_due_at__lte=timezone.now()).count()
    figure = f"{overdue} of {waiting.count()} open reviews overdue"
    if overdue:
        return FAIL, figure, "Some break-glass accesses were not reviewed in time."
    return PASS, figure, "No review of a break-glass access is overdue."


def security_codes_destroyed() -> tuple[str, str, str]:
    """No recording in which a card security code was said stays longer than it takes to mute it
    (PCI DSS 4.0.1, 3.3.1)."""
    told = MutedVariant.objects.exclude(reason="")
    total = told.count()
    if not total:
        return UNKNOWN, "0 recordings", "No card security code was heard in a recording."
    late = told.exclude(state=MutedVariant.State.READY).filter(
        Q(state=MutedVariant.State.FAILED) | Q(created_at__lte=timezone.now() - MUTING_GRACE)
    )
    count = late.count()
    if count:
        return (
            FAIL,
            f"{count} of {total} not destroyed",
            "Recordings in which a card security code was said wait in quarantine for being muted.",
        )
    return PASS, f"{total} recordings", "Originals with a card security code are destroyed."


declare(
    Check(
        code="phi.security_codes_destroyed",
        title="Card security codes are destroyed",
        articles=("PCI DSS 4.0.1, 3.3.1",),
        measure=security_codes_destroyed,
        link="admin:phi_voicerecording_changelist",
    )
)


def voice_profiles_released() -> tuple[str, str, str]:
    """Every voice profile rests on a written release that holds, but for those that a withdrawal
    within the last hours or a legal hold has left for the deleter."""
    total = VoiceProfile.objects.count()
    if not total:
        return UNKNOWN, "0 profiles", "No voice profile is kept."
    holds = LegalHold.objects.binding_rows_of(inventory.get("voice_profiles"))
    late = VoiceProfile.objects.filter(release_over(timezone.now() - SWEEP_GRACE)).annotate(
        **{CLOCK: F("last_interaction_at")}
    )
    count = late.filter(~Exists(holds)).count()
    if count:
        return (
            FAIL,
            f"{count} of {total} profiles",
            "Voice profiles are kept whose written release no longer holds.",
        )
    return PASS, f"{total} of {total} profiles", "Each rests on a written release."


def voice_profiles_destroyed() -> tuple[str, str, str]:
    """Vendors have confirmed that voiceprints are gone whose profiles were destroyed here."""
    proofs = VoiceProfileDestruction.objects.all()
    total = proofs.count()
    if not total:
        return UNKNOWN, "0 destroyed", "No voice profile has been destroyed yet."
    late = proofs.filter(
        vendor_destroyed_at__isnull=True, destroyed_at__lte=timezone.now() - VENDOR_GRACE
    ).count()
    if late:
        return (
            FAIL,
            f"{late} of {total} not confirmed",
            f"Over {VENDOR_GRACE.days} days after its profile was destroyed here, a vendor has"
            " not confirmed that its voiceprint is gone.",
        )
    return PASS, f"{total} destroyed", "No vendor's confirmation is overdue."


declare(
    Check(
        code="phi.break_glass_reviewed",
        title="Break-glass accesses are reviewed",
        articles=("45 CFR 164.312(a)(2)(ii)", "45 CFR 164.308(a)(1)(ii)(D)"),
        measure=break_glass_reviewed,
        link="admin:phi_breakglass_changelist",
    )
)
declare(
    Check(
        code="phi.voice_profiles_released",
        title="Voiceprints rest on written releases",
        articles=("740 ILCS 14/15(b)", "GDPR 9(2)(a)"),
        measure=voice_profiles_released,
        link="admin:phi_voiceprofile_changelist",
    )
)
declare(
    Check(
        code="phi.voice_profiles_destroyed",
        title="Vendors have destroyed voiceprints",
        articles=("740 ILCS 14/15(a)", "GDPR 28(3)(g)"),
        measure=voice_profiles_destroyed,
        link="admin:phi_voiceprofiledestruction_changelist",
    )
)
