"""When content must go: what retention says of our kinds of data."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from consent.services.calls import MAX_CLOCK_SKEW
from core import inventory
from core.errors import Invalid
from retention.schedule import keep_of

RECORDINGS, TRANSCRIPTS = "voice_recordings", "transcripts"
VOICE_PROFILES = "voice_profiles"


def delete_after(code: str, captured_at: datetime) -> datetime:
    """The moment (UTC) after which a thing of kind ``code`` goes, by the policy in force now.

    A legal hold may keep it longer.
    """
    return keep_of(inventory.get(code), timezone.now()).end(captured_at)


def refuse_future(field: str, moment: datetime) -> None:
    """Raises Invalid for a moment that lies ahead: the keep time would start late."""
    if moment > timezone.now() + MAX_CLOCK_SKEW:
        raise Invalid(errors={field: ["Lies in the future."]})
