"""Every admin class is read-only or audited, views included: the registry is walked."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest
from django.contrib import admin
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, reverse
from django.utils import timezone

from accounts.roles import ROLES
from audit import adminlists
from audit.modeladmin import AuditedAdmin
from audit.models import AuditEvent
from consent.models import DataSubject, Notice, Purpose
from consent.services.notices import ask_to_publish
from core.actors import Actor
from voicecompliance import demo

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)
LABELS = [model._meta.label for model, _ in REGISTERED]
MODELS = [model for model, _ in REGISTERED]


@pytest.fixture
def filled(caller, system, officer):
    """At least one row of most kinds."""
    from operations.services import add_masking_rule, notify, start_job
    from phi.services.breakglass import break_glass
    from phi.services.care import make_relationship
    from phi.services.disclosures import record_disclosure
    from phi.services.health import store_record
    from phi.services.statements import ask_for_statement
    from phi.services.voiceprofiles import create_voice_profile, end_voice_profile
    from retention.services import place_hold

    headers = {"Authorization": f"Bearer {caller.token}"}
    transport = httpx.WSGITransport(app=WSGIHandler())
    # As Django's own client does: the test's transaction is not the request's to close.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        with httpx.Client(
            base_url="http://localhost", headers=headers, transport=transport
        ) as client:
            for script, audio in demo.scripts():
                demo.play(client, script, audio)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    person = Actor(kind="person", id=str(officer.pk), name=officer.username)
    place_hold(
        actor=person,
        matter="Example v. Example",
        reason="Litigation",
        custodian="Legal",
        subject_id=DataSubject.objects.first().pk,
    )
    start_job(actor=person, kind="retention.preview", parameters={})
    subject = DataSubject.objects.first()
    record_disclosure(
        actor=person,
        subject=subject,
        disclosed_at=timezone.now(),
        authority="512f",
        texts={"recipient": "An office", "description": "One result", "purpose": "A notice"},
    )
    ask_for_statement(actor=person, subject=subject)
    draft = Notice.objects.create(
        purpose=Purpose.objects.get(code="record"), language="en", version=9, text="x", sha256="x"
    )
    ask_to_publish(actor=person, notice_id=draft.pk)
    subject = DataSubject.objects.first()
    store_record(
        actor=system,
        application_id=caller.application.pk,
        subject=subject,
        data_type="diagnosis",
        content="x",
        purpose_of_use="treatment",
    )
    make_relationship(actor=system, person_id=officer.pk, subject_id=subject.pk, kind="treating")
    break_glass(actor=person, user=officer, subject_id=subject.pk, reason="Found unconscious")
    released = written_release(person)
    for reference in ("kept", "ended"):
        profile = create_voice_profile(
            actor=system,
            application_id=caller.application.pk,
            subject=released.subject,
            vendor="A vendor",
            template_ref=reference,
            consent_id=released.pk,
        )
    end_voice_profile(actor=person, profile_id=profile.pk, application_id=None, reason="Ended")
    notify(role="compliance officer", title="A message", body="", link="")
    add_masking_rule(
        actor=person, name="club", label="ACCOUNT", kind="cue", text="club card", note="Needed"
    )


def written_release(actor):
    """A written release of a person whom no hold binds."""
    from consent.services.consents import purpose_with, record_consent

    return record_consent(
        actor=actor,
        application_id=None,
        subject=DataSubject.objects.last(),
        purpose=purpose_with("voiceprint"),
        decision="given",
        method="written",
        notice_version=1,
    )


def names(model, verb):
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{verb}"


@pytest.mark.parametrize("model", MODELS, ids=LABELS)
def test_every_class_is_audited(model):
    assert isinstance(admin.site._registry[model], AuditedAdmin), "leaves no trace"


# What shows nothing of anybody: no event is owed for a look at it.
NO_TRACE = {
    "index": "figures about the installation",
    "app_list": "names of lists",
    "search": "names of lists",
    "jsi18n": "words of the admin itself",
    "login": "signing in has events of its own",
    "verify": "signing in has events of its own",
    "welcome": "an empty form; coming in is an event",
    "enrol": "signing in has events of its own",
    "password_change": "an empty form",
    "password_change_done": "a sentence",
    "sessions": "the person's own; ending one is an event",
    "recovery_codes": "an empty form; making codes is an event",
    "second_factors": "one's own factors; a change of them is an event",
    "app_remove": "a question; removing the app is an event",
    "logout": "a sentence; ending a session is an event",
}


def addresses(patterns=None, before=""):
    """Every address of the admin: its name (None for none), its route and its parameters."""
    for each in admin.site.get_urls() if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        else:
            yield each.name, route, each.pattern.converters


def values_for(name, converters):
    """Values for an address's parameters; None where there is no row to look at."""
    given = {"app_label": "consent", "url": "nothing/", "content_type_id": 1}
    if name in {"retention_retentionpolicy_ask", "operations_job_report"}:
        given["code"] = "calls"
    if name == "phi_minimumnecessary_ask":
        given |= {"role": "care staff", "data_type": "diagnosis"}
    for model in MODELS:
        if (name or "").startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            row = model._default_manager.order_by("-pk").first()
            given |= dict.fromkeys(("object_id", "review_id"), row and row.pk)
    if "subject_id" in converters:
        given["subject_id"] = DataSubject.objects.first().pk
    values = {key: given.get(key) for key in converters}
    return None if None in values.values() else values


