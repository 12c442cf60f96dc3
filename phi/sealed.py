"""What phi keeps sealed in the database, for the check that all of it opens."""

from phi.models import (
    Disclosure,
    DisclosureSuspension,
    HealthRecord,
    MutedVariant,
    StatementIssued,
    Transcript,
    VoiceProfile,
    VoiceRecording,
)
from phi.services.recordings import owner_of
from vault import sealed

for _view in ("masked", "original"):
    sealed.declare(
        Transcript,
        f"{_view}_sealed",
        bound=lambda row, view=_view: (owner_of(row.call), row.aad(view)),  # type: ignore[misc]
        related=("call",),
    )
sealed.declare(
    VoiceRecording,
    "waveform_sealed",
    bound=lambda row: (owner_of(row.call), row.waveform_aad),
    related=("call",),
)
sealed.declare(
    MutedVariant,
    "waveform_sealed",
    bound=lambda row: (owner_of(row.recording.call), row.waveform_aad),
    related=("recording__call",),
)
sealed.declare(
    DisclosureSuspension,
    "agency_sealed",
    bound=lambda row: (row.disclosure.subject_id, row.aad),
    related=("disclosure",),
)
for _model, _field, _needs in (
    (HealthRecord, "content_sealed", ("data_type", "application_id")),
    (
        Disclosure,
        "content_sealed",
        ("authority", "exclusion", "corrects_id", "void", "disclosed_at"),
    ),
    (StatementIssued, "document_sealed", ()),
    (VoiceProfile, "template_sealed", ("application_id", "vendor")),
):
    sealed.declare(
        _model,
        _field,
        bound=lambda row: (row.subject_id, row.aad),
        needs=("subject_id", *_needs),
    )
