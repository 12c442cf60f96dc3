"""People in the admin: the pages by which they come, stay away and go."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import secondpair
from accounts.models import AdminSession, Invitation, TotpDevice, User
from accounts.services import invite_person, off_board_person, suspend_person
from audit.models import AuditEvent
from operations.models import Approval
from operations.services import notify
from tests.accounts.conftest import events, found
from tests.accounts.people import as_actor

pytestmark = pytest.mark.django_db

ADD = "/admin/accounts/user/add/"
VERBS = {
    "suspend": {"reason": "Away"},
    "restore": {},
    "off-board": {},
    "renew-link": {},
    "withdraw-link": {},
    "give-password": {},
    "take-factor": {},
    "withdraw-request": {},
}


@pytest.fixture
def administrator(make_person):
    return make_person("admin-one", "administrator")


@pytest.fixture
def desk(administrator, sign_in):
    return sign_in(administrator)


@pytest.fixture
def other(make_person):
    return make_person("other", "auditor", name="The other")


@pytest.fixture
def decider(make_person):
    return make_person("dpo-one", "DPO")


def form(**changes):
    return {"username": "new-one", "name": "", "is_staff": "on", **changes}


def at(person, verb="change"):
    return f"/admin/accounts/user/{person.pk}/{verb}/"


def asked_for(desk, person):
    """A request about the person by who sits at the desk, beside another's."""
    actor = actor_of_desk(desk)
    secondpair.ask(
        actor=actor, act=secondpair.GIVE_ROLES, user_id=person.pk, roles=["DPO"], reason="x"
    )


def actor_of_desk(desk):
    return as_actor(User.objects.get(pk=desk.session["_auth_user_id"]))


def link_on(page):
    return found(r'<code id="secret-once">([^<]+)</code>', page.content.decode())


def person(name):
    return User.objects.get(username=name)


def test_an_invitation_is_a_link_shown_once(desk):
    assert desk.get(ADD).status_code == 200
    page = desk.post(ADD, form(roles=["auditor", "care staff"]))
    link = link_on(page)
    address, _, secret = link.partition("#")
    assert address == "http://testserver/admin/welcome/"
    assert secret.startswith("vci_")
    assert "no-store" in page["Cache-Control"]
    row = person("new-one")
    assert row.standing == "invited"
    assert row.role_codes == ("auditor", "care staff")
    text = desk.get(at(row)).content.decode()
    assert "Invited by admin-one" in text
    assert secret not in text
    assert secret not in str([event.details for event in AuditEvent.objects.all()])
    assert secret not in str(dict(desk.session.items()))
    newcomer = Client()
    body = {"link": link, "password": "four words of my own", "again": "four words of my own"}
    assert newcomer.post("/admin/welcome/", body)["Location"] == "/admin/login/enrol/"
    assert "Invited by" not in desk.get(at(row)).content.decode()


def test_a_name_that_is_taken_invites_nobody(desk):
    page = desk.post(ADD, form(username="ADMIN-one"))
    assert "already" in page.content.decode()
    assert not Invitation.objects.exists()


def test_a_link_is_renewed_and_withdrawn(desk, system):
    user, old = invite_person(actor=system, username="new-one")
    assert desk.get(at(user, "renew-link")).status_code == 200
    new = link_on(desk.post(at(user, "renew-link")))
    assert old not in new
    assert desk.get(at(user, "withdraw-link")).status_code == 200
    assert desk.post(at(user, "withdraw-link")).status_code == 302
    assert "the link was withdrawn" in desk.get(at(user)).content.decode()
    page = desk.post(at(user, "withdraw-link"), follow=True)
    assert "There is no invitation to withdraw." in page.content.decode()


def test_suspended_and_restored_on_the_page(desk, other, sign_in):
    theirs = sign_in(other)
    assert desk.get(at(other, "suspend")).status_code == 200
    page = desk.post(at(other, "suspend"), {"reason": ""})
    assert "This field is required." in page.content.decode()
    assert person("other").is_active
    assert desk.post(at(other, "suspend"), {"reason": "Phone stolen"}).status_code == 302
    assert theirs.get("/admin/").status_code == 302
    text = desk.get(at(other)).content.decode()
    assert "Suspended by admin-one" in text
    assert "because: Phone stolen" in text
    assert desk.get(at(other, "restore")).status_code == 200
    assert desk.post(at(other, "restore")).status_code == 302
    assert person("other").is_active


def test_the_list_says_how_people_stand(desk, other, system):
    invite_person(actor=system, username="new-one")
    suspend_person(actor=system, user=other, reason="Away")
    text = desk.get("/admin/accounts/user/").content.decode()
    assert "Invited" in text
    assert "Suspended" in text


