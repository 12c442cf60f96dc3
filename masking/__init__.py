"""Finds personal data in calls, written or spoken, and masks it. Pure Python, no Django.

One tokenizer reads the whole call; detectors answer in token ranges with their evidence;
character masks and times derive from those. See `docs/masking.md`.
"""

from __future__ import annotations

from masking.apply import mask
from masking.engine import POLICIES, find
from masking.languages import is_known
from masking.model import FORBIDDEN_AFTER_AUTHORISATION, LABELS, Span, Turn, Word
from masking.prefilter import any_suspicious, suspicious
from masking.recognisers import Recognised, Recogniser, RecogniserError
from masking.rules import RULE_LABELS, Rule, RuleRefused, compile_rule, compile_rules

__all__ = [
    "FORBIDDEN_AFTER_AUTHORISATION",
    "LABELS",
    "POLICIES",
    "RULE_LABELS",
    "Recognised",
    "Recogniser",
    "RecogniserError",
    "Rule",
    "RuleRefused",
    "Span",
    "Turn",
    "Word",
    "any_suspicious",
    "compile_rule",
    "compile_rules",
    "find",
    "is_known",
    "mask",
    "mask_text",
    "suspicious",
]


def mask_text(
    text: str, *, policy: str = "strict", region: str | None = None
) -> tuple[str, list[Span]]:
    """One text as one English turn: the masked text and the spans of the original."""
    turns = [Turn("", text)]
    spans = find(turns, policy=policy, region=region, numbers_only=True)
    return mask(turns, spans)[0].text, spans
