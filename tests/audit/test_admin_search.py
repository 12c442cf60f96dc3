"""Finding events in the admin: by object, by actor and by request, each by an index."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import adminlists
from audit.services import record
from core.actors import request_id
from core.ids import uuid7

pytestmark = pytest.mark.django_db
LIST = reverse("admin:audit_auditevent_changelist")


def shown(client, **question):
    answer = client.get(LIST, question)
    assert answer.status_code == 200, answer
    return {event.action for event in answer.context["cl"].result_list}


@pytest.fixture
def written(system):
    """Two events in a request of ours and one in a request that its caller named."""
    thing = str(uuid4())
    ours = str(uuid7())
    for action, in_request, id_ in (("one", ours, thing), ("two", ours, ""), ("three", "mine", "")):
        token = request_id.set(in_request)
        try:
            record(actor=system, event_type="test", action=action, object_type="t", object_id=id_)
        finally:
            request_id.reset(token)
    return thing, ours


def test_by_object_and_by_actor(officer, officer_client, written):
    thing, _ = written
    assert shown(officer_client, q=thing) == {"one"}
    assert shown(officer_client, q="tests") >= {"one", "two", "three"}
    assert shown(officer_client, q=str(uuid4())) == set()


def test_by_request_within_its_time(officer_client, written):
    _, ours = written
    assert shown(officer_client, request=ours) == {"one", "two"}
    assert shown(officer_client, request="mine") == {"three"}
    with CaptureQueriesContext(connection) as asked:
        officer_client.get(LIST, {"request": ours})
    for sql in (each["sql"] for each in asked if '."request_id" =' in each["sql"]):
        assert '"received_at" >=' in sql
        assert '"received_at" <' in sql


def test_by_type_and_kind_of_actor(officer_client, written):
    assert shown(officer_client, event_type="test") == {"one", "two", "three"}
    assert shown(officer_client, event_type="test", actor_kind="person") == set()
    page = officer_client.get(LIST).content.decode()
    assert "event_type=test" in page
    assert "actor_kind=anonymous" in page


def test_a_list_that_is_not_counted_to_its_end_says_so(officer_client, written, monkeypatch):
    monkeypatch.setattr(adminlists, "MOST_COUNTED", 2)
    page = officer_client.get(LIST, {"event_type": "test"})
    assert page.context["cl"].result_count == 2
    assert "2+" in page.content.decode()
