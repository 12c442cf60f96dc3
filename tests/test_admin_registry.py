"""Every admin class is read-only or audited, views included: the registry is walked."""

from __future__ import annotations

import httpx
import pytest
from django.contrib import admin
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse

from accounts.roles import ROLES
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
    from operations.services import notify, start_job
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
    draft = Notice.objects.create(
        purpose=Purpose.objects.get(code="record"), language="en", version=9, text="x", sha256="x"
    )
    ask_to_publish(actor=person, notice_id=draft.pk)
    notify(role="compliance officer", title="A message", body="", link="")


def names(model, verb):
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{verb}"


@pytest.mark.parametrize("model", MODELS, ids=LABELS)
def test_every_class_is_audited(model):
    registered = admin.site._registry[model]
    assert isinstance(registered, AuditedAdmin), f"{model._meta.label} leaves no trace"
    # Whoever replaces these must still record the look.
    for name in ("changelist_view", "changeform_view"):
        own = getattr(type(registered), name)
        assert own is getattr(AuditedAdmin, name) or "super()" in _source(own), name


def _source(function):
    import inspect

    return inspect.getsource(inspect.unwrap(function))


def test_every_list_and_page_leaves_an_event(filled, officer_client):
    looked = 0
    for model in MODELS:
        label = model._meta.label
        before = AuditEvent.objects.filter(event_type="admin", object_type=label).count()
        answer = officer_client.get(reverse(names(model, "changelist")))
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200, label
        after = AuditEvent.objects.filter(event_type="admin", object_type=label).count()
        assert after == before + 1, f"listing {label} left no event"
        row = model._default_manager.order_by("-pk").first()
        if row is None:
            continue
        answer = officer_client.get(reverse(names(model, "change"), args=[row.pk]))
        if label == "operations.Notification" and answer.status_code in (302, 404):
            continue
        assert answer.status_code == 200, f"{label} {answer.status_code}"
        seen = AuditEvent.objects.filter(
            object_type=label, object_id=str(row.pk), action="viewed", actor_name="officer-one"
        )
        assert seen.exists(), f"looking at a {label} left no event"
        looked += 1
    assert looked >= 12


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
