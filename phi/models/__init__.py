"""What callers said, how their health is, and who looked at it."""

from phi.models.accesses import Access
from phi.models.content import SECURITY_CODE_HEARD, Transcript, VoiceRecording
from phi.models.disclosures import (
    Authority,
    Disclosure,
    DisclosureSuspension,
    Exclusion,
    StatementIssued,
)
from phi.models.purposes import PurposeOfUse

__all__ = [
    "SECURITY_CODE_HEARD",
    "Access",
    "Authority",
    "Disclosure",
    "DisclosureSuspension",
    "Exclusion",
    "PurposeOfUse",
    "StatementIssued",
    "Transcript",
    "VoiceRecording",
]
