"""People, applications and keys in the admin."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.models import ApiKey, SessionToken, TotpDevice, User, VoiceApplication
from audit.models import AuditEvent
from tests.accounts.conftest import events, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make_person):
    return make_person("admin-one", "administrator")


@pytest.fixture
def desk(administrator, sign_in):
    return sign_in(administrator)


def person_form(**changes):
    return {"username": "new-one", "name": "", "is_staff": "on", **changes}


def url(obj, action="change"):
    return f"/admin/accounts/{obj._meta.model_name}/{obj.pk}/{action}/"


def secret_on(page):
    return found(r'<code id="secret-once">([^<]+)</code>', page.content.decode())


def test_every_page_opens_and_is_recorded(desk, administrator, caller):
    for path in ("user", "voiceapplication", "apikey", "sessiontoken"):
        assert desk.get(f"/admin/accounts/{path}/").status_code == 200
    for obj in (administrator, caller.application, caller.key):
        page = desk.get(url(obj))
        assert page.status_code == 200
        assert "argon2" not in page.content.decode()
    assert len(AuditEvent.objects.filter(event_type="admin", action="viewed")) == 3


def test_groups_are_not_edited():
    assert not admin.site.is_registered(Group)


def test_a_list_of_people_costs_the_same_for_many(desk, make_person, django_assert_max_num_queries):
    for number in range(10):
        make_person(f"person-{number}", "auditor")
    with django_assert_max_num_queries(20):
        desk.get("/admin/accounts/user/")


def test_a_name_that_is_taken(desk, administrator):
    page = desk.post("/admin/accounts/user/add/", person_form(username="ADMIN-one"))
    assert page.status_code == 200
    assert "already" in page.content.decode()
    assert User.objects.count() == 1


def test_roles_of_another(desk, make_person):
    other = make_person("other", "auditor")
    answer = desk.post(url(other), person_form(username="other", roles=["care staff"]))
    assert answer.status_code == 302
    assert User.objects.get(pk=other.pk).role_codes == ("care staff",)
    assert len(events("person", "changed")) == 1


def test_nobody_gives_themselves_a_role(desk, administrator):
    form = person_form(username="admin-one", roles=["compliance officer", "administrator"])
    form.pop("is_staff")
    desk.post(url(administrator), form)
    me = User.objects.get(pk=administrator.pk)
    assert me.role_codes == ("administrator",)
    assert me.is_staff


def test_a_new_password_for_another(desk, make_person):
    other = make_person("other", "auditor")
    assert desk.get(url(other, "give-password")).status_code == 200
    page = desk.post(url(other, "give-password"))
    other.refresh_from_db()
    assert other.check_password(secret_on(page))


def test_a_factor_reset_for_another(desk, make_person, enrol):
    other = make_person("other", "auditor")
    enrol(other)
    assert desk.get(url(other, "take-factor")).status_code == 200
    assert desk.post(url(other, "take-factor")).status_code == 302
    assert not TotpDevice.objects.filter(user=other).exists()


def test_nobody_resets_their_own_factor(desk, administrator):
    page = desk.post(url(administrator, "take-factor"), follow=True)
    assert "Another officer resets" in page.content.decode()
    assert TotpDevice.objects.filter(user=administrator).exists()
    assert not events("factor", "reset")


def test_an_application(desk):
    form = {"name": "Desk", "id_space": "organisation", "takes_cards": "on", "is_active": "on"}
    assert desk.post("/admin/accounts/voiceapplication/add/", form).status_code == 302
    application = VoiceApplication.objects.get()
    form.pop("is_active")
    assert desk.post(url(application), form).status_code == 302
    application.refresh_from_db()
    assert not application.is_active
    assert [event.action for event in events("voice_application")] == ["created", "changed"]
    page = desk.post("/admin/accounts/voiceapplication/add/", form)
    assert "already" in page.content.decode()


def test_a_key_is_shown_once_and_revoked(desk, caller):
    assert desk.get("/admin/accounts/apikey/add/").status_code == 200
    body = {"application": str(caller.application.pk), "scopes": ["calls", "mask"], "days": "30"}
    page = desk.post("/admin/accounts/apikey/add/", body)
    text = secret_on(page)
    assert text.startswith("vc_")
    assert "no-store" in page["Cache-Control"]
    key = ApiKey.objects.get(prefix=text.split("_")[1])
    assert key.created_by == "admin-one"
    assert text not in desk.get(url(key)).content.decode()
    assert text not in str(dict(desk.session.items())) + str(desk.cookies)

    assert desk.get(url(key, "revoke")).status_code == 200
    assert desk.post(url(key, "revoke")).status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None
    desk.post(url(key, "revoke"))
    assert len(events("api_key", "revoked")) == 1


@pytest.mark.parametrize(
    "change", [{"scopes": []}, {"scopes": ["fly"]}, {"days": "0"}, {"application": "x"}]
)
def test_a_key_that_cannot_be(desk, caller, change):
    body = {"application": str(caller.application.pk), "scopes": ["mask"], "days": "30", **change}
    page = desk.post("/admin/accounts/apikey/add/", body)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert ApiKey.objects.count() == 1


def test_an_auditor_looks_and_changes_nothing(make_person, sign_in, caller):
    desk = sign_in(make_person("reader", "auditor"))
    other = make_person("other", "auditor")
    assert desk.get("/admin/accounts/apikey/").status_code == 200
    assert desk.get(url(caller.key)).status_code == 200
    for path in (
        url(caller.key, "revoke"),
        url(other, "give-password"),
        url(other, "take-factor"),
        "/admin/accounts/apikey/add/",
        "/admin/accounts/user/add/",
        url(other),
    ):
        assert desk.post(path, person_form()).status_code == 403, path
    caller.key.refresh_from_db()
    assert caller.key.revoked_at is None


def test_care_staff_see_no_accounts(make_person, sign_in):
    desk = sign_in(make_person("carer", "care staff"))
    assert desk.get("/admin/accounts/user/").status_code == 403


@pytest.mark.parametrize("model", [User, VoiceApplication, ApiKey, SessionToken])
def test_nothing_is_deleted(desk, model, administrator, rf):
    rf_request = rf.get("/")
    rf_request.user = administrator
    assert not admin.site.get_model_admin(model).has_delete_permission(rf_request)
