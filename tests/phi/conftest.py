from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from rest_framework.test import APIClient

from audit.models import AuditEvent
from phi.models import VoiceRecording
from tests.conftest import Caller
from tests.phi.audio import sound
from tests.phi.health import (
    carer,
    health_record,
    relate,
    second_officer,
    store,
)

TURNS = [
    {"speaker": "agent", "text": "How can I help?", "start_ms": 0, "end_ms": 900},
    {
        "speaker": "caller",
        "text": "My e-mail is ada@example.com",
        "start_ms": 1000,
        "end_ms": 2500,
    },
]
CODE = "973"
CODE_TURNS = [
    {"speaker": "agent", "text": "And the security code?", "start_ms": 0, "end_ms": 900},
    {
        "speaker": "caller",
        "text": f"The security code is {CODE}",
        "start_ms": 1000,
        "end_ms": 2500,
        "words": [
            {"text": word, "start_ms": 1000 + 250 * place, "end_ms": 1200 + 250 * place}
            for place, word in enumerate(f"The security code is {CODE}".split())
        ],
    },
]


@pytest.fixture(autouse=True)
def blob_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty blob store for each test."""
    root = tmp_path / "blobs"
    store = storages["blobs"]
    monkeypatch.setattr(settings, "BLOB_ROOT", root)
    monkeypatch.setattr(store, "_location", root)
    for cached in ("base_location", "location"):
        store.__dict__.pop(cached, None)
    yield root
    for cached in ("base_location", "location"):
        store.__dict__.pop(cached, None)


@pytest.fixture
def blobs(blob_root: Path) -> Callable[[], list[Path]]:
    """The files of the blob store."""
    return lambda: [path for path in blob_root.rglob("*") if path.is_file()]


@pytest.fixture
def events(db: None) -> Callable[..., list[AuditEvent]]:
    """The events of a type, oldest first."""

    def read(event_type: str, action: str = "") -> list[AuditEvent]:
        found = AuditEvent.objects.filter(event_type=event_type).order_by("received_at", "id")
        return list(found.filter(action=action) if action else found)

    return read


@pytest.fixture
def call(
    subject: Any, open_call: Callable[..., dict[str, Any]], give_consent: Callable[..., Any]
) -> str:
    """The id of a call that may be recorded and transcribed."""
    announced = open_call(subject=str(subject.id))
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose, call=announced["id"])
    return str(announced["id"])


@pytest.fixture
def put(api: APIClient) -> Callable[..., Any]:
    """PUT bytes as a call's recording; ``promised`` replaces the Content-Length."""

    def send(call: str, body: bytes, *, client: Any = None, promised: Any = None) -> Any:
        extra: dict[str, Any] = {}
        if promised is not None:
            extra = {"CONTENT_LENGTH": str(promised), "wsgi.input": io.BytesIO(body)}
        return (client or api).generic(
            "PUT", f"/api/v1/calls/{call}/recording", body, "application/octet-stream", **extra
        )

    return send


@pytest.fixture
def tell(api: APIClient) -> Callable[..., Any]:
    """POST a call's transcript."""

    def send(call: str, turns: Any = TURNS, *, client: Any = None, **changes: Any) -> Any:
        headers = changes.pop("headers", None)
        body = {"language": "en", "turns": turns, **changes}
        return (client or api).post(
            f"/api/v1/calls/{call}/transcript", body, format="json", headers=headers
        )

    return send


@pytest.fixture
def recording(call: str, put: Callable[..., Any], tell: Callable[..., Any]) -> VoiceRecording:
    """A recording that may be played."""
    answer = put(call, sound())
    assert answer.status_code == 201, answer.content
    assert tell(call).status_code == 201
    return VoiceRecording.objects.get(id=answer.json()["id"])


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of ``answer``, which must have this status and code."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"].endswith(f"/{code}"), body
    assert body["status"] == status
    assert body["detail"]
    return body


__all__ = ["Caller", "carer", "health_record", "relate", "second_officer", "store"]
