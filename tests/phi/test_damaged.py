"""Damage to one thing does not take the page with it, and is an event."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from audit.models import AuditEvent
from phi.models import Transcript

pytestmark = pytest.mark.django_db
TURNS = [{"speaker": "caller", "text": "Good morning.", "start_ms": 0, "end_ms": 900}]


def test_a_damaged_transcript_leaves_the_call_page(
    api: Any, call: str, officer_client: Any
) -> None:
    body = {"language": "en", "turns": TURNS}
    assert api.post(f"/api/v1/calls/{call}/transcript", body, format="json").status_code == 201
    transcript = Transcript.objects.get(call=call)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE phi_transcript SET masked_sealed = original_sealed WHERE id = %s",
            [transcript.pk],
        )
    answer = officer_client.get(reverse("admin:consent_call_change", args=[call]))
    assert answer.status_code == 200
    assert b"What the gate said" in answer.content
    assert b"It is not shown" in answer.content
    assert b"Good morning" not in answer.content
    event = AuditEvent.objects.get(event_type="integrity")
    assert (event.severity, event.object_id) == ("CRITICAL", str(transcript.pk))
