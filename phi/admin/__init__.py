"""The admin pages of this app."""

from phi.admin import content

__all__ = ["content"]
