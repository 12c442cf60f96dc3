"""Nobody edits the audit log and an auditor edits nothing, by any address of admin and API."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.roles import ROLES, allows
from accounts.services import invite_person, suspend_person
from audit.models import AccessReview, AuditEvent
from tests.test_admin_registry import MODELS, addresses, filled_in, values_for
from tests.test_admin_registry import filled as _filled

pytestmark = pytest.mark.django_db

filled = _filled
AUDIT = sorted(
    (model for model in MODELS if model._meta.app_label == "audit"), key=lambda m: m._meta.label
)


@pytest.fixture
def almighty(make_person):
    """Somebody whose role has every permission that there is, Django's own among them."""
    person = make_person("almighty")
    group = Group.objects.create(name="almighty")
    group.permissions.set(Permission.objects.all())
    person.groups.set([group])
    return type(person).objects.get(pk=person.pk)


def tables(*skip):
    """Every row of every table, as text, but for what a look itself leaves behind."""
    with connection.cursor() as cursor:
        found = {}
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if not model._meta.managed or table in skip:
                continue
            try:
                with transaction.atomic():
                    cursor.execute(
                        f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text),"
                        f" '')) FROM {table} t"
                    )
            except ProgrammingError:
                # A table that the web role may not even read.
                continue
            found[table] = cursor.fetchone()
    return found


TRACES = {
    "audit_auditevent",
    "audit_outbox",
    "django_session",
    # Seen to the minute, and the proof: the session's own.
    "accounts_adminsession",
}


def answers(client, path, *, methods=("post", "put", "patch", "delete"), body=None):
    for method in methods:
        yield method, getattr(client, method)(path, body or {})


@pytest.mark.parametrize("model", AUDIT, ids=lambda model: model._meta.label)
def test_no_permission_makes_the_log_editable(model, filled, almighty, sign_in):
    client = sign_in(almighty)
    shown = admin.site._registry[model]
    row = model._default_manager.order_by("-pk").first()
    options = model._meta
    names = [("add", [])]
    if row is not None:
        names += [("change", [row.pk]), ("delete", [row.pk])]
    before = tables(*TRACES)
    events = set(AuditEvent.objects.values_list("id", "entry"))
    for verb, args in names:
        path = reverse(f"admin:{options.app_label}_{options.model_name}_{verb}", args=args)
        for body in ({}, {"action": "x", "severity": "INFO", "post": "yes", "_save": "1"}):
            for method, answer in answers(client, path, body=body):
                # The admin takes anything but a POST for a look.
                allowed = {403, 404, 405} if method == "post" else {200, 403, 404, 405}
                assert answer.status_code in allowed, (path, method, answer.status_code)
    listed = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    form = {"action": "delete_selected", "_selected_action": [str(row and row.pk)], "post": "yes"}
    assert client.post(listed, form).status_code in {200, 302, 403, 405}
    assert "delete_selected" not in client.get(listed).content.decode()
    assert tables(*TRACES) == before
    assert {(id_, bytes(entry)) for id_, entry in events} <= {
        (id_, bytes(entry)) for id_, entry in AuditEvent.objects.values_list("id", "entry")
    }
    request = type("Request", (), {"user": almighty, "GET": {}, "POST": {}})()
    assert not shown.has_add_permission(request)
    assert not shown.has_delete_permission(request)
    assert not shown.has_change_permission(request)


def test_no_role_is_given_more_than_looks_at_the_log():
    models = [model for model in apps.get_models() if model._meta.app_label == "audit"]
    held = Permission.objects.filter(content_type__app_label="audit", group__isnull=False)
    assert {codename.partition("_")[0] for codename in held.values_list("codename", flat=True)} == {
        "view",
        "sign",
    }
    for model in models:
        assert set(model._meta.default_permissions) <= {"view"}, model._meta.label
    # What is signed is a review of an access, by another person, and no event.
    assert [codename for codename, _ in AccessReview._meta.permissions] == ["sign_off_access"]