def test_every_get_of_the_admin_leaves_an_event(filled, officer_client, make_person, sign_in):
    clients = [
        officer_client,
        sign_in(make_person("administrator-one", "administrator")),
        sign_in(make_person("security-one", "security officer")),
    ]
    shown, rowless = set(), set()
    for name, route, converters in addresses():
        # Django names each app's own list of lists by a pattern of two groups.
        values = values_for(name, converters) if name != "app_list" else {}
        if values is None:
            rowless.add(name)
            continue
        path = "/admin/consent/" if name == "app_list" else "/admin/" + filled_in(route, values)
        if name == "search":
            path += "?s=call&extended=1"
        for client in clients:
            before = AuditEvent.objects.count()
            answer = client.get(path)
            if name == "logout":
                assert answer.status_code == 405
                continue
            if answer.status_code != 200:
                assert answer.status_code in {301, 302, 400, 403, 404, 405}, (path, answer)
                continue
            shown.add(name)
            left = AuditEvent.objects.count() > before
            assert left != (name in NO_TRACE), f"{path} {'left an' if left else 'leaves no'} event"
    for model in MODELS:
        prefix = f"{model._meta.app_label}_{model._meta.model_name}"
        assert f"{prefix}_changelist" in shown
        assert f"{prefix}_change" in shown | rowless
    assert len(rowless) < 30
    adds = {name for name in shown if name and name.endswith("_add")}
    assert adds == {
        "accounts_apikey_add",
        "accounts_user_add",
        "accounts_voiceapplication_add",
        "aiethics_disclosure_add",
        "consent_jurisdiction_add",
        "consent_notice_add",
        "operations_maskingrule_add",
        "phi_carerelationship_add",
        "retention_legalhold_add",
    }


def filled_in(route, values):
    """A route with its parameters' values in their places."""
    for key, value in values.items():
        route = re.sub(rf"<(?:\w+:)?{key}>", str(value), route)
    return route.replace("\\Z", "").replace("^", "").replace("$", "")


def test_nobody_is_looked_up_by_what_is_typed(filled, officer_client):
    """Django's view for completing fields answers without an event: it is shut."""
    question = {
        "app_label": "consent",
        "model_name": "call",
        "field_name": "subject",
        "term": "+1 202 555 0143",
    }
    before = AuditEvent.objects.count()
    assert officer_client.get(reverse("admin:autocomplete"), question).status_code == 404
    assert AuditEvent.objects.count() == before


def test_a_page_leaves_an_event_about_its_object(filled, officer_client):
    looked = 0
    for model in MODELS:
        label = model._meta.label
        row = model._default_manager.order_by("-pk").first()
        if (
            row is None
            or officer_client.get(reverse(names(model, "changelist"))).status_code == 403
        ):
            continue
        answer = officer_client.get(reverse(names(model, "change"), args=[row.pk]))
        if label == "operations.Notification" and answer.status_code in (302, 404):
            continue
        assert answer.status_code == 200, f"{label} {answer.status_code}"
        seen = AuditEvent.objects.filter(
            object_type=label,
            object_id=str(row.pk),
            action__in=["viewed", "opened"],
            actor_name="officer-one",
        )
        assert seen.count() == 1, f"looking at a {label} left {seen.count()} events"
        looked += 1
    assert looked >= 12


