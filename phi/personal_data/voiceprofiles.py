"""Where vendors keep people's voiceprints, and the proof that they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from core import inventory
from core.inventory import Period
from phi.models import VoiceProfile, VoiceProfileDestruction
from phi.releases import purpose_over
from phi.services.keeping import VOICE_PROFILES
from phi.services.voiceprofiles import open_template, why_ended


def export_voice_profiles(subject_id: UUID) -> Iterable[dict[str, Any]]:
    for profile in VoiceProfile.objects.filter(subject=subject_id):
        yield {
            "id": profile.id,
            "vendor": profile.vendor,
            "template_ref": open_template(profile),
            "release": profile.release_id,
            "created_at": profile.created_at,
            "last_interaction_at": profile.last_interaction_at,
            "purpose_ended_at": profile.purpose_ended_at,
        }


def erase_voice_profiles(rows: Sequence[VoiceProfile]) -> list[str]:
    """The rows go; what stays is that they went, why, and that their vendor is to confirm it."""
    now = timezone.now()
    why = why_ended(list(rows), now)
    VoiceProfileDestruction.objects.bulk_create(
        VoiceProfileDestruction(
            profile_id=row.pk,
            subject_id=row.subject_id,
            application_id=row.application_id,
            vendor=row.vendor,
            cause=why[row.pk].cause,
            reason=why[row.pk].reason,
            destroyed_at=now,
        )
        for row in rows
    )
    VoiceProfile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


def export_destructions(subject_id: UUID) -> Iterable[dict[str, Any]]:
    for gone in VoiceProfileDestruction.objects.filter(subject_id=subject_id):
        yield {
            "voice_profile": gone.profile_id,
            "vendor": gone.vendor,
            "cause": gone.cause,
            "destroyed_at": gone.destroyed_at,
            "vendor_destroyed_at": gone.vendor_destroyed_at,
        }


def erase_destructions(rows: Sequence[VoiceProfileDestruction]) -> list[str]:
    VoiceProfileDestruction.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


inventory.declare(
    VoiceProfile,
    code=VOICE_PROFILES,
    title="Voice profiles",
    subject_path="subject_id",
    clock="last_interaction_at",
    # BIPA, 740 ILCS 14/15(a): the purpose's end or three years after the last interaction,
    # whichever is first.
    keep=Period(days=3 * 365, ceiling=relativedelta(years=3)),
    over=purpose_over,
    over_reason="its purpose has ended",
    key_class="voice_profile",
    lawful_bases=("GDPR 9(2)(a)", "740 ILCS 14/15(b)"),
    export=export_voice_profiles,
    erase=erase_voice_profiles,
)
inventory.declare(
    VoiceProfileDestruction,
    code="voice_profile_destructions",
    title="Proof that voice profiles were destroyed",
    subject_path="subject_id",
    # Not before the vendor's copy is confirmed gone; then as long as a claim may be brought
    # (735 ILCS 5/13-205; Tims v. Black Horse Carriers, 2023 IL 127801: five years).
    clock="vendor_destroyed_at",
    keep=Period(days=5 * 365, floor=relativedelta(years=5)),
    lawful_bases=("GDPR 5(2)", "GDPR 17(3)(e)"),
    export=export_destructions,
    erase=erase_destructions,
)
