"""A small organisation's calls, sent through the API as a voice app would send them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

CALLS = Path(__file__).resolve().parent.parent / "demo" / "calls"


class DemoFailed(Exception):
    """The API answered otherwise than a voice app must be able to expect."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one call: its title, its id, and one sentence."""

    title: str
    call_id: str
    outcome: str


def scripts() -> Iterator[tuple[dict[str, Any], Path]]:
    """Each call's script and its audio."""
    for path in sorted(CALLS.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8")), path.with_suffix(".ogg")


def model_version(name: str) -> str:
    """How a demonstration call is known again."""
    return f"demo-{name}"


def _send(client: httpx.Client, method: str, path: str, *expected: int, **kwargs: Any) -> Any:
    answer = client.request(method, f"/api/v1{path}", **kwargs)
    if answer.status_code not in expected:
        raise DemoFailed(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
    return answer.json()


def play(client: httpx.Client, script: dict[str, Any], audio: Path) -> Told:
    """One call from the first question to the transcript. Raises DemoFailed."""
    subject = _send(client, "POST", "/subjects", 200, 201, json=script["subject"])
    call = _send(
        client,
        "POST",
        "/calls",
        201,
        json={
            "subject": subject["id"],
            "model_version": model_version(script["name"]),
            **{
                key: script[key]
                for key in ("direction", "regions", "purposes", "language", "is_ai")
            },
        },
    )
    here = f"/calls/{call['id']}"
    for saying in call["say"]:
        _send(
            client,
            "POST",
            f"{here}/disclosures",
            201,
            json={
                "interaction": saying["interaction"],
                "version": saying["version"],
                "spoken_at_ms": script["turns"][0]["start_ms"],
            },
        )
    notices = {asking["purpose"]: asking["notice_version"] for asking in call["ask"]}
    for consent in script["consents"]:
        _send(
            client,
            "POST",
            "/consents",
            201,
            json={
                "subject": subject["id"],
                "call": call["id"],
                "notice_version": notices.get(consent["purpose"], 1),
                **consent,
            },
        )
    # The answers are in: the gate is asked again before anything is kept.
    _send(client, "GET", here, 200)
    wanted = 201 if script["consent"] else 403
    recording = _send(client, "PUT", f"{here}/recording", wanted, content=audio.read_bytes())
    transcript = _send(
        client,
        "POST",
        f"{here}/transcript",
        wanted,
        json={"language": script["language"], "turns": script["turns"]},
    )
    if not script["consent"]:
        return Told(script["title"], call["id"], f"refused, as it must be: {recording['detail']}")
    found = ", ".join(f"{n} {label}" for label, n in sorted(transcript["findings"].items()))
    return Told(
        script["title"],
        call["id"],
        f"{recording['duration_ms'] / 1000:.0f} s recorded, {len(transcript['turns'])} turns,"
        f" masked: {found or 'nothing'}",
    )
