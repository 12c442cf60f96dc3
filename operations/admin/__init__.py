"""Jobs, approvals, messages and masking rules in the admin."""

from operations.admin import approvals, jobs, maskingrules, notifications, wrappingkeys

__all__ = ["approvals", "jobs", "maskingrules", "notifications", "wrappingkeys"]
