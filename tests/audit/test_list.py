"""Reading the log by API: newest first, by filters that indexes serve, each look an event."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.api import _matching
from audit.models import AuditEvent
from audit.pages import EventPages
from audit.services import Entry, record_many
from core.actors import Actor

pytestmark = pytest.mark.django_db
URL = "/api/v1/audit/events"


def write(number=1, actor=None, **kwargs):
    values = {"event_type": "call", "action": "answered", **kwargs}
    actor = actor or Actor("person", "7", "sam", "127.0.0.1")
    with transaction.atomic():
        return record_many(actor=actor, entries=[Entry(**values) for _ in range(number)])


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [UUID(row["id"]) for row in answer.json()["results"]]


def test_an_event_as_the_log_holds_it(api):
    (event,) = write(
        object_type="user", object_id="customer-17", severity="ERROR", details={"queue": "en"}
    )
    (row,) = api.get(URL, {"event_type": "call"}).json()["results"]
    assert row == {
        "id": str(event.id),
        "received_at": event.received_at.isoformat().replace("+00:00", "Z"),
        "occurred_at": None,
        "event_type": "call",
        "action": "answered",
        "severity": "ERROR",
        "actor_kind": "person",
        "actor_id": "7",
        "actor_name": "sam",
        "actor_address": "127.0.0.1",
        "object_type": "user",
        "object_id": "customer-17",
        "user_id": "customer-17",
        "request_id": "",
        "details": {"queue": "en"},
    }


def test_pages_lead_there_and_back_though_a_batch_has_one_time(api):
    written = [event.id for _ in range(3) for event in write(7)]
    newest = sorted(written, reverse=True)
    query = {"event_type": "call", "page_size": 5}
    seen, pages, url = [], [], URL
    answer = api.get(url, query)
    assert answer.json()["previous"] is None
    while True:
        pages.append(ids(answer))
        seen += pages[-1]
        # What arrives meanwhile moves nothing.
        write(2)
        following = answer.json()["next"]
        if following is None:
            break
        answer = api.get(following)
    assert seen == newest
    assert [len(page) for page in pages] == [5, 5, 5, 5, 1]
    for page in reversed(pages[:-1]):
        answer = api.get(answer.json()["previous"])
        assert ids(answer) == page
    newer = api.get(answer.json()["previous"])
    assert len(ids(newer)) == 5
    assert not set(ids(newer)) & set(written)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"event_type": "recording"}, {"b"}),
        ({"action": "played"}, {"b", "d"}),
        ({"event_type": "recording", "action": "played"}, {"b"}),
        ({"event_type": "recording", "action": "answered"}, set()),
        ({"actor": "00000000-0000-7000-8000-000000000001"}, {"c"}),
        ({"actor": "desk"}, {"d"}),
        ({"actor": "kim"}, {"c"}),
        ({"object": "17"}, {"a", "b"}),
        ({"object": "phi.VoiceRecording:17"}, {"b"}),
        ({"object": "user:18"}, set()),
        ({"severity": "CRITICAL"}, {"d"}),
        ({"severity": "WARNING", "action": "answered"}, {"c"}),
    ],
)
def test_filters(api, query, expected):
    named = {
        "a": write(object_type="user", object_id="17"),
        "b": write(
            event_type="recording",
            action="played",
            object_type="phi.VoiceRecording",
            object_id="17",
        ),
        "c": write(
            severity="WARNING",
            actor=Actor("person", "00000000-0000-7000-8000-000000000001", "kim"),
        ),
        "d": write(
            event_type="other", action="played", severity="CRITICAL", actor=Actor.system("desk")
        ),
    }
    found = {name for (name, (event,)) in named.items() if event.id in ids(api.get(URL, query))}
    assert found == expected


def test_a_period_begins_with_from_and_ends_before_to(api):
    (first,) = write()
    (second,) = write()
    query = {"event_type": "call", "from": first.received_at.isoformat()}
    assert ids(api.get(URL, query)) == [second.id, first.id]
    query["to"] = second.received_at.isoformat()
    assert ids(api.get(URL, query)) == [first.id]
    assert ids(api.get(URL, {"event_type": "call", "to": "2020-01-01"})) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"to": "2026-01-01", "from": "2026-01-01"}, "to"),
        ({"severity": "LOUD"}, "severity"),
        ({"event_type": "x" * 81}, "event_type"),
        ({"actor": "a\x00b"}, "actor"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": "b" + "_" * 40}, "cursor"),
    ],
)
def test_what_does_not_hold(api, query, field):
    answer = api.get(URL, query)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {field}


def test_sizes_of_pages(api):
    write(3)
    assert len(ids(api.get(URL, {"page_size": 2}))) == 2
    assert len(ids(api.get(URL, {"page_size": 0}))) > 2
    assert len(ids(api.get(URL, {"page_size": "x"}))) > 2


def test_who_may_not(client, make_caller):
    assert client.get(URL).status_code == 401
    writer = make_caller("Writer", scopes=["audit:write"])
    assert writer.client.get(URL).status_code == 403


def test_an_application_reads_the_organisations_log(stranger, api):
    api.post(URL, {"event_type": "call", "action": "rang"}, format="json")
    assert len(ids(stranger.client.get(URL, {"event_type": "call"}))) == 1


def test_a_look_is_an_event(api, caller):
    write(2)
    api.get(URL, {"event_type": "call", "object": "mail ada@example.com"})
    look = AuditEvent.objects.get(event_type="audit_log", action="read")
    assert look.actor_id == str(caller.application.id)
    assert look.details["event_type"] == "call"
    assert look.details["events"] == 0
    assert "ada" not in str(look.details)


def test_queries(api, django_assert_num_queries):
    """The key, the page, and the look itself in its savepoint."""
    write(60)
    api.get(URL)
    with django_assert_num_queries(4):
        api.get(URL, {"event_type": "call"})
    # To begin an index with each of its first values takes one more.
    with django_assert_num_queries(5):
        api.get(URL, {"action": "answered"})


def test_actors_survive_their_account(api, make_caller, make_person):
    """Whoever acted is named by id and name though the account's row is gone."""
    caller = make_caller("Short-lived app")
    person = make_person("leaver", "auditor")
    caller.client.post(URL, {"event_type": "call", "action": "rang"}, format="json")
    write(event_type="admin", action="view", actor=Actor("person", str(person.pk), "leaver"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("DELETE FROM accounts_apikey WHERE id = %s", [caller.key.pk])
        cursor.execute(
            "DELETE FROM accounts_voiceapplication WHERE id = %s", [caller.application.pk]
        )
        for field in [
            *(link.field for link in person._meta.related_objects),
            *(
                link.remote_field.through._meta.get_field("user")
                for link in person._meta.many_to_many
            ),
        ]:
            cursor.execute(
                f'DELETE FROM "{field.model._meta.db_table}" WHERE "{field.column}" = %s',
                [person.pk],
            )
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [person.pk])
        cursor.execute("SET LOCAL ROLE voicecompliance_web")
    for id_, name in (
        (caller.application.pk, "Short-lived app"),
        (person.pk, "leaver"),
    ):
        for query in ({"actor": str(id_)}, {"actor": name}):
            rows = api.get(URL, query).json()["results"]
            assert (str(id_), name) in {(row["actor_id"], row["actor_name"]) for row in rows}


@pytest.fixture
def many(db):
    """120,000 events over three months, of which few are of one kind, actor or object."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(
            "SELECT audit_ensure_partition(now() - n * interval '1 month')"
            " FROM generate_series(0, 3) n"
        )
        cursor.execute(
            """
            INSERT INTO audit_auditevent
            SELECT gen_random_uuid(), now() - n * interval '45 seconds', NULL,
                (ARRAY['call', 'recording', 'consent'])[1 + n % 3],
                CASE WHEN n % 5000 = 0 THEN 'exported' ELSE (ARRAY['made', 'read'])[1 + n % 2] END,
                CASE WHEN n % 5000 = 0 THEN 'CRITICAL' WHEN n % 50 = 0 THEN 'WARNING'
                    ELSE 'INFO' END,
                'person', md5((n % 3000)::text)::uuid::text, 'somebody', '',
                (ARRAY['phi.Transcript', 'user'])[1 + n % 2], (n % 20000)::text, '', '{}', ''
            FROM generate_series(1, 120000) n
            """
        )
        cursor.execute("ANALYZE audit_auditevent")
        cursor.execute("SET LOCAL ROLE voicecompliance_web")


def plan(query):
    """EXPLAIN of the page that the query asks for."""
    rows = _matching(query).order_by("-received_at", "-id")[: EventPages.page_size + 1]
    return rows.explain(format="text")


ACTOR = "c4ca4238-a0b9-2382-0dcc-509a6f75849b"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"event_type": "call"},
        {"action": "exported"},
        {"action": "read"},
        {"action": "never"},
        {"event_type": "call", "action": "exported"},
        {"actor": ACTOR},
        {"object": "user:17"},
        {"object": "17"},
        {"severity": "CRITICAL"},
        {"severity": "ERROR"},
        {"severity": "INFO"},
        {"actor": ACTOR, "severity": "WARNING", "object": "17"},
    ],
    ids=str,
)
def test_an_index_serves_each_filter(many, query):
    text = plan(query)
    full = {f"audit_auditevent_{timezone.now() - timedelta(days=30 * n):%Y_%m}" for n in (0, 1)}
    for line in text.splitlines():
        scan = re.search(r"Seq Scan on (\w+)", line)
        assert scan is None or scan[1] not in full, text


def test_partitions_outside_the_period_are_not_touched(many):
    now = datetime.now(UTC)
    two_months_ago = f"audit_auditevent_{now - timedelta(days=60):%Y_%m}"
    query = {"from": now - timedelta(days=1), "to": now + timedelta(seconds=1)}
    text = plan(query)
    assert f"audit_auditevent_{now:%Y_%m}" in text
    assert two_months_ago not in text
    assert two_months_ago in plan({})


def test_the_place_of_a_page_skips_newer_partitions(many, api):
    old = AuditEvent.objects.order_by("received_at").first()
    pages = EventPages()
    pages.base_url, pages.page, pages.has_next = "http://testserver/", [old], True
    assert api.get(pages.get_next_link().replace("http://testserver/", URL)).status_code == 200
