"""The page of roles: from the database, with what differs, and who has what."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import Group, Permission

from accounts import rolespage
from accounts.evidence import roles_match
from accounts.roles import ROLES, reconcile
from accounts.rolesmatrix import drift, matrix, people
from accounts.services import invite_person, off_board_person, suspend_person
from core import accesses
from tests.accounts.conftest import events

pytestmark = pytest.mark.django_db

PAGE, FILE = "/admin/roles/", "/admin/roles/people.csv"


@pytest.fixture
def desk(make_person, sign_in):
    return sign_in(make_person("admin-one", "administrator"))


def permission(name):
    app, _, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def cell(name, role):
    (row,) = (row for rows in matrix().values() for row in rows if row.permission == name)
    return row.cells[list(ROLES).index(role)]


@pytest.mark.parametrize(
    ("role", "status"),
    [(role, 403 if role == "care staff" else 200) for role in sorted(ROLES)],
)
def test_who_sees_people_sees_roles(role, status, make_person, sign_in):
    client = sign_in(make_person("somebody", role))
    assert client.get(PAGE).status_code == status
    assert client.post(FILE).status_code == status
    assert ("/admin/roles/" in client.get("/admin/").content.decode()) == (status == 200)


def test_nobody_in_without_signing_in(client):
    assert client.get(PAGE).status_code == client.post(FILE).status_code == 302


def test_the_page_says_what_the_database_says(desk):
    text = desk.get(PAGE).content.decode()
    for said in ("Can view audit event", "People and applications", "consents:write"):
        assert said in text
    for role in ROLES.values():
        assert role.title in text
    for kind in ("Release of a legal hold", "A role that manages people or decides"):
        assert kind in text
    assert "too much" not in text
    (event,) = events("admin", "listed")
    assert event.details == {"page": "roles"}


def test_the_page_changes_nothing(desk):
    assert desk.post(PAGE, {"role": "administrator"}).status_code in {200, 405}
    assert not drift()


def test_a_change_by_hand_shows_and_fails_the_check(desk):
    assert roles_match()[0] == "pass"
    group = Group.objects.get(name="auditor")
    group.permissions.add(permission("accounts.change_user"))
    group.permissions.remove(permission("audit.view_auditevent"))
    Group.objects.create(name="shadow").permissions.add(permission("phi.read_original"))
    assert {(each.role, each.permission, each.held) for each in drift()} == {
        ("auditor", "accounts.change_user", True),
        ("auditor", "audit.view_auditevent", False),
        ("shadow", "phi.read_original", True),
    }
    assert roles_match()[:2] == ("fail", "3 differences")
    assert cell("accounts.change_user", "auditor").held
    text = desk.get(PAGE).content.decode()
    assert "too much" in text
    assert "missing" in text
    assert "shadow" in text
    reconcile()
    Group.objects.get(name="shadow").delete()
    assert roles_match()[0] == "pass"


def test_a_role_that_is_gone_shows():
    Group.objects.get(name="care staff").delete()
    assert {each.role for each in drift()} == {"care staff"}
    assert roles_match()[0] == "fail"


def test_who_has_what(desk, make_person, system, enrol, sign_in):
    heir = make_person("heir", "auditor")
    suspended, left = make_person("away", "DPO"), make_person("gone", "auditor")
    invite_person(actor=system, username="newcomer", roles=["care staff"])
    suspend_person(actor=system, user=suspended, reason="Away")
    off_board_person(actor=system, user=left, successor=heir)
    enrol(heir)
    rows = {row["user name"]: row for row in lines(desk.post(FILE))}
    assert [rows[name]["standing"] for name in ("heir", "away", "gone", "newcomer")] == [
        "Active",
        "Suspended",
        "Left",
        "Invited",
    ]
    assert rows["newcomer"]["Care staff"] == "yes"
    assert rows["away"]["Data protection officer"] == "yes"
    assert rows["gone"]["Auditor"] == ""
    assert (rows["heir"]["second factor"], rows["away"]["second factor"]) == ("yes", "no")
    assert rows["newcomer"]["last act"] == ""
    desk.get(PAGE)
    last = events("admin", "listed")[-1].received_at
    assert people().get(username="admin-one").last_act >= last
    assert people().get(username="heir").last_act is None


def lines(answer):
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_the_file_is_safe_to_open_and_an_event(desk, make_person):
    for number, name in enumerate(("=1+1", "+x", "-x", "@x", "\tx")):
        make_person(f"person-{number}", "auditor", name=name)
    answer = desk.post(FILE)
    assert 'filename="people-and-roles-' in answer["Content-Disposition"]
    names = [row["name"] for row in lines(answer)]
    assert "'=1+1" in names
    assert not any(name.startswith(("=", "+", "-", "@", "\t")) for name in names)
    (event,) = events("access_rights", "exported")
    assert event.details == {"rows": 6}
    assert ("access_rights", "exported") in accesses.events_of(accesses.EXPORTS)


def test_a_file_is_never_got(desk):
    assert desk.get(FILE).status_code == 405
    assert not events("access_rights")


def test_the_file_asks_for_the_factor_again(desk):
    from accounts.models import AdminSession

    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    answer = desk.post(FILE)
    assert answer.status_code == 403
    assert "Confirm that it is you" in answer.content.decode()
    assert not events("access_rights")


def test_it_costs_the_same_for_many(desk, make_person, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(rolespage, "PER_PAGE", 20)
    for number in range(25):
        make_person(f"person-{number:02}", "auditor", "care staff")
    desk.get(PAGE)
    with django_assert_max_num_queries(22):
        text = desk.get(PAGE).content.decode()
    assert text.count('<th scope="row" class="px-3 py-2 font-medium">') == 20
    assert "Page 1 of 2" in text
    assert "person-24" in desk.get(f"{PAGE}?page=2").content.decode()
    assert desk.get(f"{PAGE}?page=x").status_code == desk.get(f"{PAGE}?page=99").status_code == 200
    with django_assert_max_num_queries(14):
        desk.post(FILE)
