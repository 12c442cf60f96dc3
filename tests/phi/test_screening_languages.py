"""A transcript that could not have shown a code screens nothing."""

from __future__ import annotations

from typing import Any

import pytest

from phi.models import VoiceRecording
from tests.phi.audio import sound

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "text", "state"),
    [
        ("en", "Good morning.", "available"),
        ("de", "Guten Morgen.", "available"),
        ("fr", "Bonjour.", "unscreened"),
        ("en", "   ", "unscreened"),
        ("es", "the security code is seven three nine", "quarantined"),
        ("fr", "the security code is seven three nine", "quarantined"),
    ],
)
@pytest.mark.parametrize("first", ["recording", "transcript"])
def test_state(api: Any, call: str, language: str, text: str, state: str, first: str) -> None:
    def put() -> None:
        answer = api.put(f"/api/v1/calls/{call}/recording", sound(), content_type="audio/wav")
        assert answer.status_code == 201, answer.content

    def post() -> None:
        turns = [{"speaker": "caller", "text": text, "start_ms": 0, "end_ms": 900}]
        body = {"language": language, "turns": turns}
        answer = api.post(f"/api/v1/calls/{call}/transcript", body, format="json")
        if text.strip():
            assert answer.status_code == 201, answer.content
        else:
            assert answer.status_code in (201, 422), answer.content
            if answer.status_code == 422:
                return

    for step in (put, post) if first == "recording" else (post, put):
        step()
    assert VoiceRecording.objects.get(call=call).state == state