def test_off_boarding_lists_the_work_and_asks_for_a_successor(desk, other, decider, system):
    for number in range(3):
        notify(person_id=other.pk, title=f"Message {number}")
    text = desk.get(at(other, "off-board")).content.decode()
    assert "Messages not read yet" in text
    assert "<strong>3</strong>" in text
    assert "dpo-one" in text
    page = desk.post(at(other, "off-board"), {"successor": ""})
    assert "Name a successor for the open work." in page.content.decode()
    for wrong in (other.pk, "x", "00000000-0000-0000-0000-000000000000"):
        assert desk.post(at(other, "off-board"), {"successor": wrong}).status_code == 200
    assert person("other").is_active
    answer = desk.post(at(other, "off-board"), {"successor": decider.pk})
    assert answer.status_code == 302
    page = desk.get(at(other))
    assert "Off-boarded by admin-one" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert len(events("person", "off_boarded")) == 1


def test_without_open_work_nobody_is_named(desk, other):
    text = desk.get(at(other, "off-board")).content.decode()
    assert "nothing has to be handed over" in text
    assert 'name="successor"' not in text
    assert desk.post(at(other, "off-board")).status_code == 302
    assert person("other").standing == "left"


def test_who_left_is_invited_again_and_changed_by_nothing_else(desk, other, system):
    off_board_person(actor=system, user=other, successor=None)
    assert desk.post(at(other), form(username="other", roles=["auditor"])).status_code == 403
    assert person("other").role_codes == ()
    assert "vci_" in link_on(desk.post(at(other, "renew-link")))
    assert person("other").standing == "invited"


@pytest.mark.parametrize(
    ("standing", "offered"),
    [
        ("active", {"suspend", "off-board", "give-password", "take-factor"}),
        ("suspended", {"restore", "off-board", "give-password", "take-factor"}),
        ("invited", {"off-board", "renew-link", "withdraw-link"}),
        ("left", {"renew-link"}),
    ],
)
def test_only_what_fits_is_offered(standing, offered, desk, other, system):
    user = other
    if standing == "suspended":
        suspend_person(actor=system, user=user, reason="Away")
    elif standing == "left":
        off_board_person(actor=system, user=user, successor=None)
    elif standing == "invited":
        user, _ = invite_person(actor=system, username="new-one")
    text = desk.get(at(user)).content.decode()
    assert {verb for verb in VERBS if at(user, verb) in text} == offered
    for verb in VERBS:
        assert desk.get(at(user, verb)).status_code == (200 if verb in offered else 403), verb


@pytest.mark.parametrize("role", ["auditor", "compliance officer", "DPO", "care staff"])
def test_a_role_that_manages_nobody_is_offered_nothing(role, make_person, sign_in, other):
    client = sign_in(make_person("somebody", role))
    before = User.objects.values().get(pk=other.pk)
    for verb, body in VERBS.items():
        assert client.get(at(other, verb)).status_code == 403
        assert client.post(at(other, verb), body).status_code == 403
    assert client.post(ADD, form()).status_code == 403
    assert User.objects.values().get(pk=other.pk) == before
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["00000000-0000-0000-0000-000000000000", "x"])
def test_nobody_there(desk, verb, who):
    assert desk.post(f"/admin/accounts/user/{who}/{verb}/", VERBS[verb]).status_code == 404


@pytest.mark.parametrize("verb", ["suspend", "off-board"])
def test_not_to_oneself(desk, administrator, make_person, verb):
    make_person("admin-two", "administrator")
    page = desk.post(at(administrator, verb), VERBS[verb], follow=True)
    assert "Nobody may change their own" in page.content.decode()
    assert person("admin-one").is_active


def test_the_last_administrator_is_said(desk, administrator, make_person, sign_in):
    client = sign_in(make_person("security-one", "security officer"))
    page = client.post(at(administrator, "suspend"), {"reason": "x"}, follow=True)
    assert "last active administrator" in page.content.decode()
    page = client.post(at(administrator), form(username="admin-one", roles=["auditor"]))
    assert "last active administrator" in page.content.decode()
    assert person("admin-one").role_codes == ("administrator",)


