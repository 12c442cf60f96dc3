"""The OpenAPI document: whole, true, and held against the server."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, get_resolver

pytestmark = pytest.mark.django_db

CONTRACT = {
    "/api/v1/auth/token": {"post"},
    "/api/v1/auth/logout": {"post"},
    "/api/v1/subjects": {"post"},
    "/api/v1/calls": {"post"},
    "/api/v1/calls/{call_id}": {"get", "patch"},
    "/api/v1/calls/{call_id}/end": {"post"},
    "/api/v1/calls/{call_id}/disclosures": {"post"},
    "/api/v1/calls/{call_id}/recording": {"put"},
    "/api/v1/calls/{call_id}/transcript": {"post"},
    "/api/v1/consents": {"post"},
    "/api/v1/consents/check": {"get"},
    "/api/v1/consents/{consent_id}/receipt": {"get"},
    "/api/v1/recordings/{recording_id}/audio": {"get"},
    "/api/v1/transcripts/{transcript_id}": {"get"},
    "/api/v1/mask": {"post"},
    "/api/v1/disclosures": {"get"},
}


@pytest.fixture
def document(client):
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    return answer.json()


def test_it_has_every_call_of_the_contract(document):
    assert document["openapi"].startswith("3.1")
    for path, methods in CONTRACT.items():
        assert path in document["paths"], path
        assert methods <= set(document["paths"][path]), path


def test_every_operation_names_its_problems_and_security(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert "401" in operation["responses"], (path, method)
            if path != "/api/v1/auth/token":
                assert operation.get("security"), (path, method)


def test_no_warnings_when_it_is_made(capsys):
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    GENERATOR_STATS.reset()
    SchemaGenerator().get_schema(public=True)
    assert not GENERATOR_STATS, capsys.readouterr().err


def test_docs_page(client):
    answer = client.get("/api/v1/docs/")
    assert answer.status_code == 200


def test_every_api_route_says_what_scope_it_needs():
    seen = 0
    for pattern in _patterns(get_resolver().url_patterns):
        view = getattr(pattern.callback, "view_class", None) or getattr(
            pattern.callback, "cls", None
        )
        if view is None or "api" not in view.__module__.split("."):
            continue
        assert hasattr(view, "required_scopes"), view
        seen += 1
    assert seen >= len(CONTRACT)


def _patterns(entries):
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _patterns(entry.url_patterns)
