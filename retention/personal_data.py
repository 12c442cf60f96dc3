"""Why retention declares nothing: it keeps decisions, and ids of what is gone."""

from core import inventory
from retention.models import LegalHold, RetentionPolicy, RetentionRun, Tombstone

inventory.exempt(
    RetentionPolicy,
    reason="Decisions on keep times, with the names of the two officers who made them.",
)
inventory.exempt(
    LegalHold,
    reason="Names subjects and calls by random id for as long as their data is held, and officers"
    " as evidence of the decision; kept so that it can be shown why data stayed.",
)
inventory.exempt(RetentionRun, reason="Counts and times.")
inventory.exempt(
    Tombstone,
    reason="Proof of erasure: random ids of what is gone and of its subject, which name nobody"
    " once the rows and keys they pointed to are destroyed.",
)