@pytest.mark.parametrize("verb", VERBS)
def test_each_asks_for_the_factor_again(desk, other, system, verb):
    if verb == "restore":
        suspend_person(actor=system, user=other, reason="Away")
    if verb == "withdraw-request":
        asked_for(desk, other)
    if verb in {"renew-link", "withdraw-link"}:
        other, _ = invite_person(actor=system, username="new-one")
    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    before = AuditEvent.objects.filter(event_type__in=["person", "factor"]).count()
    page = desk.post(at(other, verb), VERBS[verb])
    assert page.status_code == 403
    assert "Confirm that it is you" in page.content.decode()
    assert AuditEvent.objects.filter(event_type__in=["person", "factor"]).count() == before


def test_a_role_that_decides_is_asked_for(desk, other, decider):
    page = desk.post(at(other), form(username="other", roles=["administrator", "auditor"]))
    assert "Say why, for who has to agree to it: Administrator." in page.content.decode()
    assert not Approval.objects.exists()
    body = form(username="other", roles=["administrator", "care staff"], reason="She takes over")
    page = desk.post(at(other), body, follow=True)
    assert "Administrator: asked for." in page.content.decode()
    # The rest is done at once.
    assert person("other").role_codes == ("care staff",)
    approval = Approval.objects.get()
    assert approval.reason == "She takes over"
    assert approval.parameters == {"roles": ["administrator"]}
    assert "waits for another person" in desk.get(at(other)).content.decode()


def test_who_is_invited_gets_the_asked_role_later(desk, decider, sign_in):
    body = form(roles=["auditor", "security officer"], reason="Our second officer")
    link_on(desk.post(ADD, body))
    row = person("new-one")
    assert row.role_codes == ("auditor",)
    client = sign_in(decider)
    approval = Approval.objects.get()
    page = client.get(f"/admin/operations/approval/{approval.pk}/change/")
    assert "new-one will be given: Security officer." in page.content.decode()
    client.post(f"/admin/operations/approval/{approval.pk}/approve/")
    assert person("new-one").role_codes == ("security officer", "auditor")
    assert person("new-one").standing == "invited"


def test_a_first_administrator_is_not_held_up(desk, other):
    desk.post(at(other), form(username="other", roles=["administrator"]))
    assert person("other").role_codes == ("administrator",)
    assert not Approval.objects.exists()


def test_an_officers_factor_is_asked_for(desk, decider, make_person, enrol, sign_in):
    third = make_person("security-one", "security officer")
    enrol(third)
    assert "another person has to agree" in desk.get(at(third, "take-factor")).content.decode()
    desk.post(at(third, "take-factor"), {"reason": "Phone lost"})
    assert TotpDevice.objects.filter(user=third).exists()
    approval = Approval.objects.get()
    client = sign_in(decider)
    page = client.get(f"/admin/operations/approval/{approval.pk}/change/")
    assert "second factors of security-one will be taken away" in page.content.decode()
    client.post(f"/admin/operations/approval/{approval.pk}/approve/")
    assert not TotpDevice.objects.filter(user=third).exists()


def test_a_page_costs_the_same_whatever_waits(desk, other, django_assert_max_num_queries):
    desk.get(at(other))
    with django_assert_max_num_queries(24):
        desk.get(at(other))


def test_who_only_looks_sees_the_roles(make_person, sign_in, other):
    text = sign_in(make_person("looker", "DPO")).get(at(other)).content.decode()
    assert "Auditor" in text
    assert 'name="reason"' not in text


def test_who_asked_takes_it_back(desk, other, decider, make_person, sign_in):
    asked_for(desk, other)
    second = sign_in(make_person("security-one", "security officer"))
    secondpair.ask(
        actor=actor_of_desk(second),
        act=secondpair.GIVE_ROLES,
        user_id=other.pk,
        roles=["administrator"],
        reason="x",
    )
    assert desk.get(at(other, "withdraw-request")).status_code == 200
    assert desk.post(at(other, "withdraw-request")).status_code == 302
    states = dict(Approval.objects.values_list("requested_by_name", "state"))
    assert states == {"admin-one": "withdrawn", "security-one": "pending"}
    # Nothing of one's own waits any more, and another's is not one's own.
    assert at(other, "withdraw-request") not in desk.get(at(other)).content.decode()
    assert desk.post(at(other, "withdraw-request")).status_code == 403
    assert len(events("approval", "withdrawn")) == 1


def test_the_leavers_keys_are_named(desk, other, caller, make_caller):
    from accounts.models import ApiKey

    ApiKey.objects.filter(pk=caller.key.pk).update(created_by="other")
    gone = make_caller("Old app").key
    ApiKey.objects.filter(pk=gone.pk).update(created_by="other", expires_at="2026-01-01T00:00Z")
    text = desk.get(at(other, "off-board")).content.decode()
    assert caller.key.prefix in text
    assert gone.prefix not in text
