"""The organisation's masking rules, ready to be handed to the masker."""

from __future__ import annotations

import logging
from uuid import UUID

from masking import Rule, RuleRefused, compile_rule
from operations.models import MaskingRule, MaskingRuleSet

logger = logging.getLogger(__name__)

_held: tuple[UUID | None, tuple[Rule, ...]] | None = None


def active_rules() -> tuple[Rule, ...]:
    """The rules that are switched on, by name.

    One look at one row says whether what this process holds is still what holds; a change by
    another process counts from its commit on. Call it once for each call or text, not for each
    part. A rule that the library in use refuses, as another release of RE2 might, is left out
    and told in the log.
    """
    global _held
    # Read before the rules: a change in between makes the next look read them again.
    version = MaskingRuleSet.objects.values_list("version", flat=True).first()
    held = _held
    if held is not None and held[0] == version:
        return held[1]
    rules = tuple(rule for row in MaskingRule.objects.active() if (rule := compiled(row)))
    _held = (version, rules)
    return rules


def compiled(row: MaskingRule) -> Rule | None:
    """The rule of a row; None, and an error in the log, where it is refused."""
    try:
        return compile_rule(row.label, row.kind, row.text, row.name)
    except RuleRefused as refused:
        logger.error("masking rule %s is left out: %s", row.name, refused)
        return None
