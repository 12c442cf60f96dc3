"""The gate's rule and script of AI disclosure."""

from __future__ import annotations

from collections.abc import Iterable

from aiethics.models import Disclosure
from aiethics.services import disclosure_in_force
from core import gate
from core.gate import Question, Ruling, Saying

AI_DISCLOSURE = "ai-disclosure"


@gate.rule
def ai_says_so(question: Question) -> Iterable[Ruling]:
    """An AI may do nothing on a call for which there are no words to say that it is one
    (EU AI Act 50(1); California AB 2905)."""
    if not question.is_ai:
        return
    greeting = disclosure_in_force(Disclosure.Interaction.GREETING, question.language)
    for purpose in dict.fromkeys((*question.purposes, "record")):
        if greeting is None:
            yield Ruling(purpose, False, AI_DISCLOSURE, "no-disclosure-published", strictness=20)
        else:
            yield Ruling(purpose, True, AI_DISCLOSURE, "disclosure-to-be-said", strictness=0)


@gate.script
def say_so(question: Question) -> Iterable[Saying]:
    """The greeting that says that an AI speaks."""
    if not question.is_ai:
        return
    greeting = disclosure_in_force(Disclosure.Interaction.GREETING, question.language)
    if greeting is not None:
        yield Saying(greeting.interaction, greeting.text, greeting.language, greeting.version)
