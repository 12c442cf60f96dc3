"""That what is stored is sealed, measured on the stored bytes themselves."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from core.evidence import FAIL, PASS, UNKNOWN, Check, declare
from phi import blobs
from phi.models import BreakGlass, VoiceRecording

NEWEST = 20
MESSAGE, STREAM = 1, b"VCS1"


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
    names = VoiceRecording.objects.filter(lost_at__isnull=True).values_list("blob", flat=True)
    for name in names.order_by("-id")[:NEWEST]:
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
    return (
        PASS,
        figure,
        "The newest recordings, transcripts and health records are sealed where they lie.",
    )


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


declare(
    Check(
        code="phi.break_glass_reviewed",
        title="Break-glass accesses are reviewed",
        articles=("45 CFR 164.312(a)(2)(ii)", "45 CFR 164.308(a)(1)(ii)(D)"),
        measure=break_glass_reviewed,
        link="admin:phi_breakglass_changelist",
    )
)
