"""Jobs, approvals and messages in the admin."""

from operations.admin import approvals, jobs, notifications, wrappingkeys

__all__ = ["approvals", "jobs", "notifications", "wrappingkeys"]
