"""Numbers that no column and no clock holds are refused as values, and never reach the database."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db

NUMBERS = [
    2**31, 2**32, 2**53, 2**63 - 1, 2**63, 2**64, 10**30, 10**400,
    -1, -(2**31) - 1, -(2**63) - 1, -(10**400), 1.5, 1e308, -0.5, True, "1e9",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: str(number)[:24])
def test_numbers_that_no_column_holds(api, open_call, subject, number):
    told = open_call()
    spoken = {"interaction": "greeting", "version": 1, "spoken_at_ms": number}
    consent = {
        "subject": str(subject.id),
        "purpose": "record",
        "decision": "given",
        "method": "verbal",
        "notice_version": number,
    }
    turn = {"speaker": "agent", "text": "Hello", "start_ms": number, "end_ms": number}
    for path, body in (
        (f"calls/{told['id']}/disclosures", spoken),
        (f"calls/{told['id']}/disclosures", {**spoken, "spoken_at_ms": 1, "version": number}),
        ("consents", consent),
        ("consents", {**consent, "notice_version": 1, "evidence": {"answer_end_ms": number}}),
        (f"calls/{told['id']}/transcript", {"language": "en", "turns": [turn]}),
    ):
        answer = api.post(f"/api/v1/{path}", body, format="json")
        assert answer.status_code in {400, 403, 422}, (path, answer.content)
    for query in (f"from={number}", f"page_size={number}", f"cursor={number}"):
        assert api.get(f"/api/v1/audit/events?{query}").status_code < 500
    for query in (f"from={number}&to=2", f"from=1&to={number}"):
        answer = api.get(f"/api/v1/audit/checkpoints/consistency?{query}")
        assert answer.status_code in {404, 409, 422}, (query, answer.content)
