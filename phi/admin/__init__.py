"""The admin pages of this app."""

from phi.admin import accesses, content, disclosures

__all__ = ["accesses", "content", "disclosures"]
