"""Roles that manage people or decide, and the factors of who has one: never by one person."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import TotpDevice, User
from accounts.roles import ROLES
from accounts.secondpair import GIVE_ROLES, RESET_FACTOR
from accounts.services import (
    change_person,
    invite_person,
    off_board_person,
    reset_factor,
    set_password,
    suspend_person,
)
from accounts.services.rights import DECIDE, ENTRUSTED, MANAGE
from core.errors import Conflict, Forbidden, Invalid, Problem
from operations import approvals
from operations.identity import IdentityApprovals
from operations.models import Approval
from operations.services import approve, withdraw
from tests.accounts.conftest import events
from tests.accounts.people import as_actor, at_once
from tests.docs.pages import ROOT, section, text_of

pytestmark = pytest.mark.django_db

asked = IdentityApprovals().ask


@pytest.fixture
def administrator(make_person):
    return make_person("admin-one", "administrator")


@pytest.fixture
def security(make_person):
    return make_person("security-one", "security officer")


@pytest.fixture
def reader(make_person):
    return make_person("reader", "auditor")


def give(actor, user, *roles):
    return change_person(
        actor=as_actor(actor),
        user=user,
        username=user.username,
        name="",
        is_staff=True,
        roles=[*user.role_codes, *roles],
    )


def ask(actor, user, *roles, act=GIVE_ROLES):
    return asked(
        actor=as_actor(actor), act=act, user_id=user.pk, roles=roles, reason="She takes over"
    )


def roles_of(user):
    return User.objects.get(pk=user.pk).role_codes


def test_which_roles_are_entrusted(make_person):
    """From what the database allows them, and not from a list."""
    for code in ROLES:
        held = make_person(code.replace(" ", "-"), code).get_all_permissions()
        assert (code in ENTRUSTED) == bool({MANAGE, DECIDE} & held), code
    assert "administrator" in ENTRUSTED


@pytest.mark.parametrize("role", sorted(ENTRUSTED))
def test_nobody_gives_one_alone(administrator, security, reader, role):
    with pytest.raises(Conflict) as refused:
        give(administrator, reader, role)
    assert refused.value.code == "second-person-needed"
    with pytest.raises(Conflict):
        invite_person(actor=as_actor(administrator), username="new-one", roles=[role])
    assert roles_of(reader) == ("auditor",)
    assert not User.objects.filter(username="new-one").exists()


@pytest.mark.parametrize("role", sorted(ROLES.keys() - ENTRUSTED))
def test_other_roles_are_given_by_one(administrator, security, make_person, role):
    newcomer = make_person("newcomer")
    give(administrator, newcomer, role)
    assert roles_of(newcomer) == (role,)


def test_one_may_take_such_a_role_away(administrator, security, officer):
    change_person(
        actor=as_actor(administrator),
        user=officer,
        username="officer-one",
        name="",
        is_staff=True,
        roles=["auditor"],
    )
    assert roles_of(officer) == ("auditor",)


def test_another_agrees_and_it_is_given(administrator, security, reader, sign_in):
    client = sign_in(reader)
    approval = ask(administrator, reader, "administrator")
    assert roles_of(reader) == ("auditor",)
    approve(actor=as_actor(security), approval_id=approval.pk)
    assert roles_of(reader) == ("auditor", "administrator")
    # Another role, another session.
    assert client.get("/admin/").status_code == 302
    (event,) = events("person", "roles_given")
    assert event.actor_name == "security-one"
    assert event.details == {
        "roles_before": ["auditor"],
        "roles_after": ["administrator", "auditor"],
        "asked_by": str(administrator.pk),
    }
    with pytest.raises(Conflict):
        approve(actor=as_actor(security), approval_id=approval.pk)
    assert len(events("person", "roles_given")) == 1


def test_who_asks_and_who_is_concerned_do_not_decide(security, officer, make_person, reader):
    # Both could decide on anything else.
    approval = ask(security, officer, "administrator")
    for person, code in ((security, "same-person"), (officer, "own-matter")):
        with pytest.raises(Problem) as refused:
            approve(actor=as_actor(person), approval_id=approval.pk)
        assert (refused.value.status, refused.value.code) == (403, code)
    with pytest.raises(Forbidden):
        approve(actor=as_actor(reader), approval_id=approval.pk)
    assert roles_of(officer) == ("compliance officer",)
    approve(actor=as_actor(make_person("dpo-one", "DPO")), approval_id=approval.pk)
    assert "administrator" in roles_of(officer)


def test_the_database_refuses_agreement_by_who_is_concerned(security, officer):
    approval = ask(security, officer, "administrator")
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state="approved", decided_by_id=str(officer.pk), decided_at=timezone.now()
        )


def test_nobody_asks_for_themselves_and_gets_it(security, officer):
    approval = ask(security, security, "administrator")
    with pytest.raises(Problem):
        approve(actor=as_actor(security), approval_id=approval.pk)


def test_asking_takes_the_permission_and_a_reason(reader, officer, administrator):
    for person in (reader, officer):
        with pytest.raises(Forbidden):
            ask(person, reader, "administrator")
    with pytest.raises(Invalid):
        asked(
            actor=as_actor(administrator),
            act=GIVE_ROLES,
            user_id=reader.pk,
            roles=["administrator"],
            reason=" ",
        )
    assert not Approval.objects.exists()


def test_the_same_is_asked_once(administrator, security, reader):
    approval = ask(administrator, reader, "administrator", "DPO")
    with pytest.raises(Conflict) as refused:
        ask(security, reader, "DPO")
    assert refused.value.code == "already-asked"
    withdraw(actor=as_actor(administrator), approval_id=approval.pk)
    ask(security, reader, "DPO")


def test_an_unknown_role_is_not_given(administrator, security, reader):
    approval = ask(administrator, reader, "king")
    with pytest.raises(Exception, match="There is no role king"):
        approve(actor=as_actor(security), approval_id=approval.pk)
    approval.refresh_from_db()
    assert approval.state == "pending"


def test_who_asked_must_still_be_allowed(administrator, security, reader, system):
    approval = ask(administrator, reader, "administrator")
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    with pytest.raises(Conflict) as refused:
        approve(actor=as_actor(security), approval_id=approval.pk)
    assert refused.value.code == "asker-not-allowed"
    assert roles_of(reader) == ("auditor",)


def test_the_first_administrator_makes_the_second_alone(administrator, reader, make_person):
    give(administrator, reader, "administrator")
    assert "administrator" in roles_of(reader)
    (event,) = events("person", "changed")
    assert (event.severity, event.details["alone"]) == ("WARNING", True)
    invite_person(actor=as_actor(administrator), username="new-one", roles=["compliance officer"])
    (event,) = events("person", "invited")
    assert (event.severity, event.details["alone"]) == ("WARNING", True)
    # Asked in and not come in: nobody's second pair of eyes yet.
    give(administrator, make_person("third", "auditor"), "DPO")


@pytest.mark.parametrize("how", ["suspend", "off_board", "deprive"])
def test_who_takes_the_deciders_away_does_not_come_to_act_alone(
    administrator, security, reader, officer, officer_codes, how
):
    """One administrator against everybody: no role, no factor and no password by it."""
    actor = as_actor(administrator)
    for decider in (security, officer):
        if how == "suspend":
            suspend_person(actor=actor, user=decider, reason="Away")
        elif how == "off_board":
            off_board_person(actor=actor, user=decider, successor=None)
        else:
            same = {"username": decider.username, "name": "", "is_staff": True}
            change_person(actor=actor, user=decider, roles=["auditor"], **same)
    with pytest.raises(Conflict) as refusal:
        give(administrator, reader, "compliance officer")
    assert refusal.value.code == "second-person-needed"
    with pytest.raises(Conflict):
        invite_person(actor=actor, username="mallory", roles=["security officer"])
    assert not User.objects.filter(username="mallory").exists()
    if how == "suspend":
        with pytest.raises(Conflict):
            reset_factor(actor=actor, user=officer)
        assert TotpDevice.objects.filter(user=officer).exists()


def test_nobody_gives_a_password_to_a_decider_without_a_factor(administrator, security, officer):
    """Whoever knows it would enrol, and be that person."""
    with pytest.raises(Conflict) as refusal:
        set_password(
            actor=as_actor(administrator), user=officer, password="another long password indeed"
        )
    assert refusal.value.code == "second-person-needed"
    assert not events("person", "password_set")


def test_what_was_asked_about_somebody_ends_when_they_leave(
    administrator, security, reader, system
):
    approval = ask(administrator, reader, "DPO")
    off_board_person(actor=system, user=reader, successor=None)
    approval.refresh_from_db()
    assert approval.state == "withdrawn"
    assert events("person", "off_boarded")[0].details["withdrawn"] == [str(approval.pk)]
    with pytest.raises(Conflict):
        approve(actor=as_actor(security), approval_id=approval.pk)
    assert roles_of(reader) == ()


def test_who_decides_reads_whom_it_is_about(administrator, security, reader):
    reader.name = "Jane Doe"
    reader.save()
    approval = ask(administrator, reader, "DPO")
    assert "Jane Doe (reader)" in approvals.get(approval.kind).describe(approval)


def test_other_changes_are_no_warning(administrator, reader):
    give(administrator, reader, "care staff")
    (event,) = events("person", "changed")
    assert event.severity == "INFO"
    assert "alone" not in event.details


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_the_same_at_once_one_asks(administrator, security, reader):
    got = at_once(
        [lambda who=who: ask(who, reader, "DPO") and "asked" for who in (administrator, security)]
    )
    assert sorted(got) == ["already-asked", "asked"]
    assert Approval.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_does(administrator, security, officer, reader):
    approval = ask(administrator, reader, "DPO")
    got = at_once(
        [
            lambda who=who: approve(actor=as_actor(who), approval_id=approval.pk) and "given"
            for who in (security, officer)
        ]
    )
    assert sorted(got) == ["already-decided", "given"]
    assert len(events("person", "roles_given")) == 1


def test_an_officers_factor_takes_two(administrator, security, officer, officer_codes):
    with pytest.raises(Conflict) as refused:
        reset_factor(actor=as_actor(administrator), user=officer)
    assert refused.value.code == "second-person-needed"
    assert TotpDevice.objects.filter(user=officer).exists()
    approval = ask(administrator, officer, act=RESET_FACTOR)
    for person in (administrator, officer):
        with pytest.raises(Problem):
            approve(actor=as_actor(person), approval_id=approval.pk)
    assert TotpDevice.objects.filter(user=officer).exists()
    approve(actor=as_actor(security), approval_id=approval.pk)
    assert not TotpDevice.objects.filter(user=officer).exists()
    (event,) = events("factor", "reset")
    assert event.details["asked_by"] == str(administrator.pk)


def test_another_persons_factor_takes_one(administrator, security, reader, enrol):
    enrol(reader)
    reset_factor(actor=as_actor(administrator), user=reader)
    assert not TotpDevice.objects.filter(user=reader).exists()
    assert "alone" not in events("factor", "reset")[0].details


def test_the_only_decider_is_not_taken_over(administrator, officer, officer_codes):
    with pytest.raises(Conflict):
        reset_factor(actor=as_actor(administrator), user=officer)
    assert TotpDevice.objects.filter(user=officer).exists()


def test_a_factor_is_reset_alone_where_nobody_ever_decided(administrator, make_person):
    reset_factor(actor=as_actor(administrator), user=make_person("admin-two", "administrator"))
    assert events("factor", "reset")[0].details["alone"] is True


def test_a_leavers_request_goes_on_in_anothers_name(administrator, security, officer, make_person):
    heir = make_person("heir", "administrator", "DPO")
    approval = ask(administrator, officer, "administrator")
    about_heir = ask(administrator, heir, "security officer")
    off_board_person(actor=as_actor(security), user=administrator, successor=heir)
    approval.refresh_from_db()
    about_heir.refresh_from_db()
    assert (approval.requested_by_id, approval.requested_by_name) == (str(heir.pk), "heir")
    assert about_heir.state == "withdrawn"
    with pytest.raises(Problem) as refused:
        approve(actor=as_actor(heir), approval_id=approval.pk)
    assert refused.value.code == "same-person"
    approve(actor=as_actor(security), approval_id=approval.pk)
    assert "administrator" in roles_of(officer)
    details = events("person", "off_boarded")[0].details["work"]
    assert details["operations.approvals"] == {
        "handed_over": [str(approval.pk)],
        "withdrawn": [str(about_heir.pk)],
    }


def test_a_successor_who_could_not_ask_is_not_fit(administrator, security, officer, reader):
    ask(administrator, reader, "DPO")
    with pytest.raises(Conflict) as refused:
        off_board_person(actor=as_actor(security), user=administrator, successor=officer)
    assert refused.value.code in {"successor-not-fit", "last-administrator"}


def test_what_waits_is_said(administrator, security, reader):
    ask(administrator, reader, "DPO")
    (said,) = IdentityApprovals().waiting(reader.pk)
    assert "Data protection officer" in said
    assert "admin-one" in said


def test_the_manual_lists_every_act_that_takes_two():
    rows = section(text_of(ROOT / "docs/operators.md"), "People and roles").splitlines()
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows if "` |" in row]
    told = {kind.strip("`"): asks for _, kind, asks in cells}
    assert told.keys() == {kind.code for kind in approvals.kinds()}
    for act in IdentityApprovals().acts():
        assert told[act.code] == act.asks.replace("Data", "data").lower(), act.code
        assert act.decides == "Compliance officer, Data protection officer, Security officer"
