"""What consent keeps sealed, for the check that all of it opens."""

from consent.models import ConsentRecord
from vault import sealed

sealed.declare(
    ConsentRecord,
    "answer_sealed",
    bound=lambda row: (row.subject_id, f"consent.consentrecord.answer|{row.pk}"),
    needs=("subject_id",),
)
