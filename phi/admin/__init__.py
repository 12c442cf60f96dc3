"""The admin pages of this app."""

from phi.admin import (
    accesses,
    breakglass,
    care,
    content,
    disclosures,
    health,
    minimum,
    voiceprofiles,
)

__all__ = [
    "accesses",
    "breakglass",
    "care",
    "content",
    "disclosures",
    "health",
    "minimum",
    "voiceprofiles",
]
