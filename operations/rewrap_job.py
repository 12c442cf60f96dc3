"""Rotation of wrapping keys in the background: the same as ``manage.py rotate_keys``."""

from __future__ import annotations

from operations.jobs import JobContext, job_kind
from vault.rewrap import rewrap_all

KIND = "vault.rewrap"


class ValuesLeft(RuntimeError):
    """Something is left under another key than the newest: the list lacks its key, or it does
    not open. Which and how much stands with the wrapping keys and in the event."""


@job_kind(KIND, title="Rewrapping under the newest key", permission="vault.rotate_keys")
def run(context: JobContext) -> None:
    """Rewrap; started again from its beginning it goes on with what is left."""
    done = rewrap_all(
        actor=context.actor, progress=lambda part, total: context.progress(part, total)
    )
    if not done.complete:
        raise ValuesLeft
