"""The organisation's masking rules: added, changed, switched and removed by one person.

No rule unmasks anything, so one pair of eyes is enough to add one; what takes a rule away is an
event of its own weight, with the reason.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

import masking
from audit.services import Severity, record
from core.actors import Actor
from core.errors import Invalid, NotFound
from core.ids import uuid7
from masking.rules import CUE, MAX_RULES
from operations.models import MaskingRule, MaskingRuleSet
from operations.permissions import require_person

KEEP = "operations.keep_masking_rules"
MAX_NOTE = 500
# In a pattern, what stands for other characters than itself, with how often.
_NOT_LITERAL = re.compile(r"(?:\[[^\]]*\]|\\\w|\{[^}]*\})[*+?]*")
_ESCAPED = re.compile(r"\\(\W)")
# What a rule may not name: one person's. Names of people are words as well.
_SOMEBODYS = frozenset({"CARD", "SSN", "PHONE", "EMAIL", "IBAN", "TRACK"})


@transaction.atomic
def add_masking_rule(
    *, actor: Actor, name: str, label: str, kind: str, text: str, note: str
) -> MaskingRule:
    """A rule that holds from now on, on every process.

    Raises Forbidden without ``operations.keep_masking_rules``; Invalid by field for what
    ``masking.compile_rule`` refuses, a text that holds somebody's number or address, a name that
    another rule has, a rule without a reason, and one beyond the 200th.
    """
    require_person(actor, KEEP)
    _check(name=name, label=label, kind=kind, text=text, note=note)
    _lock()
    if MaskingRule.objects.filter(name=name).exists():
        raise Invalid(errors={"name": ["Another rule has this name."]})
    if MaskingRule.objects.count() >= MAX_RULES:
        raise Invalid(f"There are {MAX_RULES} rules already. Remove one that is not needed.")
    now = timezone.now()
    rule = MaskingRule.objects.create(
        name=name,
        label=label,
        kind=kind,
        text=text,
        note=note.strip(),
        added_at=now,
        added_by_id=actor.id,
        added_by_name=actor.name,
        changed_at=now,
        changed_by_id=actor.id,
        changed_by_name=actor.name,
    )
    _changed()
    _event(actor, "added", rule, **_told(rule))
    return rule


@transaction.atomic
def change_masking_rule(
    *, actor: Actor, rule_id: UUID, label: str, kind: str, text: str, note: str
) -> MaskingRule:
    """Another label, kind, text or reason under the same name. Raises NotFound, and as
    ``add_masking_rule`` does; Invalid where nothing would change."""
    require_person(actor, KEEP)
    _lock()
    rule = _find(rule_id)
    _check(name=rule.name, label=label, kind=kind, text=text, note=note)
    before = _told(rule)
    rule.label, rule.kind, rule.text, rule.note = label, kind, text, note.strip()
    if _told(rule) == before:
        raise Invalid("Nothing would change.")
    _save(actor, rule, "label", "kind", "text", "note")
    _event(actor, "changed", rule, severity=Severity.WARNING, before=before, after=_told(rule))
    return rule


@transaction.atomic
def switch_masking_rule(*, actor: Actor, rule_id: UUID, on: bool, reason: str) -> MaskingRule:
    """Let a rule hold or not. One that is so already is left as it is, without an event.

    Raises Forbidden, NotFound; Invalid without a reason of 1 to 500 characters.
    """
    require_person(actor, KEEP)
    reason = _reason(reason)
    _lock()
    rule = _find(rule_id)
    if rule.is_on is on:
        return rule
    rule.is_on = on
    _save(actor, rule, "is_on")
    severity = Severity.INFO if on else Severity.WARNING
    _event(actor, "switched_on" if on else "switched_off", rule, severity=severity, reason=reason)
    return rule


@transaction.atomic
def remove_masking_rule(*, actor: Actor, rule_id: UUID, reason: str) -> None:
    """Take a rule away for good; what it said stays in the audit log.

    Raises Forbidden, NotFound; Invalid without a reason of 1 to 500 characters.
    """
    require_person(actor, KEEP)
    reason = _reason(reason)
    _lock()
    rule = _find(rule_id)
    _event(
        actor, "removed", rule, severity=Severity.WARNING, reason=reason, was_on=rule.is_on,
        **_told(rule),
    )  # fmt: skip
    rule.delete()
    _changed()


def _check(*, name: str, label: str, kind: str, text: str, note: str) -> None:
    errors: dict[str, list[str]] = {}
    try:
        masking.compile_rule(label, kind, text, name)
    except masking.RuleRefused as refused:
        errors[refused.field] = [str(refused)]
    if not 1 <= len(note.strip()) <= MAX_NOTE:
        errors["note"] = [f"Say why, in 1 to {MAX_NOTE} characters."]
    literal = text if kind == CUE else _ESCAPED.sub(r"\1", _NOT_LITERAL.sub(" ", text))
    turns = [masking.Turn("", literal)]
    if "text" not in errors and any(
        span.label in _SOMEBODYS for span in masking.find(turns, policy="balanced")
    ):
        errors["text"] = ["It holds somebody's number or address: a rule is about many, not one."]
    if errors:
        raise Invalid(errors=errors)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_NOTE:
        raise Invalid(errors={"reason": [f"Give a reason of 1 to {MAX_NOTE} characters."]})
    return reason


def _lock() -> None:
    """One change after the other, so that names, the number and the version hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('masking rules', 6))")


def _find(rule_id: UUID) -> MaskingRule:
    rule: MaskingRule | None = MaskingRule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise NotFound()
    return rule


def _save(actor: Actor, rule: MaskingRule, *fields: str) -> None:
    rule.changed_at = timezone.now()
    rule.changed_by_id, rule.changed_by_name = actor.id, actor.name
    rule.save(update_fields=[*fields, "changed_at", "changed_by_id", "changed_by_name"])
    _changed()


def _changed() -> None:
    # Never the same twice: what a process holds from a change that was rolled back fits no other.
    values = {"version": uuid7(), "changed_at": timezone.now()}
    MaskingRuleSet.objects.update_or_create(pk=1, defaults=values)


def _told(rule: MaskingRule) -> dict[str, Any]:
    """What a rule says, for the log; the hash too, where the log takes digits out of the text."""
    return {
        "label": rule.label,
        "kind": rule.kind,
        "text": rule.text,
        "text_sha256": sha256(rule.text.encode()).hexdigest(),
        "note": rule.note,
    }


def _event(
    actor: Actor,
    action: str,
    rule: MaskingRule,
    *,
    severity: str = Severity.INFO,
    **details: Any,
) -> None:
    record(
        actor=actor,
        event_type="masking_rule",
        action=action,
        obj=rule,
        severity=severity,
        details={"rule": rule.name, **details},
    )
