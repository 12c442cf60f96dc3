"""What callers said, how their health is, and who looked at it."""

from phi.models.accesses import Access
from phi.models.content import SECURITY_CODE_HEARD, Transcript, VoiceRecording
from phi.models.purposes import PurposeOfUse
from phi.models.voiceprofiles import VoiceProfile, VoiceProfileDestruction

__all__ = [
    "SECURITY_CODE_HEARD",
    "Access",
    "PurposeOfUse",
    "Transcript",
    "VoiceProfile",
    "VoiceProfileDestruction",
    "VoiceRecording",
]
