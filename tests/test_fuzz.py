"""The API held against its own document by generated requests, on a live server."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def document(live_server, caller):
    loaded = schemathesis.openapi.from_url(f"{live_server.url}/api/v1/schema/")
    loaded.config.update(headers={"Authorization": f"Bearer {caller.token}"})
    return loaded


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_what_the_document_says(case, caller):
    response = case.call(headers={"Authorization": f"Bearer {caller.token}"})
    case.validate_response(response, checks=CHECKS)
