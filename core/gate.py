"""The gate: what a call may do and must say, by rules and scripts that the apps register.

Pure of models: a rule gets a Question and yields Rulings; a script gets a Question and yields
Sayings. The strictest rule wins and is named. Rules that look things up take them from the
question's plain ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Question:
    """What a voice app asks before it speaks. ``regions``: the subject's first, then each other
    party's (ISO 3166-2 such as US-CA, or a country); ``other_subject_ids``: known third
    parties; ``at``: now (UTC)."""

    call_id: UUID
    application_id: UUID
    subject_id: UUID | None
    direction: str
    regions: tuple[str, ...]
    purposes: tuple[str, ...]
    language: str
    is_ai: bool
    at: datetime
    timezone: str = ""
    model_version: str = ""
    other_subject_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule's word on one purpose. ``rule`` and ``reason`` are stable codes;
    ``strictness`` ranks rules that agree, the higher is named."""

    purpose: str
    allowed: bool
    rule: str
    reason: str
    strictness: int = 0
    consent_id: UUID | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that must be said: at which ``interaction``, in which language and version."""

    interaction: str
    text: str
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A consent to ask for, with the notice to read out."""

    purpose: str
    notice_id: UUID
    notice_version: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The gate's word: per purpose the deciding ruling, what to say, what to ask."""

    purposes: dict[str, Ruling]
    recording: Ruling
    say: tuple[Saying, ...]
    ask: tuple[Asking, ...]


Rule = Callable[[Question], Iterable[Ruling]]
Script = Callable[[Question], Iterable[Saying]]
Asker = Callable[[Question, Sequence[Ruling]], Iterable[Asking]]


@dataclass(slots=True)
class _Registry:
    rules: list[Rule] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    askers: list[Asker] = field(default_factory=list)


_registry = _Registry()


def rule(function: Rule) -> Rule:
    """Register a rule (decorator)."""
    _registry.rules.append(function)
    return function


def script(function: Script) -> Script:
    """Register a script (decorator)."""
    _registry.scripts.append(function)
    return function


def asker(function: Asker) -> Asker:
    """Register what turns refusals into consents to ask for (decorator)."""
    _registry.askers.append(function)
    return function


def decide(purpose: str, rulings: Iterable[Ruling]) -> Ruling:
    """The deciding ruling on ``purpose``: a refusal beats any permission, then the strictest.

    Without any ruling the purpose is refused: nobody has said that it may be done.
    """
    mine = [ruling for ruling in rulings if ruling.purpose == purpose]
    if not mine:
        return Ruling(purpose, False, "no-rule", "no-rule-covers-purpose")
    return min(mine, key=lambda ruling: (ruling.allowed, -ruling.strictness, ruling.rule))


def ask(question: Question) -> Answer:
    """Put ``question`` to every rule and script. ``record`` is always ruled on."""
    asked = tuple(dict.fromkeys((*question.purposes, "record")))
    rulings = [ruling for each in _registry.rules for ruling in each(question)]
    decided = {purpose: decide(purpose, rulings) for purpose in asked}
    # A purpose asked for shows its own consent even where a stricter rule names the answer.
    for ruling in rulings:
        held = decided.get(ruling.purpose)
        if held is not None and held.allowed and held.consent_id is None and ruling.consent_id:
            decided[ruling.purpose] = _with_consent(held, ruling)
    refused = [decided[p] for p in question.purposes if not decided[p].allowed]
    return Answer(
        purposes={purpose: decided[purpose] for purpose in question.purposes},
        recording=decided["record"],
        say=tuple(saying for each in _registry.scripts for saying in each(question)),
        ask=tuple(asking for each in _registry.askers for asking in each(question, refused)),
    )


def rule_on(question: Question, purpose: str) -> Ruling:
    """The deciding ruling on one purpose, whatever else the question asks."""
    narrowed = replace(question, purposes=(purpose,))
    return decide(purpose, [ruling for each in _registry.rules for ruling in each(narrowed)])


def _with_consent(ruling: Ruling, source: Ruling) -> Ruling:
    return replace(ruling, consent_id=source.consent_id, expires_at=source.expires_at)


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer in the API's shape (see docs, ``POST /calls``)."""

    def moment(value: datetime | None) -> str | None:
        return None if value is None else value.isoformat().replace("+00:00", "Z")

    return {
        "purposes": {
            purpose: {
                "allowed": ruling.allowed,
                "rule": ruling.rule,
                "reason": ruling.reason,
                "consent_id": None if ruling.consent_id is None else str(ruling.consent_id),
                "expires_at": moment(ruling.expires_at),
            }
            for purpose, ruling in answer.purposes.items()
        },
        "recording": {
            "allowed": answer.recording.allowed,
            "rule": answer.recording.rule,
            "reason": answer.recording.reason,
        },
        "say": [
            {
                "interaction": saying.interaction,
                "text": saying.text,
                "language": saying.language,
                "version": saying.version,
            }
            for saying in answer.say
        ],
        "ask": [
            {
                "purpose": asking.purpose,
                "notice_id": str(asking.notice_id),
                "notice_version": asking.notice_version,
                "text": asking.text,
                "language": asking.language,
            }
            for asking in answer.ask
        ],
    }
