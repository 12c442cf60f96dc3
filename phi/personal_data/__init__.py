"""What this app holds of people, how long, and how it goes."""

from phi.personal_data import accesses, content, voiceprofiles

__all__ = ["accesses", "content", "voiceprofiles"]
