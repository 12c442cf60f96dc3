"""`python -m masking`."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from masking.__main__ import main

CALL = {
    "id": 7,
    "turns": [
        {"speaker": "agent", "text": "The CVV?", "end_ms": 5},
        {"speaker": "caller", "text": "one two three"},
    ],
}


def write(path: Path, *lines: Any) -> str:
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))
    return str(path)


def test_masks_a_call_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([write(tmp_path / "calls", CALL, "", CALL)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == second
    assert first["id"] == 7
    assert first["turns"][0] == CALL["turns"][0]
    assert first["turns"][1] == {"speaker": "caller", "text": "[CVV]"}
    [finding] = first["findings"]
    assert {key: finding[key] for key in ("turn", "start", "end", "label")} == {
        "turn": 1, "start": 0, "end": 13, "label": "CVV",
    }  # fmt: skip


def test_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(CALL).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["-", "--policy", "balanced"]) == 0
    assert "[CVV]" in capsys.readouterr().out


def test_timed_words_are_masked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [{"text": text, "start_ms": 1, "end_ms": 2} for text in ("cvv", "123")]
    assert main([write(tmp_path / "c", {"turns": [
        {"speaker": "a", "text": "cvv 123", "words": words}]})]) == 0  # fmt: skip
    call = json.loads(capsys.readouterr().out)
    assert call["turns"][0]["words"][1] == {"text": "[CVV]", "start_ms": 1, "end_ms": 2}
    assert call["findings"][0]["start_ms"] == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "turns"),
        ('{"turns": {}}', "turns"),
        ('{"turns": [1]}', "turns[0]"),
        ('{"turns": [{"speaker": "a"}]}', "turns[0].text"),
        ('{"turns": [{"speaker": 1, "text": "a"}]}', "turns[0].speaker"),
        ('{"turns": [{"speaker": "a", "text": "a", "words": 1}]}', "turns[0].words"),
        ('{"turns": [{"speaker": "a", "text": "a", "words": [{}]}]}', "turns[0].words[0]"),
        (
            '{"turns": [{"speaker": "a", "text": "", "words":'
            + '[{"text": "a", "start_ms": "1", "end_ms": 2}]}]}',
            "turns[0].words[0]",
        ),
    ],
)
def test_bad_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    assert main([write(tmp_path / "calls", CALL, line)]) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert "line 2" in err
    assert message in err


def test_bad_encoding_and_lone_surrogate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "calls"
    path.write_bytes(b'{"turns": [{"speaker": "a", "text": "\\ud800 \\u0000"}]}\n\xff\n')
    assert main([str(path)]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["turns"][0]["text"] == "\ud800 \x00"
    assert "line 2" in err


def test_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err


RULE = {"label": "MRN", "kind": "pattern", "text": r"\bkd-\d{4}\b", "name": "clinic"}


def test_rules_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = {"turns": [{"speaker": "a", "text": "It is KD-1234, club code 48213."}]}
    cue = {"label": "ACCOUNT", "kind": "cue", "text": "club code", "name": "club"}
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([RULE, cue]))
    calls = write(tmp_path / "calls", call)
    assert main([calls, "--policy", "balanced", "--rules", str(rules)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["turns"][0]["text"] == "It is [MRN], club code [ACCOUNT]."
    assert [finding["reason"] for finding in told["findings"]] == ["rule.clinic", "account.cue"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{}", "expected a list of rules"),
        ("[1]", "rule 1: expected an object"),
        (json.dumps([RULE, {**RULE, "name": "b", "text": "(?=a)"}]), "rule 2: Looking ahead"),
        (json.dumps([RULE] * 2), "another rule's name"),
    ],
)
def test_bad_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(content)
    assert main([write(tmp_path / "calls", CALL), "--rules", str(rules)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert str(rules) in err
    assert message in err


def test_no_rules_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = write(tmp_path / "calls", CALL)
    assert main([calls, "--rules", str(tmp_path / "none")]) == 1
    assert f"{tmp_path / 'none'}: No such file" in capsys.readouterr().err


# Streams as a shell gives them: a process of its own each.


def run_with(calls: str, *, closed: int | None = None, **streams: Any) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "masking", calls],
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        preexec_fn=None if closed is None else lambda: os.close(closed),
        check=False,
        **streams,
    )
    return done.returncode, done.stderr


def test_a_reader_that_wants_no_more_is_no_fault_to_tell(tmp_path: Path) -> None:
    calls = write(tmp_path / "calls", CALL, CALL)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert run_with(calls, stdout=writing) == (1, "")
    finally:
        os.close(writing)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_told_of_the_output(tmp_path: Path) -> None:
    calls = write(tmp_path / "calls", CALL)
    with open("/dev/full", "w") as full:
        code, said = run_with(calls, stdout=full)
    assert code == 1
    assert said.startswith("standard output: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(("closed", "name"), [(0, "standard input"), (1, "standard output")])
def test_a_closed_stream_is_told(tmp_path: Path, closed: int, name: str) -> None:
    calls = write(tmp_path / "calls", CALL) if closed else "-"
    assert run_with(calls, closed=closed) == (1, f"{name}: it is closed\n")
