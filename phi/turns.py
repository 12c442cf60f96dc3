"""Turns of a call in request bodies: read in one walk, because there may be tens of thousands of
words and a serializer for each would take seconds."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consent.serializers import DAY_MS
from masking import Turn, Word

MAX_TURNS = 5_000
MAX_TEXT = 10_000
MAX_WORDS = 2_000
MAX_LABEL = 40


def _moment(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=DAY_MS, **kwargs)


class WordOut(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True)
    start_ms = _moment()
    end_ms = _moment()


class TurnOut(serializers.Serializer[Any]):
    speaker = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    start_ms = _moment()
    end_ms = _moment()
    words = WordOut(many=True, required=False)


class LooseTurnOut(TurnOut):
    """A turn that may lack its times and its speaker's label."""

    speaker = serializers.CharField(allow_blank=True)
    start_ms = _moment(required=False)
    end_ms = _moment(required=False)


class TurnIn(TurnOut):
    speaker = serializers.CharField(max_length=MAX_LABEL)
    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True)


class LooseTurnIn(LooseTurnOut):
    speaker = serializers.CharField(max_length=MAX_LABEL, allow_blank=True, required=False)
    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True)


@extend_schema_field(TurnIn(many=True))
class TurnsField(serializers.Field):  # type: ignore[type-arg]
    """1 to 5,000 turns as ``masking.Turn``, each with its times."""

    timed = True

    def to_internal_value(self, data: Any) -> list[Turn]:
        if not isinstance(data, list):
            raise serializers.ValidationError("Must be a list of turns.")
        if not 1 <= len(data) <= MAX_TURNS:
            raise serializers.ValidationError(f"Give 1 to {MAX_TURNS} turns.")
        turns, problems = [], []
        for item in data:
            problem: dict[str, Any] = {}
            turns.append(_turn(item, self.timed, problem))
            problems.append(problem)
        if any(problems):
            raise serializers.ValidationError(problems)
        return turns

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(LooseTurnIn(many=True))
class LooseTurnsField(TurnsField):
    """The same, where times and labels may be left out."""

    timed = False


def _turn(item: Any, timed: bool, problem: dict[str, Any]) -> Turn:
    if not isinstance(item, dict):
        problem["body"] = ["Must be an object."]
        return Turn("", "")
    words = item.get("words") or []
    if not isinstance(words, list) or len(words) > MAX_WORDS:
        problem["words"] = [f"Must be a list of at most {MAX_WORDS} words."]
        words = []
    start, end = _times(item, timed, problem)
    return Turn(
        _text(item, "speaker", MAX_LABEL, problem, blank=not timed),
        _text(item, "text", MAX_TEXT, problem, blank=True),
        start,
        end,
        tuple(_word(word, problem) for word in words),
    )


def _word(item: Any, problem: dict[str, Any]) -> Word:
    if not isinstance(item, dict):
        problem["words"] = ["Each word must be an object."]
        return Word("", 0, 0)
    found: dict[str, Any] = {}
    text = _text(item, "text", 200, found, blank=True)
    start, end = _times(item, True, found)
    if found:
        problem.setdefault("words", [f"{name}: {text[0]}" for name, text in found.items()])
    return Word(text, start or 0, end or 0)


def _text(item: Any, name: str, most: int, problem: dict[str, Any], *, blank: bool) -> str:
    value = item.get(name, "" if blank and name != "text" else None)
    if not isinstance(value, str):
        problem[name] = ["Must be text."]
    elif len(value) > most:
        problem[name] = [f"Holds {most} characters at most."]
    elif not value and not blank:
        problem[name] = ["May not be empty."]
    else:
        return value
    return ""


def _times(item: Any, needed: bool, problem: dict[str, Any]) -> tuple[int | None, int | None]:
    found: list[int | None] = []
    for name in ("start_ms", "end_ms"):
        value = item.get(name)
        if value is None and not needed:
            found.append(None)
        elif type(value) is int and 0 <= value <= DAY_MS:
            found.append(value)
        else:
            problem[name] = [f"Must be milliseconds, a whole number from 0 to {DAY_MS}."]
            found.append(None)
    start, end = found
    if start is not None and end is not None and end < start:
        problem["end_ms"] = ["Is before the start."]
    return start, end
