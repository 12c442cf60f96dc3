"""Speakers' labels: both forms of a transcript show them, so that they hold no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import masking
from masking import Rule, Turn


def masked_labels(
    turns: Sequence[Turn], *, region: str | None, language: str, rules: Sequence[Rule]
) -> list[Turn]:
    """The turns, each label as the strict policy masks it: an e-mail address does not stay
    because it stands where a speaker's role should."""
    shown: dict[str, str] = {label: label for label in {turn.speaker for turn in turns}}
    if rules or masking.any_suspicious(list(shown)):
        for label in shown:
            alone = [Turn("", label)]
            spans = masking.find(
                alone, policy="strict", region=region, language=language, rules=rules
            )
            shown[label] = masking.mask(alone, spans)[0].text
    return [replace(turn, speaker=shown[turn.speaker]) for turn in turns]
