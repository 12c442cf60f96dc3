"""`python -m masking FILE.jsonl`: one call a line in, the masked call with its findings out."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from masking import (
    POLICIES,
    Recogniser,
    RecogniserError,
    Rule,
    RuleRefused,
    Span,
    Turn,
    Word,
    compile_rules,
    find,
    mask,
)
from masking.recognisers import load


class BadCallError(ValueError):
    """A line that is not a call; the message says what is wrong with it."""


class OutputError(Exception):
    """What was masked could not be written; the message says why, and is empty where whoever
    read it wants no more."""


class BadRulesError(ValueError):
    """A file that holds no rules; the message says why."""


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0, or 1 with a message on standard error at the first bad line.

    Raises OutputError.
    """
    parser = argparse.ArgumentParser(prog="python -m masking", description=__doc__)
    parser.add_argument("file", help="calls as JSON, one a line; - for standard input")
    parser.add_argument("--policy", choices=sorted(POLICIES), default="strict")
    parser.add_argument("--region", help="ISO 3166 country for telephone numbers, such as US")
    parser.add_argument("--language", default="en", help="a call's own language comes first")
    parser.add_argument(
        "--rules",
        metavar="FILE.json",
        help="rules of your own: a list of objects with label, kind (cue or pattern), text and"
        " name",
    )
    parser.add_argument(
        "--recogniser",
        metavar="MODULE:FUNCTION",
        help="a function that makes a recogniser of names, to mask with beside the detectors",
    )
    options = parser.parse_args(arguments)
    try:
        rules = _read_rules(options.rules) if options.rules else ()
        options.recogniser = load(options.recogniser) if options.recogniser else None
        if options.file == "-":
            return _run(_standard_input(), options, rules)
        with open(options.file, "rb") as lines:
            return _run(lines, options, rules)
    except OSError as error:
        sys.stderr.write(f"{error.filename or options.file}: {error.strerror or error}\n")
    except BadRulesError as error:
        sys.stderr.write(f"{options.rules}: {error}\n")
    except RecogniserError as error:
        sys.stderr.write(f"{error}\n")
    return 1


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed", "standard input")
    return sys.stdin.buffer


def _read_rules(path: str) -> tuple[Rule, ...]:
    with open(path, "rb") as file:
        try:
            items = json.load(file)
        except (ValueError, RecursionError) as error:
            raise BadRulesError(f"not JSON: {error}") from None
    if not isinstance(items, list):
        raise BadRulesError("expected a list of rules")
    try:
        return compile_rules(items)
    except RuleRefused as refused:
        raise BadRulesError(str(refused)) from None


def _run(lines: Iterable[bytes], options: argparse.Namespace, rules: Sequence[Rule]) -> int:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            masked = mask_call(
                _parse(line),
                options.policy,
                options.region,
                options.language,
                rules,
                options.recogniser,
            )
        except BadCallError as error:
            sys.stderr.write(f"{options.file}: line {number}: {error}\n")
            return 1
        _write(masked)
    return 0


def _write(masked: dict[str, Any]) -> None:
    if sys.stdout is None:
        raise OutputError("it is closed")
    try:
        # ASCII output: a lone surrogate in a transcript has no other faithful encoding.
        sys.stdout.write(json.dumps(masked) + "\n")
        # Each call as it is done, so that what cannot be written is told here and not at the end.
        sys.stdout.flush()
    except BrokenPipeError:
        raise OutputError from None
    except OSError as error:
        raise OutputError(error.strerror or str(error)) from None


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadCallError(f"not JSON: {error}") from None


def mask_call(
    call: Any,
    policy: str,
    region: str | None,
    language: str,
    rules: Sequence[Rule] = (),
    recogniser: Recogniser | None = None,
) -> dict[str, Any]:
    """The call with its turns masked and `findings` added. Raises BadCallError."""
    if not isinstance(call, dict) or not isinstance(call.get("turns"), list):
        raise BadCallError('expected an object with a list "turns"')
    turns = [_turn(item, index) for index, item in enumerate(call["turns"])]
    tag = call.get("language")
    spans = find(
        turns,
        policy=policy,
        region=region,
        language=tag if isinstance(tag, str) else language,
        rules=rules,
        recogniser=recogniser,
    )
    masked = [
        {**item, **_masked(turn, item)}
        for item, turn in zip(call["turns"], mask(turns, spans), strict=True)
    ]
    return {**call, "turns": masked, "findings": [_finding(span) for span in spans]}


def _turn(item: Any, index: int) -> Turn:
    if not isinstance(item, dict):
        raise BadCallError(f"turns[{index}]: expected an object")
    for name in ("speaker", "text"):
        if not isinstance(item.get(name), str):
            raise BadCallError(f"turns[{index}].{name}: expected a string")
    return Turn(item["speaker"], item["text"], words=tuple(_words(item.get("words"), index)))


def _words(items: Any, index: int) -> Iterable[Word]:
    if items is None:
        return
    if not isinstance(items, list):
        raise BadCallError(f"turns[{index}].words: expected a list")
    for at, item in enumerate(items):
        try:
            word = Word(item["text"], item["start_ms"], item["end_ms"])
        except (KeyError, TypeError):
            raise BadCallError(
                f"turns[{index}].words[{at}]: expected text, start_ms, end_ms"
            ) from None
        if type(word.text) is not str or not type(word.start_ms) is type(word.end_ms) is int:
            raise BadCallError(f"turns[{index}].words[{at}]: expected a string and two integers")
        yield word


def _masked(turn: Turn, item: dict[str, Any]) -> dict[str, Any]:
    masked: dict[str, Any] = {"text": turn.text}
    if item.get("words") is not None:
        masked["words"] = [
            {"text": word.text, "start_ms": word.start_ms, "end_ms": word.end_ms}
            for word in turn.words
        ]
    return masked


def _finding(span: Span) -> dict[str, Any]:
    times = {"start_ms": span.start_ms, "end_ms": span.end_ms}
    return {
        "turn": span.turn,
        "start": span.start,
        "end": span.end,
        "label": span.label,
        "score": span.score,
        "reason": span.reason,
        **{name: value for name, value in times.items() if value is not None},
    }


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OutputError as error:
        if str(error):
            sys.stderr.write(f"standard output: {error}\n")
        if sys.stdout is not None:
            # What is left in it goes nowhere, or the interpreter would fail on it as it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
