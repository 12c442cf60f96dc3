"""Suspended, restored, gone for good; and never without an administrator."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import (
    Invitation,
    Passkey,
    RecoveryCode,
    RecoveryCodeDevice,
    SessionToken,
    TotpDevice,
    User,
)
from accounts.services import (
    accept_invitation,
    change_person,
    check_password,
    give_roles,
    invite_person,
    off_board_person,
    renew_invitation,
    reset_factor,
    restore_person,
    set_password,
    suspend_person,
)
from core import handovers
from core.errors import Conflict, Forbidden, Invalid
from core.handovers import Handover
from tests.accounts.conftest import PASSWORD, events
from tests.accounts.people import as_actor, at_once

pytestmark = pytest.mark.django_db

WHY = "Phone stolen, session open"


@pytest.fixture
def two(make_person):
    """Two administrators."""
    return make_person("admin-one", "administrator"), make_person("admin-two", "administrator")


@pytest.fixture
def work(monkeypatch):
    """A kind of open work: ids by person; taking it needs ``consent.view_call``."""
    held: dict[str, list[str]] = {}

    def hand_over(person: str, successor: str) -> dict[str, list[str]]:
        moved = held.pop(person)
        held.setdefault(successor, []).extend(moved)
        return {"handed_over": moved, "withdrawn": []}

    monkeypatch.setattr(handovers, "_kinds", {})
    handovers.register(
        Handover(
            code="test.work",
            title="Test work",
            count=lambda person: len(held.get(person, ())),
            needs=lambda person: frozenset({"consent.view_call"}),
            hand_over=hand_over,
        )
    )
    return held


def suspend(actor, user, reason=WHY):
    return suspend_person(actor=actor, user=user, reason=reason)


def test_suspended_and_restored(officer, system, sign_in):
    client = sign_in(officer)
    assert client.get("/admin/").status_code == 200
    suspend(system, officer)
    assert client.get("/admin/").status_code == 302
    row = User.objects.get(pk=officer.pk)
    assert row.standing == User.Standing.SUSPENDED
    assert not check_password(
        actor=system, username="officer-one", password=PASSWORD, where="admin"
    )
    (event,) = events("person", "suspended")
    assert (event.details, event.severity) == ({"reason": WHY}, "WARNING")
    restore_person(actor=system, user=row)
    assert check_password(actor=system, username="officer-one", password=PASSWORD, where="admin")
    # What was open stays shut.
    assert client.get("/admin/").status_code == 302
    assert len(events("person", "restored")) == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_needed(officer, system, reason):
    with pytest.raises(Invalid):
        suspend(system, officer, reason)
    assert User.objects.get(pk=officer.pk).is_active


def test_a_repeat_is_refused(officer, system):
    suspend(system, officer)
    with pytest.raises(Conflict) as refused:
        suspend(system, officer)
    assert refused.value.code == "not-active"
    restore_person(actor=system, user=officer)
    with pytest.raises(Conflict) as refused:
        restore_person(actor=system, user=officer)
    assert refused.value.code == "not-suspended"


def test_nobody_does_it_to_themselves(two):
    me = as_actor(two[0])
    for act in (
        lambda: suspend(me, two[0]),
        lambda: restore_person(actor=me, user=two[0]),
        lambda: off_board_person(actor=me, user=two[0], successor=None),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_last_administrator_stays(two, system, make_person):
    last, other = two
    make_person("asked-in", "auditor")
    invite_person(actor=system, username="invited-admin", roles=["administrator"])
    suspend(system, other)
    roles = {"username": last.username, "name": "", "is_staff": True, "roles": ["auditor"]}
    for act in (
        lambda: suspend(system, last),
        lambda: off_board_person(actor=system, user=last, successor=None),
        lambda: change_person(actor=system, user=last, **roles),
        lambda: change_person(
            actor=system, user=last, **(roles | {"is_staff": False, "roles": ["administrator"]})
        ),
        lambda: change_person(
            actor=system, user=last, is_active=False, **(roles | {"roles": ["administrator"]})
        ),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "last-administrator"
    restore_person(actor=system, user=other)
    suspend(system, last)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["suspend", "off_board", "demote"])
def test_two_administrators_who_end_each_other(two, verb):
    one, other = two

    def end(actor, user):
        if verb == "suspend":
            suspend(as_actor(actor), user)
        elif verb == "off_board":
            off_board_person(actor=as_actor(actor), user=user, successor=None)
        else:
            change_person(
                actor=as_actor(actor),
                user=user,
                username=user.username,
                name="",
                is_staff=True,
                roles=["auditor"],
            )
        return "done"

    got = at_once([lambda: end(one, other), lambda: end(other, one)])
    # Who has lost the race is suspended or gone, and acts no more; or is the last one.
    assert sorted(got) in (["done", "forbidden"], ["done", "last-administrator"])
    left = User.objects.filter(groups__name="administrator", is_active=True)
    assert left.count() == 1


def test_changing_is_active_is_the_same_verb(officer, system):
    given = {"username": "officer-one", "name": "", "is_staff": True, "roles": officer.role_codes}
    change_person(actor=system, user=officer, is_active=False, **given)
    assert len(events("person", "suspended")) == 1
    assert not events("person", "changed")
    change_person(actor=system, user=officer, is_active=True, **given)
    assert len(events("person", "restored")) == 1


def test_who_leaves_has_nothing_left(officer, officer_codes, system, make_person, work):
    heir = make_person("heir", "compliance officer")
    work[str(officer.pk)] = ["1", "2"]
    Passkey.objects.create(user=officer, name="Key", credential_id=b"1", public_key=b"2")
    token = SessionToken.objects.create(
        user=officer,
        token_hash="0" * 64,
        session_hash="x",
        factor="totp",
        expires_at="2099-01-01T00:00Z",
    )
    off_board_person(actor=system, user=officer, successor=heir)
    row = User.objects.get(pk=officer.pk)
    assert row.standing == User.Standing.LEFT
    assert row.role_codes == ()
    assert not row.has_usable_password()
    for model in (TotpDevice, Passkey, RecoveryCodeDevice, RecoveryCode):
        assert not model.objects.exists()
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert work == {str(heir.pk): ["1", "2"]}
    (event,) = events("person", "off_boarded")
    assert event.details == {
        "successor": str(heir.pk),
        "work": {"test.work": {"handed_over": ["1", "2"]}},
        "roles_before": ["compliance officer"],
        "factors": {"authenticator_apps": 1, "passkeys": 1, "recovery_sets": 1},
        "withdrawn": [],
    }
    assert event.severity == "WARNING"


def test_work_needs_a_fit_successor(officer, system, make_person, work):
    work[str(officer.pk)] = ["1"]
    unfit, gone = make_person("unfit", "administrator"), make_person("gone", "auditor")
    suspend(system, gone)
    for successor, code in (
        (None, "successor-needed"),
        (unfit, "successor-not-fit"),
        (gone, "successor-not-fit"),
        (officer, "successor-not-fit"),
    ):
        with pytest.raises(Conflict) as refused:
            off_board_person(actor=system, user=officer, successor=successor)
        assert refused.value.code == code
    assert User.objects.get(pk=officer.pk).is_active
    assert work == {str(officer.pk): ["1"]}
    assert not events("person", "off_boarded")


def test_nothing_but_a_new_invitation_brings_them_back(officer, system, work):
    off_board_person(actor=system, user=officer, successor=None)
    given = {"username": "officer-one", "name": "", "is_staff": True}
    for act in (
        lambda: suspend(system, officer),
        lambda: restore_person(actor=system, user=officer),
        lambda: off_board_person(actor=system, user=officer, successor=None),
        lambda: change_person(actor=system, user=officer, roles=["auditor"], **given),
        lambda: change_person(actor=system, user=officer, roles=[], is_active=True, **given),
        lambda: set_password(
            actor=system, user=User.objects.get(pk=officer.pk), password="a password of length"
        ),
        lambda: reset_factor(actor=system, user=officer),
        lambda: give_roles(actor=system, user=officer, roles=["auditor"], asked_by="x"),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "has-left"
    secret = renew_invitation(actor=system, user=officer)
    back = accept_invitation(address="", link=secret, password="a password of my own")
    assert back == officer
    assert User.objects.get(pk=officer.pk).role_codes == ()
    assert len(events("person", "invited_again")) == 1


def test_an_invitation_ends_with_who_leaves(system, work):
    user, secret = invite_person(actor=system, username="new-one", roles=["auditor"])
    off_board_person(actor=system, user=user, successor=None)
    assert Invitation.objects.get().withdrawn_at is not None
    assert accept_invitation(address="", link=secret, password="a password of my own") is None


@pytest.mark.django_db(transaction=True)
def test_a_link_is_taken_up_or_the_person_has_left(system, work):
    user, secret = invite_person(actor=system, username="new-one", roles=["auditor"])
    at_once(
        [
            lambda: accept_invitation(address="", link=secret, password="a password of my own"),
            lambda: off_board_person(actor=system, user=user, successor=None),
        ]
    )
    row = User.objects.get(pk=user.pk)
    assert row.standing == User.Standing.LEFT
    assert not row.has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_two_who_inherit_from_each_other(system, make_person, work):
    one, other = make_person("one", "care staff"), make_person("other", "care staff")
    work[str(one.pk)], work[str(other.pk)] = ["1"], ["2"]
    got = at_once(
        [
            lambda: off_board_person(actor=system, user=one, successor=other) and "done",
            lambda: off_board_person(actor=system, user=other, successor=one) and "done",
        ]
    )
    assert sorted(map(str, got)) == ["done", "successor-not-fit"]
    assert sorted(each for held in work.values() for each in held) == ["1", "2"]


def test_the_database_keeps_who_left_out(officer, system, work):
    off_board_person(actor=system, user=officer, successor=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=officer.pk).update(is_active=True)


def test_who_did_anything_is_never_deleted(officer, system):
    from django.contrib import admin
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = officer
    assert not admin.site._registry[User].has_delete_permission(request)
    assert "accounts.delete_user" not in officer.get_all_permissions()


def test_a_kind_of_work_is_registered_once(work):
    (kind,) = handovers.registered()
    with pytest.raises(ValueError):
        handovers.register(kind)


def test_a_token_of_who_is_suspended_or_gone_opens_nothing(
    officer, officer_codes, system, make_person, work
):
    from rest_framework.test import APIClient

    from accounts.services import issue_session_token
    from tests.accounts.conftest import code_of

    device, recovery = officer_codes

    def client(code):
        _, token = issue_session_token(
            actor=system, username="officer-one", password=PASSWORD, code=code
        )
        made = APIClient()
        made.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return made

    before = client(code_of(device))
    assert before.get("/api/v1/audit/events").status_code == 200
    suspend(system, officer)
    assert before.get("/api/v1/audit/events").status_code == 401
    restore_person(actor=system, user=officer)
    assert before.get("/api/v1/audit/events").status_code == 401
    after = client(recovery[0])
    assert after.get("/api/v1/audit/events").status_code == 200
    off_board_person(actor=system, user=officer, successor=None)
    assert after.get("/api/v1/audit/events").status_code == 401
