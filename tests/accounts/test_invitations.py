"""Coming in by a link that works once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Invitation, TotpDevice, User
from accounts.services import (
    accept_invitation,
    check_password,
    invite_person,
    renew_invitation,
    restore_person,
    set_password,
    withdraw_invitation,
)
from accounts.services.invitations import secret_of
from accounts.welcome import NO_SUCH_LINK
from audit.models import AuditEvent
from core.actors import Actor
from core.errors import Conflict, Forbidden
from tests.accounts.conftest import code_of, events, found
from tests.accounts.people import as_actor, at_once

pytestmark = pytest.mark.django_db

PASSWORD = "four words of my own"
WELCOME = "/admin/welcome/"


@pytest.fixture
def invited(system):
    """A person who was asked in, and the secret of their link."""
    return invite_person(actor=system, username="new-one", name="The new one", roles=["auditor"])


def come_in(client, link, password=PASSWORD, again=None, **kwargs):
    body = {"link": link, "password": password, "again": password if again is None else again}
    return client.post(WELCOME, body, **kwargs)


def accept(link, password=PASSWORD):
    return accept_invitation(address="192.0.2.7", link=link, password=password)


def test_who_is_invited_cannot_sign_in_yet(invited, system):
    user, secret = invited
    row = User.objects.get(username="new-one")
    assert row.standing == User.Standing.INVITED
    assert not row.has_usable_password()
    assert row.role_codes == ("auditor",)
    assert row.get_all_permissions() == frozenset()
    for password in ("", secret, "!"):
        assert not check_password(actor=system, username="new-one", password=password, where="api")
    (event,) = events("person", "invited")
    assert event.object_id == str(user.pk)
    assert event.details["roles"] == ["auditor"]
    invitation = Invitation.objects.get()
    assert secret not in f"{vars(invitation)} {[each.details for each in AuditEvent.objects.all()]}"
    assert len(secret) >= 40


def test_the_holder_chooses_a_password_and_comes_in(invited):
    _, secret = invited
    user = accept(secret)
    assert user is not None
    row = User.objects.get(pk=user.pk)
    assert row.standing == User.Standing.ACTIVE
    assert row.check_password(PASSWORD)
    assert Invitation.objects.get().used_at is not None
    (event,) = events("person", "invitation_accepted")
    assert (event.actor_id, event.actor_address) == (str(user.pk), "192.0.2.7")


def test_it_works_once(invited):
    _, secret = invited
    assert accept(secret)
    assert accept(secret, "another password of theirs") is None
    assert User.objects.get(username="new-one").check_password(PASSWORD)
    assert len(events("person", "invitation_refused")) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_comes_in(invited):
    _, secret = invited
    words = [f"password number {number} of mine" for number in range(4)]
    came = at_once([lambda each=each: accept(secret, each) for each in words])
    assert sum(each is not None for each in came) == 1
    row = User.objects.get(username="new-one")
    assert row.check_password(words[[each is not None for each in came].index(True)])
    assert len(events("person", "invitation_refused")) == 3


@pytest.mark.parametrize("password", ["short", "fourteen chars", "", "newone"])
def test_a_weak_password_uses_nothing_up(invited, password):
    _, secret = invited
    with pytest.raises(ValidationError):
        accept(secret, password)
    assert accept(secret)


def test_after_its_hours_it_is_gone(invited, clock, system):
    _, secret = invite_person(actor=system, username="late")
    clock.shift(timedelta(hours=settings.INVITATION_HOURS) - timedelta(seconds=1))
    _, other = invite_person(actor=system, username="later")
    clock.shift(1)
    assert accept(secret) is None
    assert accept(other)


def test_a_new_link_ends_the_old_one(invited, system):
    user, old = invited
    new = renew_invitation(actor=system, user=user)
    assert accept(old) is None
    assert accept(new)
    with pytest.raises(Conflict) as refused:
        renew_invitation(actor=system, user=user)
    assert refused.value.code == "not-invited"
    assert len(events("person", "invitation_renewed")) == 1


def test_a_link_is_withdrawn(invited, system):
    user, secret = invited
    withdraw_invitation(actor=system, user=user)
    assert accept(secret) is None
    with pytest.raises(Conflict):
        withdraw_invitation(actor=system, user=user)
    assert len(events("person", "invitation_withdrawn")) == 1
    assert accept(renew_invitation(actor=system, user=user))


def test_nobody_invites_themselves(officer):
    with pytest.raises(Forbidden):
        renew_invitation(actor=as_actor(officer), user=officer)


def test_who_has_come_in_is_not_invited_again(officer, system):
    with pytest.raises(Conflict):
        renew_invitation(actor=system, user=officer)
    with pytest.raises(Conflict):
        withdraw_invitation(actor=system, user=officer)


@pytest.mark.parametrize("name", ["NEW-one", "ｎew-one", "", "a b", "x" * 151])
def test_a_name_that_is_taken_or_unfit(invited, system, name):
    with pytest.raises(ValidationError):
        invite_person(actor=system, username=name)
    assert Invitation.objects.count() == 1


def test_an_unknown_role(system):
    with pytest.raises(ValidationError):
        invite_person(actor=system, username="x", roles=["king"])
    assert not User.objects.exists()


def test_no_other_way_in_for_who_is_invited(invited, system):
    user, _ = invited
    with pytest.raises(Conflict):
        set_password(actor=system, user=user, password=PASSWORD)
    with pytest.raises(Conflict):
        restore_person(actor=system, user=user)


def test_the_database_keeps_one_open_link(invited):
    held = Invitation.objects.get()
    held.pk, held.token_hash = None, "0" * 64
    held._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        held.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(used_at="2026-01-01T00:00Z", withdrawn_at="2026-01-01T00:00Z")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://host.example/admin/welcome/#vci_x", "vci_x"),
        ("  vci_x\n", "vci_x"),
        ("#vci_x", "vci_x"),
        ("", ""),
    ],
)
def test_what_is_pasted(text, secret):
    assert secret_of(text) == secret


def test_the_page_leads_from_the_link_to_the_first_factor(invited, browser, clock):
    _, secret = invited
    assert browser.get(WELCOME).status_code == 200
    answer = come_in(browser, f"https://testserver{WELCOME}#{secret}")
    assert answer["Location"] == "/admin/login/enrol/"
    page = browser.get("/admin/login/enrol/")
    assert "Your user name is new-one." in page.content.decode()
    # Not in yet: the second step is still to come.
    assert browser.get("/admin/").status_code == 302
    device = TotpDevice.objects.get(user__username="new-one")
    assert browser.post("/admin/login/enrol/", {"code": code_of(device)}).status_code == 200
    assert browser.get("/admin/").status_code == 200


def test_a_session_from_before_does_not_come_along(invited, browser):
    _, secret = invited
    browser.get("/admin/login/")
    session = browser.session
    session["planted"] = "yes"
    session.save()
    browser.cookies["sessionid"] = session.session_key
    come_in(browser, secret)
    assert browser.session.session_key != session.session_key


def test_looking_uses_nothing_up(invited, browser):
    _, secret = invited
    before = AuditEvent.objects.count()
    for method in (browser.get, browser.head, browser.options):
        method(WELCOME)
        method(f"{WELCOME}?link={secret}")
    assert Invitation.objects.get().used_at is None
    assert AuditEvent.objects.count() == before
    assert secret not in browser.get(f"{WELCOME}?link={secret}").content.decode()


def test_every_dead_link_gets_the_same_answer(system, clock):
    used, withdrawn, old = (
        invite_person(actor=system, username=name) for name in ("used", "withdrawn", "old")
    )
    clock.shift(timedelta(hours=settings.INVITATION_HOURS))
    # Later, so that only one of them is too old.
    for user in (used[0], withdrawn[0]):
        Invitation.objects.filter(user=user).update(expires_at="2099-01-01T00:00Z")
    accept(used[1])
    withdraw_invitation(actor=system, user=withdrawn[0])
    pages = set()
    for secret in (used[1], withdrawn[1], old[1], "vci_" + "x" * 43, "x", "é" * 500):
        page = come_in(Client(), secret)
        assert page.status_code == 200
        text = page.content.decode()
        assert NO_SUCH_LINK in text
        assert 'name="password"' in text
        pages.add(found(r'role="alert"[^>]*>\s*<p>([^<]*)</p>', text))
    assert len(pages) == 1
    assert not User.objects.filter(username__in=["withdrawn", "old"], is_active=True).exists()


@pytest.mark.parametrize("link", ["", "x" * 1001, "\x00"])
def test_no_link_at_all(browser, link):
    page = come_in(browser, link)
    assert page.status_code == 200
    assert "errors" in page.content.decode()
    assert not events("person", "invitation_refused")


def test_two_passwords_that_differ(invited, browser):
    page = come_in(browser, invited[1], again="something else")
    assert "The two are not the same." in page.content.decode()
    assert Invitation.objects.get().used_at is None


def test_a_weak_password_is_said_at_its_field(invited, browser):
    page = come_in(browser, invited[1], password="short")
    assert "at least 15 characters" in page.content.decode()
    assert not events("person", "invitation_refused")


def test_tries_are_counted(browser, settings):
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {
            **settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"],
            "sign-in": "2/min",
        },
    }
    assert [come_in(browser, "x").status_code for _ in range(3)] == [200, 200, 429]
    answer = come_in(browser, "x")
    assert int(answer["Retry-After"]) > 0
    assert len(events("person", "invitation_refused")) == 2


def test_a_forged_form_is_refused(invited):
    client = Client(enforce_csrf_checks=True)
    assert come_in(client, invited[1]).status_code == 403
    assert Invitation.objects.get().used_at is None


def test_somebody_for_the_api_alone_is_not_let_into_the_admin(system, browser):
    _, secret = invite_person(actor=system, username="api-only", is_staff=False)
    answer = come_in(browser, secret)
    assert answer["Location"] == "/admin/login/"
    assert User.objects.get(username="api-only").is_active


def test_a_failed_audit_invites_nobody(system, monkeypatch):
    from accounts.services import invitations

    def broken(**kwargs):
        raise RuntimeError("the log is away")

    monkeypatch.setattr(invitations, "record", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        invite_person(actor=system, username="new-one")
    assert not User.objects.filter(username="new-one").exists()


def test_the_maker_is_named(officer):
    invite_person(actor=Actor("person", str(officer.pk), "officer-one"), username="new-one")
    held = Invitation.objects.get()
    assert (held.made_by_id, held.made_by_name) == (str(officer.pk), "officer-one")
