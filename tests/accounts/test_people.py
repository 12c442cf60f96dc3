"""Making and changing people."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.services import (
    change_person,
    create_first_officer,
    create_person,
    new_password,
    set_password,
)
from core.actors import PERSON, Actor
from core.errors import Forbidden
from tests.accounts.conftest import PASSWORD, events

pytestmark = pytest.mark.django_db


def change(user, actor, **changes):
    given = {
        "username": user.username,
        "name": user.name,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "roles": user.role_codes,
        **changes,
    }
    return change_person(actor=actor, user=user, **given)


def test_a_person_is_made(system):
    user = create_person(
        actor=system, username="reader", roles=["auditor"], password=PASSWORD, name="The reader"
    )
    assert user.role_codes == ("auditor",)
    assert user.check_password(PASSWORD)
    assert user.password.startswith("argon2$")
    assert "reader" not in str(user)
    (event,) = events("person", "created")
    assert event.details == {"roles": ["auditor"], "admin": True}


@pytest.mark.parametrize("name", ["officer-one", "OFFICER-ONE", "ｏfficer-one", "officer-ONE"])
def test_a_name_is_taken_without_case_and_width(officer, system, name):
    with pytest.raises(ValidationError):
        create_person(actor=system, username=name, roles=[], password=PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username="Officer-One")])
    assert User.objects.get_by_natural_key(name) == officer


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "a\x00b", "x" * 151, "<script>"])
def test_an_unfit_name(system, name):
    with pytest.raises(ValidationError):
        create_person(actor=system, username=name, roles=[], password=PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "passwordpassword123"[:14]])
def test_a_weak_password(system, password):
    with pytest.raises(ValidationError):
        create_person(actor=system, username="reader", roles=[], password=password)


def test_an_unknown_role(system):
    with pytest.raises(ValidationError):
        create_person(actor=system, username="reader", roles=["king"], password=PASSWORD)
    assert not User.objects.exists()


def test_a_change_of_role_is_recorded_and_ends_sessions(officer, system):
    before = officer.get_session_auth_hash()
    row = change(officer, system, roles=["auditor"])
    assert User.objects.get(pk=officer.pk).role_codes == ("auditor",)
    assert row.get_session_auth_hash() != before
    (event,) = events("person", "changed")
    assert event.details["roles_before"] == ["compliance officer"]
    assert event.details["roles_after"] == ["auditor"]


def test_a_change_of_name_ends_nothing(officer, system):
    before = officer.get_session_auth_hash()
    row = change(officer, system, name="The officer")
    assert row.get_session_auth_hash() == before


def test_no_change_is_no_event(officer, system):
    change(officer, system)
    assert not events("person", "changed")


@pytest.mark.parametrize(
    "changes", [{"roles": ["administrator"]}, {"is_active": False}, {"is_staff": False}]
)
def test_nobody_changes_their_own_rights(officer, changes):
    me = Actor(PERSON, str(officer.pk), officer.username)
    with pytest.raises(Forbidden):
        change(officer, me, **changes)
    change(officer, me, name="My name")


def test_a_new_password(officer, system):
    before = officer.get_session_auth_hash()
    set_password(actor=system, user=officer, password=new_password())
    assert officer.get_session_auth_hash() != before
    assert not events("person", "password_set")[0].details


def test_the_first_officer_is_made_once(system):
    made = create_first_officer(actor=system)
    assert made is not None
    user, password = made
    assert user.role_codes == ("compliance officer", "administrator")
    assert user.check_password(password)
    assert create_first_officer(actor=system) is None


def test_a_first_officer_beside_a_name_that_is_taken(system, make_person):
    make_person("Officer")
    made = create_first_officer(actor=system)
    assert made is not None
    assert made[0].username == "officer-2"


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_officer(system):
    start = threading.Barrier(3)

    def make(_: int) -> bool:
        try:
            start.wait(10)
            return create_first_officer(actor=system) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(make, range(3))) == [False, False, True]
