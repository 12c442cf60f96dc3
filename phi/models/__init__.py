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
from phi.models.health import (
    APPLICATION_ROLE,
    SPECIALLY_PROTECTED,
    BreakGlass,
    CareRelationship,
    DataType,
    HealthRecord,
    MinimumNecessary,
)
from phi.models.muting import MutedVariant
from phi.models.purposes import PurposeOfUse
from phi.models.search import TranscriptIndex
from phi.models.voiceprofiles import VoiceProfile, VoiceProfileDestruction

__all__ = [
    "APPLICATION_ROLE",
    "SECURITY_CODE_HEARD",
    "SPECIALLY_PROTECTED",
    "Access",
    "Authority",
    "BreakGlass",
    "CareRelationship",
    "DataType",
    "Disclosure",
    "DisclosureSuspension",
    "Exclusion",
    "HealthRecord",
    "MinimumNecessary",
    "MutedVariant",
    "PurposeOfUse",
    "StatementIssued",
    "Transcript",
    "TranscriptIndex",
    "VoiceProfile",
    "VoiceProfileDestruction",
    "VoiceRecording",
]
