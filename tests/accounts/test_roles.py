"""Roles and what they allow."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from accounts import roles
from accounts.scopes import SCOPES

pytestmark = pytest.mark.django_db


def test_every_role_is_a_group():
    assert set(Group.objects.values_list("name", flat=True)) == set(roles.ROLES)


def test_roles_name_only_what_there_is():
    assert roles.unknown_permissions() == []
    assert roles.check_roles(None) == []
    for role in roles.ROLES.values():
        assert role.scopes <= SCOPES.keys()


def test_an_auditor_only_looks(make_person):
    auditor = make_person("reader", roles.AUDITOR)
    held = auditor.get_all_permissions()
    assert "audit.view_auditevent" in held
    assert all(name.partition(".")[2].startswith("view_") for name in held)
    assert not any(scope.endswith(":write") for scope in roles.ROLES[roles.AUDITOR].scopes)


def test_an_administrator_sees_no_callers(make_person):
    administrator = make_person("admin-one", roles.ADMINISTRATOR)
    elsewhere = {
        name for name in administrator.get_all_permissions() if not name.startswith("accounts.")
    }
    assert elsewhere == {"operations.view_job", "operations.view_notification"}


def test_reconciling_adds_and_removes():
    group = Group.objects.get(name=roles.AUDITOR)
    group.permissions.set(Permission.objects.filter(codename="add_user"))
    roles.reconcile()
    held = set(group.permissions.values_list("codename", flat=True))
    assert "add_user" not in held
    assert "view_auditevent" in held
    roles.reconcile()
    assert set(group.permissions.values_list("codename", flat=True)) == held


def test_a_misspelt_permission_is_found(monkeypatch):
    role = roles.Role("Odd", ("accounts.viw_user", "nowhere.view_it"), frozenset())
    monkeypatch.setitem(roles.ROLES, "odd", role)
    assert roles.unknown_permissions() == ["accounts.viw_user"]


def test_an_inactive_person_has_no_permission(make_person):
    person = make_person("reader", roles.AUDITOR)
    person.is_active = False
    assert not person.has_perm("audit.view_auditevent")
    assert not person.has_module_perms("audit")


def test_permissions_are_one_query(make_person, django_assert_num_queries):
    person = make_person("reader", roles.AUDITOR)
    with django_assert_num_queries(1):
        assert person.has_perm("audit.view_auditevent")
        assert person.has_perms(["accounts.view_user"])
        assert person.has_module_perms("audit")
