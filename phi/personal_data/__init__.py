"""What this app holds of people, how long, and how it goes."""

from phi.personal_data import accesses, content, disclosures, health, voiceprofiles

__all__ = ["accesses", "content", "disclosures", "health", "voiceprofiles"]
