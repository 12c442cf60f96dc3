"""Stored bytes that were refused, as an event: who met them, and what they were."""

from __future__ import annotations

from django.db import transaction

from audit.services import Severity, record
from core.actors import Actor
from core.errors import CiphertextRefused, KeyDestroyed
from core.fields import KeyMissing

EVENT_TYPE, ACTION = "integrity", "ciphertext_refused"


def record_refusal(*, actor: Actor, error: CiphertextRefused) -> None:
    """Write that ``error`` was met, once: one CRITICAL event, which names the object and holds
    nothing of it. In a transaction of its own where the act's has been rolled back (45 CFR
    164.312(c)(1), (b); GDPR art. 5(1)(f), 33: a breach of integrity must be known)."""
    if error.recorded:
        return
    # What follows the row's id are other columns that it is bound to.
    what, id_ = (*error.of.split("|"), "")[:2]
    model, _, field = what.rpartition(".")
    with transaction.atomic():
        record(
            actor=actor,
            event_type=EVENT_TYPE,
            action=ACTION,
            object_type=_label(model or what),
            object_id=id_,
            # Sentences of ours: they name a key's id or a column and never a value.
            details={"reason": str(error), **({"field": field} if model else {})},
            severity=Severity.CRITICAL,
        )
    error.recorded = True


def told(error: CiphertextRefused) -> str:
    """What a person is told instead of the content: which key to put back where a wrapping key is
    what is missing, that the data key was destroyed, else that what is stored was changed."""
    if isinstance(error, KeyMissing):
        return (
            f"What is stored is wrapped under key {error.key_id}, which FIELD_ENCRYPTION_KEYS does"
            " not hold: put that key back. Nothing of it is shown; this is in the audit log."
        )
    if isinstance(error, KeyDestroyed):
        return (
            "The key that sealed this was destroyed, as erasure and retention do: nobody can open"
            " it again. That it was asked for is in the audit log."
        )
    return (
        "What is stored was changed or moved. It is not shown, and the refusal is in the audit log."
    )


def _label(model: str) -> str:
    """A model's label as events write it, from the lower-case one of associated data."""
    from django.apps import apps

    try:
        found: str = apps.get_model(model)._meta.label
    except (LookupError, ValueError):
        return model
    return found
