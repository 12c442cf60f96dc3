"""Policies, holds, runs and tombstones in the admin."""

from retention.admin import holds, policies, runs

__all__ = ["holds", "policies", "runs"]