def test_a_list_is_quick_over_millions_of_rows(filled, officer_client):
    """No list counts a whole table or reads a column's values out of it."""
    for model in MODELS:
        with CaptureQueriesContext(connection) as asked:
            url = reverse(names(model, "changelist"))
            officer_client.get(url, {"q": str(uuid4())})
            officer_client.get(url)
        table = model._meta.db_table
        for sql in (each["sql"] for each in asked if table in each["sql"]):
            assert "COUNT(*)" not in sql or "LIMIT 10001" in sql, sql
            assert not re.search(r"SELECT DISTINCT (?!ON)", sql), sql
            assert "UPPER(" not in sql or model._meta.label in SMALL, sql


# Tables of what the organisation itself sets up: hundreds of rows, searched by parts of words.
SMALL = {
    "accounts.ApiKey",
    "accounts.User",
    "accounts.VoiceApplication",
    "consent.Jurisdiction",
    "retention.LegalHold",
}


def test_what_is_searched_has_an_index(filled):
    with connection.cursor() as cursor:
        for model in MODELS:
            table = model._meta.db_table
            indexes = connection.introspection.get_constraints(cursor, table)
            partial = partial_indexes(cursor, table)
            leading = {
                each["columns"][0]
                for name, each in indexes.items()
                if (each["index"] or each["unique"]) and each["columns"] and name not in partial
            }
            for name in admin.site._registry[model].exact_search:
                column = model._meta.get_field(name).column
                # Looked up with every type of object there is, which leads its index.
                if (table, column) == ("audit_auditevent", "object_id"):
                    assert ["object_type", "object_id"] in [
                        (each["columns"] or [])[:2] for each in indexes.values()
                    ]
                    continue
                assert column in leading, (table, column)


def partial_indexes(cursor, table):
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = %s::regclass AND indpred IS NOT NULL",
        [table],
    )
    return {name for (name,) in cursor.fetchall()}


def test_a_count_stops(monkeypatch):
    monkeypatch.setattr(adminlists, "MOST_COUNTED", 5)
    purposes = Purpose.objects.all()
    assert purposes.count() > 5
    capped = adminlists.CappedPaginator(purposes, 2)
    assert (capped.count, str(capped.count), capped.num_pages) == (5, "5+", 3)
    few = adminlists.CappedPaginator(purposes.filter(code="record"), 2)
    assert (few.count, str(few.count)) == (1, "1")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_what_a_role_may_not_see_is_shut(role, filled, make_person, sign_in):
    person = make_person("somebody", role)
    client = sign_in(person)
    for model in MODELS:
        allowed = person.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
        answer = client.get(reverse(names(model, "changelist")))
        assert (answer.status_code == 200) == allowed, (role, model._meta.label)
    assert client.get(reverse("admin:index")).status_code == 200


def test_an_auditor_changes_nothing(filled, make_person, sign_in):
    client = sign_in(make_person("looker", "auditor"))
    for model in MODELS:
        row = model._default_manager.order_by("-pk").first()
        urls = [(names(model, "add"), [])]
        if row is not None:
            urls += [(names(model, verb), [row.pk]) for verb in ("change", "delete")]
        for name, args in urls:
            answer = client.post(reverse(name, args=args), {})
            assert answer.status_code in (302, 403, 404, 405), (name, answer.status_code)
            if answer.status_code == 302:
                assert "/add/" not in answer["Location"]
    assert not AuditEvent.objects.filter(
        actor_name="looker", action__in=["added", "changed", "deleted"]
    ).exists()


def test_a_failed_audit_stops_the_page(filled, officer_client, monkeypatch):
    """An act that cannot be audited does not happen: no event, no page."""
    from audit import modeladmin

    def broken(**kwargs):
        raise RuntimeError("the log is away")

    monkeypatch.setattr(modeladmin, "record", broken)
    with pytest.raises(RuntimeError):
        officer_client.get(reverse("admin:consent_call_changelist"))


def test_lists_do_not_query_per_row(filled, officer_client, django_assert_max_num_queries):
    for model in MODELS:
        url = reverse(names(model, "changelist"))
        officer_client.get(url)
        with django_assert_max_num_queries(20):
            officer_client.get(url)


def test_sign_in_is_needed(client):
    for model in MODELS:
        answer = client.get(reverse(names(model, "changelist")))
        assert answer.status_code == 302
        assert "/admin/login/" in answer["Location"]
