"""Why operations declares nothing: it names officers and callers of the API, never subjects."""

from core import inventory
from operations.models import (
    Approval,
    IdempotencyRecord,
    Job,
    MaskingRule,
    MaskingRuleSet,
    Notification,
)

inventory.exempt(
    Job,
    reason="Names the officer who asked, by id and name at the time; its result is sealed under"
    " its own key, which operations.tasks.expire destroys after the days each job sets.",
)
inventory.exempt(
    Approval,
    reason="Names two officers, by id and name at the time, as evidence of four eyes; what it is"
    " about is named by id.",
)
inventory.exempt(
    Notification,
    reason="Tells officers where to look, without personal data; deleted after 90 days.",
)
inventory.exempt(
    IdempotencyRecord,
    reason="May hold personal data in a sealed answer, for 24 hours: operations.tasks.expire"
    " deletes it long before any keep time of the data it came from.",
)
inventory.exempt(
    MaskingRule,
    reason="Words and patterns that are about many people, never one: a rule whose text holds"
    " somebody's number or address is refused. Names the officers who added and changed it.",
)
inventory.exempt(MaskingRuleSet, reason="A version number of the masking rules.")
