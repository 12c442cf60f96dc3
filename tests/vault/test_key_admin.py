"""The inventory of keys in the admin, and rotation asked for there."""

import pytest
from django.urls import reverse

from core import wrapping
from core.actors import Actor
from core.errors import Forbidden
from core.ids import uuid7
from operations import worker
from operations.models import Job
from operations.rewrap_job import KIND
from operations.services import start_job
from tests.vault.rows import new_key
from vault import keys, services
from vault.columns import by_key, count
from vault.models import DataKey, WrappingKey

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
LIST = "admin:vault_datakey_changelist"


@pytest.fixture
def security(make_person, sign_in):
    return sign_in(make_person("security-one", "security officer"))


def person_actor(person):
    return Actor("person", str(person.pk), person.username)


def test_wrapping_keys_are_listed_with_what_lies_under_each(security, settings):
    services.verify_keys()
    old = wrapping.ring().newest.id
    services.seal(uuid7(), "content", "a", b"x")
    settings.FIELD_ENCRYPTION_KEYS = (new_key(), *settings.FIELD_ENCRYPTION_KEYS)
    services.verify_keys()
    keys.count_and_keep()
    page = security.get(reverse("admin:vault_wrappingkey_changelist")).content.decode()
    assert old in page
    assert wrapping.ring().newest.id in page
    assert "In use" in page
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    page = security.get(reverse("admin:vault_wrappingkey_changelist")).content.decode()
    assert "Missing" in page
    row = WrappingKey.objects.get(key_id=old)
    page = security.get(reverse("admin:vault_wrappingkey_change", args=[row.pk])).content.decode()
    assert "does not hold this key" in page
    for key in settings.FIELD_ENCRYPTION_KEYS:
        assert key not in page


def test_a_key_that_was_not_counted_yet(security, settings, monkeypatch):
    services.verify_keys()
    for _ in range(3):
        services.seal(uuid7(), "content", "a", b"x")
    row = keys.newest_row()
    address = reverse("admin:vault_wrappingkey_change", args=[row.pk])
    for page in (address, reverse("admin:vault_wrappingkey_changelist")):
        shown = security.get(page).content.decode()
        assert shown.count("not counted yet: counted every night") == 2
    assert keys.data_keys_under(row) == 3
    monkeypatch.setattr(keys, "MOST_COUNTED", 2)
    assert str(keys.data_keys_under(row)) == "2+"
    keys.count_and_keep()
    row.refresh_from_db()
    assert keys.data_keys_under(row) == 3
    # Not counted, and not in the list: missing all the same.
    WrappingKey.objects.update(data_keys=None, identifiers=None, counted_at=None)
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    assert "does not hold this key" in security.get(address).content.decode()


def test_data_keys_by_wrapping_key_and_state(security, settings):
    gone, live = uuid7(), uuid7()
    for owner in (gone, live):
        services.seal(owner, "content", "a", b"x")
    services.shred(actor=SYSTEM, owner_id=gone)
    services.verify_keys()
    key_id = wrapping.ring().newest.id
    page = security.get(reverse(LIST), {"under": key_id}).content.decode()
    assert str(live) in page
    assert str(gone) not in page
    page = security.get(reverse(LIST), {"under": "destroyed"}).content.decode()
    assert str(gone) in page
    assert str(live) not in page
    assert "Destroyed" in page
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    page = security.get(reverse(LIST), {"under": key_id}).content.decode()
    assert "Lost" in page


def test_a_data_keys_page_counts_rows_by_kind(security, subject):
    services.seal(subject.pk, "content", "a", b"x")
    key = DataKey.objects.get(owner_id=subject.pk)
    page = security.get(reverse("admin:vault_datakey_change", args=[key.pk])).content.decode()
    assert "Recordings: 0" in page or "recordings: 0" in page.lower()
    assert key.wrapped not in page
    assert f"Content (audio, transcripts, decisions) key {key.pk}" in page


def test_the_list_asks_as_much_for_many_keys_as_for_one(security, django_assert_max_num_queries):
    services.seal(uuid7(), "content", "a", b"x")
    with django_assert_max_num_queries(40) as first:
        security.get(reverse(LIST))
    for _ in range(30):
        services.seal(uuid7(), "content", "a", b"x")
    with django_assert_max_num_queries(len(first)):
        security.get(reverse(LIST))


def test_the_filter_is_answered_by_its_index():
    from django.db import connection

    from core.fields import key_id_of

    rows = DataKey.objects.annotate(under=key_id_of("wrapped"))
    with connection.cursor() as cursor:
        # The test's few rows would be read whole and sorted.
        for each in ("seqscan", "bitmapscan", "sort"):
            cursor.execute("SELECT set_config(%s, 'off', true)", [f"enable_{each}"])
    plan = rows.filter(under="0" * 16).order_by("-id")[:50].explain()
    assert "vault_key_wrapped_under" in plan
    assert "Sort" not in plan


def test_rotation_asked_for_in_the_admin_runs_as_a_job(security, settings):
    services.seal(uuid7(), "content", "a", b"x")
    services.verify_keys()
    old_row = keys.newest_row()
    settings.FIELD_ENCRYPTION_KEYS = (new_key(), *settings.FIELD_ENCRYPTION_KEYS)
    newest = keys.newest_row()
    address = reverse("admin:vault_wrappingkey_rewrap", args=[old_row.pk])
    security.post(address)
    assert not Job.objects.filter(kind=KIND).exists()
    address = reverse("admin:vault_wrappingkey_rewrap", args=[newest.pk])
    assert security.post(address).status_code == 302
    job = Job.objects.get(kind=KIND)
    worker.run(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded"
    assert set(by_key(count())) == {newest.key_id}


def test_a_job_that_leaves_something_fails_and_says_so(make_person, settings):
    services.verify_keys()
    services.seal(uuid7(), "content", "a", b"x")
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    person = make_person("security-one", "security officer")
    job = start_job(actor=person_actor(person), kind=KIND)
    worker.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "ValuesLeft")


@pytest.mark.parametrize("role", ["compliance officer", "DPO", "auditor", "administrator"])
def test_others_may_not_rotate(make_person, role):
    person = make_person("somebody", role)
    with pytest.raises(Forbidden):
        start_job(actor=person_actor(person), kind=KIND)
