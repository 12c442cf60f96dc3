"""Presidio beside the library, and the synthetic data of microsoft/presidio-research."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.masking_score import Found, score

WORKER = Path(__file__).parent / "presidio_worker.py"
# Presidio's names for what has a label here; what it finds besides is scored as found, not named.
ENTITIES = {
    "CREDIT_CARD": "CARD",
    "US_SSN": "SSN",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "DATE_TIME": "DOB",
    "PERSON": "NAME",
    "LOCATION": "ADDRESS",
    "US_BANK_NUMBER": "ACCOUNT",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
}
# The research data is MIT licensed; one commit, so that figures can be compared.
COMMIT = "c49124672f4a751efbb6b06f0f806d9502701dcd"
RESEARCH = (
    f"https://raw.githubusercontent.com/microsoft/presidio-research/{COMMIT}"
    "/data/synth_dataset_v2.json"
)
RESEARCH_LABELS = {
    "CREDIT_CARD": "CARD",
    "US_SSN": "SSN",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
    "PERSON": "NAME",
    "STREET_ADDRESS": "ADDRESS",
}
Masker = Callable[[dict[str, Any], str], list[Found]]


def run(
    corpus: Sequence[dict[str, Any]], ours: Masker, presidio: bool, research: str | None
) -> dict[str, Any]:
    """Scores for what was asked for; what cannot be had is named in a line instead. `research` is
    a file of that data, "" to fetch it, None for none."""
    sets: dict[str, Sequence[dict[str, Any]]] = {"corpus": corpus} if presidio else {}
    result: dict[str, Any] = {}
    if research is not None:
        try:
            items = json.loads(Path(research).read_text()) if research else download(RESEARCH)
            sets["research"] = research_calls(items)
        except (OSError, http.client.HTTPException, ValueError) as error:
            result["research"] = f"skipped: {RESEARCH} could not be read ({error})"
            print(f"presidio-research: {result['research']}", file=sys.stderr)
        else:
            result["research"] = {
                policy: _brief(score(sets["research"], lambda call, p=policy: ours(call, p)))
                for policy in ("strict", "balanced")
            }
    if presidio:
        with tempfile.TemporaryDirectory() as folder:
            python = install(Path(folder))
            if isinstance(python, str):
                result["presidio"] = python
                print(f"presidio: {python}", file=sys.stderr)
            else:
                result["presidio"] = {
                    name: beside(python, calls, full=name == "corpus")
                    for name, calls in sets.items()
                }
    return result


def _brief(figures: dict[str, Any]) -> dict[str, Any]:
    """Of texts that are no calls: each label's recall. Not every datum in them is annotated."""
    return figures["labels"]


def download(address: str) -> list[Any]:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return json.loads(answer.read())


def research_calls(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each text as a call of one turn, with the entities that have a label here as gold."""
    made = []
    for number, item in enumerate(items):
        gold = [
            {
                "turn": 0,
                "start": span["start_position"],
                "end": span["end_position"],
                "label": RESEARCH_LABELS[span["entity_type"]],
                "form": "written",
            }
            for span in item["spans"]
            if span["entity_type"] in RESEARCH_LABELS
        ]
        made.append(
            {
                "id": f"research-{number}",
                "kind": "positive",
                "region": "US",
                "language": "en",
                "names": [],
                "turns": [{"speaker": "", "text": item["full_text"]}],
                "gold": gold,
            }
        )
    return made


def install(folder: Path) -> Path | str:
    """The interpreter of a throw-away environment that has Presidio, or why there is none."""
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "-q", "presidio-analyzer"]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        return (
            f"skipped: pip could not install it ({(done.stderr.strip() or '?').splitlines()[-1]})"
        )
    # A model does not come with it. Without one Presidio finds no names and no places.
    model = [str(python), "-m", "spacy", "download", "en_core_web_sm"]
    try:
        subprocess.run(model, capture_output=True, check=False, timeout=180)
    except subprocess.TimeoutExpired:
        print("presidio: no spaCy model within three minutes, patterns alone", file=sys.stderr)
    return python


def beside(python: Path, calls: Sequence[dict[str, Any]], *, full: bool) -> dict[str, Any]:
    """Presidio's score over the same calls, of a process of its own."""
    lines = "".join(json.dumps({"turns": call["turns"]}) + "\n" for call in calls)
    done = subprocess.run(
        [str(python), "-I", str(WORKER)], input=lines, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"failed": (done.stderr.strip() or "?").splitlines()[-1]}
    head, *found, tail = [json.loads(line) for line in done.stdout.splitlines() if line[0] in "[{"]
    spans = {
        id(call): [Found(turn, a, b, ENTITIES.get(kind, kind)) for turn, a, b, kind in each]
        for call, each in zip(calls, found, strict=True)
    }
    figures = score(calls, lambda call: spans[id(call)])
    return {**head, **tail, **(figures if full else {"labels": _brief(figures)})}
