"""Named-entity recognisers from outside, as a plug-in: what a model takes for a name or a place.

None is used unless it is handed to `find`. It adds to what the detectors find and takes nothing
away; what they found keeps its label. Presidio and spaCy are no dependencies: their objects are
made, with the models of one's choice, by whoever installs them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from masking.languages import language as language_table
from masking.layers import over
from masking.model import LABELS, Span, Turn
from masking.timing import Timing


class Recognised(NamedTuple):
    """One entity: `start` and `end` are code points of the turn's text, `score` from 0 to 1."""

    turn: int
    start: int
    end: int
    label: str
    score: float


Recogniser = Callable[[Sequence[Turn], str], Iterable[Recognised]]
"""Takes the turns and their language (BCP 47)."""

PRESIDIO: Mapping[str, str] = {
    "PERSON": "NAME", "LOCATION": "ADDRESS", "CREDIT_CARD": "CARD", "US_SSN": "SSN",
    "PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "IBAN_CODE": "IBAN", "IP_ADDRESS": "IP",
    "US_BANK_NUMBER": "ACCOUNT", "MEDICAL_LICENSE": "ACCOUNT", "US_DRIVER_LICENSE": "ACCOUNT",
    "US_PASSPORT": "ACCOUNT",
}  # fmt: skip
"""Presidio's entities and what they are called here; its others are not asked for."""
SPACY: Mapping[str, str] = {"PERSON": "NAME", "PER": "NAME", "FAC": "ADDRESS"}
"""spaCy's, of its English and its other models. A town alone (GPE, LOC) is nobody's address."""
SPACY_SCORE = 0.85
"""spaCy gives none. This is what Presidio gives what spaCy finds."""


class RecogniserError(ValueError):
    """A recogniser that cannot be had, or whose answer is no stretch of the call."""


def presidio(analyzer: Any, entities: Mapping[str, str] = PRESIDIO) -> Recogniser:
    """The recogniser of a `presidio_analyzer.AnalyzerEngine`."""

    def recognise(turns: Sequence[Turn], language: str) -> Iterable[Recognised]:
        code = language_table(language).code
        for number, turn in enumerate(turns):
            for found in analyzer.analyze(turn.text, language=code, entities=list(entities)):
                yield Recognised(
                    number, found.start, found.end, entities[found.entity_type], found.score
                )

    return recognise


def spacy(pipeline: Any, labels: Mapping[str, str] = SPACY) -> Recogniser:
    """The recogniser of a loaded spaCy pipeline, whatever the call's language."""

    def recognise(turns: Sequence[Turn], language: str) -> Iterable[Recognised]:
        texts = [turn.text for turn in turns]
        for number, document in enumerate(pipeline.pipe(texts)):
            for entity in document.ents:
                label = labels.get(entity.label_)
                if label is not None:
                    yield Recognised(number, entity.start_char, entity.end_char, label, SPACY_SCORE)

    return recognise


def load(path: str) -> Recogniser:
    """The recogniser that `package.module:function` makes. Raises RecogniserError."""
    name, _, function = path.partition(":")
    try:
        made: Recogniser = getattr(importlib.import_module(name), function)()
    except Exception as error:
        raise RecogniserError(f"{path}: {type(error).__name__}: {error}") from error
    if not callable(made):
        raise RecogniserError(f"{path}: makes no function")
    return made


def checked(turns: Sequence[Turn], found: Iterable[Recognised]) -> Iterator[Recognised]:
    """The entities, each looked at. Raises RecogniserError for what is no stretch of a turn, no
    label or no score."""
    for entity in found:
        turn, start, end, label, score = entity
        if not (
            0 <= turn < len(turns)
            and 0 <= start < end <= len(turns[turn].text)
            and label in LABELS
            and 0 <= score <= 1
        ):
            # The place alone: what was said there is the caller's.
            place = f"turn {turn}, {start} to {end}"
            raise RecogniserError(f"no stretch of the call, label or score: {label!r}, {place}")
        yield entity


def with_recognised(
    turns: Sequence[Turn], spans: Sequence[Span], found: Iterable[Recognised], least: float
) -> list[Span]:
    """`spans`, and what was recognised beside them with a score of at least `least`.

    Raises RecogniserError as `checked` does.
    """
    added = []
    timings: dict[int, Timing] = {}
    for turn, start, end, label, score in checked(turns, found):
        if score >= least:
            times = timings.setdefault(turn, Timing(turns[turn])).between(start, end)
            reason = f"{label.lower()}.recogniser"
            added.append(Span(turn, start, end, label, score, reason, *times))
    return over(over((), added), spans) if added else list(spans)
