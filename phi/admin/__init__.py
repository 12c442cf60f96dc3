"""The admin pages of this app."""

from phi.admin import content, voiceprofiles

__all__ = ["content", "voiceprofiles"]
