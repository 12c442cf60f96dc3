"""GET /transcripts/{id}."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from phi.models import Transcript
from tests.phi.conftest import TURNS, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def transcript(call: str, tell: Any) -> Transcript:
    assert tell(call).status_code == 201
    return Transcript.objects.get()


@pytest.fixture
def read(api: APIClient) -> Callable[..., Any]:
    def get(transcript: Any, *, client: Any = None, **query: Any) -> Any:
        id_ = getattr(transcript, "id", transcript)
        return (client or api).get(f"/api/v1/transcripts/{id_}", query)

    return get


def test_masked_by_default(transcript: Transcript, read: Any, events: Any) -> None:
    answer = read(transcript)
    assert answer.status_code == 200
    told = answer.json()
    assert told["view"] == "masked"
    assert told["call"] == str(transcript.call_id)
    assert told["turns"][1]["text"] == "My e-mail is [EMAIL]"
    assert b"ada@example.com" not in answer.content
    assert answer["Cache-Control"] == "no-store"
    (event,) = events("transcript", "read")
    assert event.object_id == str(transcript.id)


def test_the_original_for_a_purpose(transcript: Transcript, read: Any, events: Any) -> None:
    answer = read(transcript, view="original", purpose_of_use="treatment")
    assert answer.json()["turns"] == TURNS
    (event,) = events("transcript", "original_read")
    assert event.details["purpose_of_use"] == "treatment"


@pytest.mark.parametrize(
    "query",
    [
        {"view": "original"},
        {"view": "original", "purpose_of_use": ""},
        {"view": "original", "purpose_of_use": "curiosity"},
        {"view": "raw"},
    ],
)
def test_bad_queries(transcript: Transcript, read: Any, events: Any, query: dict[str, str]) -> None:
    problem(read(transcript, **query), 422, "invalid")
    assert events("transcript", "read") == events("transcript", "original_read") == []


def test_another_applications_is_not_there(
    transcript: Transcript, read: Any, stranger: Any
) -> None:
    problem(read(transcript, client=stranger.client), 404, "not-found")
    problem(read(uuid4()), 404, "not-found")


def test_needs_its_scope(transcript: Transcript, read: Any, make_caller: Any) -> None:
    writer = make_caller("Writer", scopes=["transcripts:write"])
    problem(read(transcript, client=writer.client), 403, "missing-scope")


def test_forms_cannot_be_swapped(transcript: Transcript, read: Any) -> None:
    Transcript.objects.update(
        masked_sealed=transcript.original_sealed, original_sealed=transcript.masked_sealed
    )
    problem(read(transcript), 500, "ciphertext-refused")
    problem(
        read(transcript, view="original", purpose_of_use="treatment"), 500, "ciphertext-refused"
    )


def test_counts_its_queries(transcript: Transcript, read: Any) -> None:
    read(transcript)
    with CaptureQueriesContext(connection) as seen:
        read(transcript)
    assert len(seen) <= 8, [query["sql"][:90] for query in seen]