@pytest.fixture
def world(filled, make_person, system):
    """Rows of every kind, people who stand in every way among them."""
    suspend_person(actor=system, user=make_person("away", "care staff"), reason="Away")
    invite_person(actor=system, username="newcomer", roles=["care staff"])


OWN = {
    # What people do to themselves: signing in and out, and their own factors and sessions.
    *("login", "logout", "verify", "enrol", "password_change", "passkey_options", "welcome"),
    *("recovery_codes", "second_factors", "passkey_add", "passkey_rename", "passkey_remove"),
    *("sessions", "jsi18n"),
}
MAKES = {
    # Makes a file of what may be seen anyway: an event and a job, and nothing else.
    "operations_job_report": {"operations_job"},
    # Seals at once what is sealed within seconds anyway: events are covered, and none is changed.
    "audit_checkpoint_seal_now": {
        *("audit_leaf", "audit_tile", "audit_checkpoint", "audit_sealinggap"),
        *("audit_dailycount", "audit_dailyactor"),
    },
    # Says that one's own message was read.
    "operations_notification_read": {"operations_notification"},
}


def test_an_auditor_edits_nothing_in_the_admin(world, make_person, sign_in):
    assert OWN | MAKES.keys() <= {name for name, _, _ in addresses()}
    client = sign_in(make_person("looker", "auditor"))
    # The looks first, so that what a look leaves is there.
    tried = 0
    before = tables(*TRACES)
    for name, route, converters in addresses():
        if name in OWN:
            continue
        values = values_for(name, converters) if name != "app_list" else {}
        if values is None:
            continue
        path = "/admin/consent/" if name == "app_list" else "/admin/" + filled_in(route, values)
        form = {"reason": "I want it", "outcome": "fine", "purpose": "x", "note": "x", "name": "x"}
        for method, answer in answers(client, path, body=form):
            tried += 1
            assert answer.status_code < 500, (path, method, answer.status_code)
        skip = MAKES.get(name, set())
        now = tables(*TRACES)
        changed = {table for table in now if now[table] != before[table]}
        assert changed <= skip, (path, changed)
        before = now
    assert tried > 300


def test_an_auditor_edits_nothing_by_api(world, as_person, caller):
    client = as_person("auditor")
    tried = 0
    before = tables(*TRACES)
    for path in api_addresses():
        for method, answer in answers(client, path, body={"name": "x"}):
            tried += 1
            assert answer.status_code in {401, 403, 404, 405, 415, 422, 400}, (path, method, answer)
            # What is understood and refused for its content was let in.
            assert answer.status_code not in {415, 422, 400} or method == "post", (path, method)
    assert tables(*TRACES) == before
    assert tried > 60


def api_addresses(patterns=None, before=""):
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            if not route.startswith("admin/"):
                yield from api_addresses(each.url_patterns, route)
        elif route.startswith("api/"):
            path = re.sub(r"<(?:\w+:)?\w+>", str(uuid4()), route)
            yield "/" + path.replace("^", "").replace("$", "").replace("\\Z", "")


def test_an_auditors_role_only_looks():
    role = ROLES["auditor"]
    assert not any(scope.endswith(":write") for scope in role.scopes)
    for label, codename in Permission.objects.values_list("content_type__app_label", "codename"):
        if allows(role, f"{label}.{codename}"):
            assert codename.startswith("view_"), codename


def test_a_stranger_edits_nothing(world):
    before = tables(*TRACES)
    for name, route, converters in addresses():
        values = values_for(name, converters) if name != "app_list" else {}
        if values is None or name in OWN:
            continue
        path = "/admin/consent/" if name == "app_list" else "/admin/" + filled_in(route, values)
        for method, answer in answers(Client(), path):
            assert answer.status_code in {302, 403, 404, 405}, (path, method, answer.status_code)
    assert tables(*TRACES) == before
