"""The admin pages of this app."""

from phi.admin import breakglass, care, content, health, minimum

__all__ = ["breakglass", "care", "content", "health", "minimum"]
