"""Forms of people and keys take their fields and no others, and no page shows a secret."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import ApiKey, TotpDevice, User
from tests.accounts.conftest import PASSWORD, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(make_person, enrol):
    administrator = make_person("admin-one", "administrator", "security officer")
    device, _ = enrol(administrator)
    client = Client()
    client.post("/admin/login/", {"username": "admin-one", "password": PASSWORD})
    client.post("/admin/login/code/", {"code": code_of(device)})
    return client


def test_fields_of_a_person_that_no_form_has(desk, make_person):
    person = make_person("reader", "auditor")
    before = User.objects.get(pk=person.pk)
    desk.post(
        f"/admin/accounts/user/{person.pk}/change/",
        {
            "username": "reader",
            "name": "The reader",
            "roles": ["auditor"],
            "is_active": "on",
            "is_staff": "on",
            "password": "argon2$planted",
            "is_superuser": "on",
            "groups": ["1", "2", "3"],
            "user_permissions": ["1"],
            "session_epoch": "99",
            "id": "0191e8f0-0000-7000-8000-000000000000",
            "created_at_0": "2001-01-01",
        },
    )
    after = User.objects.get(pk=person.pk)
    assert after.name == "The reader"
    assert after.role_codes == ("auditor",)
    for field in ("password", "session_epoch", "created_at"):
        assert getattr(after, field) == getattr(before, field), field


def test_fields_of_a_key_that_no_form_has(desk, caller):
    ApiKey.objects.all().delete()
    desk.post(
        "/admin/accounts/apikey/add/",
        {
            "application": str(caller.application.pk),
            "scopes": ["mask"],
            "days": "30",
            "prefix": "plantedplant",
            "secret_hash": "0" * 64,
            "expires_at": "2099-01-01",
            "created_by": "nobody",
        },
    )
    key = ApiKey.objects.get()
    assert key.prefix != "plantedplant"
    assert key.secret_hash != "0" * 64
    assert key.expires_at.year < 2099
    assert key.created_by == "admin-one"


def test_no_page_shows_a_secret(desk, caller, make_person):
    person = make_person("reader", "auditor")
    pages = [
        "/admin/accounts/user/",
        f"/admin/accounts/user/{person.pk}/change/",
        "/admin/accounts/apikey/",
        f"/admin/accounts/apikey/{caller.key.pk}/change/",
        f"/admin/accounts/voiceapplication/{caller.application.pk}/change/",
        "/admin/second-factors/",
        "/admin/sessions/",
    ]
    person.refresh_from_db()
    secret = caller.token.rpartition("_")[2]
    for path in pages:
        page = desk.get(path)
        assert page.status_code == 200, path
        text = page.content.decode()
        for inside in (
            person.password,
            "argon2$",
            caller.key.secret_hash,
            secret,
            TotpDevice.objects.get().secret,
            desk.cookies["sessionid"].value,
        ):
            assert inside not in text, path


def test_every_page_has_the_way_out(desk):
    """Signing out is on each page that asks for a session."""
    for path in ("/admin/", "/admin/accounts/user/", "/admin/sessions/", "/admin/second-factors/"):
        page = desk.get(path).content.decode()
        assert re.search(r'action="/admin/logout/"', page), path


def test_signing_out_clears_what_the_browser_kept(desk):
    answer = desk.post("/admin/logout/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert answer.cookies["sessionid"]["max-age"] == 0
