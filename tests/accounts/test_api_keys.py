"""API keys: what they are made of, rotation with an overlap, and keys that nobody uses."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import threading

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import evidence
from accounts.models import ApiKey
from accounts.querysets import unused_keys
from accounts.services import (
    change_application,
    create_api_key,
    revoke_api_key,
    rotate_api_key,
)
from accounts.services.applications import MAX_OVERLAP, OVERLAP
from audit.models import AuditEvent
from core import reports
from core.errors import Conflict, Invalid
from tests.accounts.conftest import events
from tests.accounts.test_admin import secret_on, url
from tests.accounts.test_bearer import call, kind
from tests.accounts.test_commands import run

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(make_person, sign_in):
    return sign_in(make_person("admin-one", "administrator"))


def test_a_key_is_256_random_bits_and_the_row_has_a_hash(caller, system):
    secret = caller.token.split("_", 2)[2]
    assert len(secret) * math.log2(64) >= 256
    row = ApiKey.objects.filter(pk=caller.key.pk).values().get()
    assert row["secret_hash"] == hashlib.sha256(caller.token.encode()).hexdigest()
    assert secret not in str(row)
    made = [
        create_api_key(actor=system, application=caller.application, scopes=["mask"])[1]
        for _ in range(50)
    ]
    assert len({text.split("_", 2)[2] for text in made}) == 50


def test_rotation_makes_one_like_it_and_ends_the_old_one(caller, system, clock):
    created = timezone.now()
    new, text = rotate_api_key(actor=system, key=caller.key)
    old = ApiKey.objects.get(pk=caller.key.pk)
    assert old.replaced_by == new
    assert old.expires_at == created + OVERLAP == created + DAY
    assert (new.application, new.scopes) == (old.application, old.scopes)
    assert new.created_by == "tests"
    # As long a life as the old one was given, from now.
    given = caller.key.expires_at - caller.key.created_at
    assert abs(new.expires_at - created - given) < dt.timedelta(seconds=1)
    assert call(token=caller.token).status_code == call(token=text).status_code == 200
    clock.shift(DAY - dt.timedelta(seconds=1))
    assert call(token=caller.token).status_code == 200
    clock.shift(1)
    assert kind(call(token=caller.token)) == "invalid-token"
    assert call(token=text).status_code == 200


def test_rotation_is_one_event(caller, system):
    before = AuditEvent.objects.count()
    new, text = rotate_api_key(actor=system, key=caller.key)
    assert AuditEvent.objects.count() == before + 1
    (event,) = events("api_key", "rotated")
    assert (event.object_type, event.object_id) == ("accounts.ApiKey", str(caller.key.pk))
    assert event.details["prefix"] == caller.key.prefix
    assert event.details["replaced_by"] == str(new.pk)
    assert event.details["new_prefix"] == new.prefix
    assert text not in str(event.details)


def test_without_an_overlap_the_old_one_ends_at_once(caller, system, clock):
    _, text = rotate_api_key(actor=system, key=caller.key, overlap=dt.timedelta(0))
    assert kind(call(token=caller.token)) == "invalid-token"
    assert call(token=text).status_code == 200


def test_the_overlap_never_lengthens_a_life(caller, system):
    ends = timezone.now() + dt.timedelta(hours=1)
    ApiKey.objects.update(expires_at=ends)
    rotate_api_key(actor=system, key=caller.key, overlap=MAX_OVERLAP)
    assert ApiKey.objects.get(pk=caller.key.pk).expires_at == ends


@pytest.mark.parametrize("overlap", [-dt.timedelta(seconds=1), MAX_OVERLAP + dt.timedelta(1)])
def test_an_overlap_out_of_bounds(caller, system, overlap):
    with pytest.raises(Invalid) as refused:
        rotate_api_key(actor=system, key=caller.key, overlap=overlap)
    assert "overlap" in refused.value.errors
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("state", ["rotated", "revoked", "expired"])
def test_what_cannot_be_rotated(caller, system, state):
    if state == "rotated":
        rotate_api_key(actor=system, key=caller.key)
    elif state == "revoked":
        revoke_api_key(actor=system, key=caller.key)
    else:
        ApiKey.objects.update(expires_at=timezone.now())
    before = ApiKey.objects.count(), AuditEvent.objects.count()
    with pytest.raises(Conflict, match=state):
        rotate_api_key(actor=system, key=caller.key)
    assert (ApiKey.objects.count(), AuditEvent.objects.count()) == before


def test_a_successor_may_be_rotated_and_a_rotated_key_revoked(caller, system):
    second, _ = rotate_api_key(actor=system, key=caller.key)
    _, text = rotate_api_key(actor=system, key=second)
    revoke_api_key(actor=system, key=caller.key)
    revoke_api_key(actor=system, key=second)
    assert call(token=text).status_code == 200
    assert kind(call(token=caller.token)) == "invalid-token"


def test_a_rotation_that_cannot_be_audited_did_not_happen(caller, system, monkeypatch):
    from accounts.services import applications

    def full(**kwargs):
        raise RuntimeError("no room")

    monkeypatch.setattr(applications, "record", full)
    with pytest.raises(RuntimeError):
        rotate_api_key(actor=system, key=caller.key)
    old = ApiKey.objects.get()
    assert (old.replaced_by, old.expires_at) == (None, caller.key.expires_at)


def test_the_database_holds_one_successor_and_no_circle(caller, stranger, system):
    new, _ = rotate_api_key(actor=system, key=caller.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=stranger.key.pk).update(replaced_by=new)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=stranger.key.pk).update(replaced_by=stranger.key)


@pytest.mark.django_db(transaction=True)
def test_two_rotations_at_once_make_one_key(caller, system):
    start = threading.Barrier(4)
    made, refused = [], []

    def rotate():
        try:
            start.wait()
            made.append(rotate_api_key(actor=system, key=caller.key)[1])
        except Conflict as conflict:
            refused.append(conflict)
        finally:
            connection.close()

    threads = [threading.Thread(target=rotate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (1, 3)
    assert ApiKey.objects.count() == 2
    assert len(events("api_key", "rotated")) == 1


def test_an_officer_rotates_in_the_admin(desk, caller):
    page = url(caller.key, "rotate")
    assert "Hours for the change" in desk.get(page).content.decode()
    assert ApiKey.objects.count() == 1
    shown = desk.post(page, {"overlap": "2"})
    text = secret_on(shown)
    assert "no-store" in shown["Cache-Control"]
    new = ApiKey.objects.get(prefix=text.split("_")[1])
    old = ApiKey.objects.get(pk=caller.key.pk)
    assert old.replaced_by == new
    assert f"{old.expires_at:%Y-%m-%d %H:%M} UTC" in shown.content.decode()
    assert call(token=text).status_code == 200
    again = desk.post(page, {"overlap": "2"}, follow=True)
    assert "rotated already" in again.content.decode()
    assert ApiKey.objects.count() == 2
    looked = desk.get(url(old)).content.decode()
    assert str(new) in looked
    assert text not in looked
    assert "being replaced" in desk.get("/admin/accounts/apikey/").content.decode()


@pytest.mark.parametrize("overlap", ["", "-1", "169", "x", "1.5"])
def test_an_overlap_that_is_none_is_told_at_its_field(desk, caller, overlap):
    page = desk.post(url(caller.key, "rotate"), {"overlap": overlap}).content.decode()
    assert 'id="id_overlap_error"' in page
    assert ApiKey.objects.count() == 1


def test_who_may_not_rotate(make_person, sign_in, caller, client):
    page = url(caller.key, "rotate")
    assert sign_in(make_person("reader", "auditor")).post(page, {"overlap": "1"}).status_code == 403
    assert client.post(page, {"overlap": "1"}).status_code == 302
    assert ApiKey.objects.count() == 1


def test_rotation_asks_for_the_factor_again(desk, caller):
    from accounts.models import AdminSession

    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    asked = desk.post(url(caller.key, "rotate"), {"overlap": "1"})
    assert asked.status_code == 403
    assert "rotate an API key" in asked.content.decode()
    assert ApiKey.objects.count() == 1


def test_a_key_that_is_not_there(desk, caller):
    assert desk.get("/admin/accounts/apikey/not-an-id/rotate/").status_code == 404
    assert desk.post(f"/admin/accounts/apikey/{caller.application.pk}/rotate/").status_code == 404


def test_the_command(caller):
    out, err = run("rotate_api_key", caller.key.prefix, "--overlap-hours", "1")
    assert out.strip() not in err
    assert call(token=out.strip()).status_code == 200
    old = ApiKey.objects.get(pk=caller.key.pk)
    assert old.expires_at <= timezone.now() + dt.timedelta(hours=1)
    assert events("api_key", "rotated")[0].actor_kind == "system"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["{key}", "--overlap-hours", "169"], "0 to 168 hours"),
        (["{key}", "--overlap-hours", "-1"], "0 to 168 hours"),
        (["nothing-here"], "no key with this prefix"),
    ],
)
def test_a_command_that_cannot_be(caller, args, says):
    with pytest.raises(CommandError, match=says):
        run("rotate_api_key", *(arg.format(key=caller.key.prefix) for arg in args))
    assert ApiKey.objects.count() == 1


def test_a_whole_key_typed_for_its_prefix_is_not_said_again(caller):
    with pytest.raises(CommandError) as refused:
        run("rotate_api_key", caller.token)
    assert caller.token not in str(refused.value)


@pytest.fixture
def keys(caller, stranger, system):
    """Keys by what became of them, all made and last used 91 days ago but where it says else."""
    now = timezone.now()
    made = {}

    def make(name, application=caller.application, **fields):
        key, _ = create_api_key(actor=system, application=application, scopes=["mask"])
        ApiKey.objects.filter(pk=key.pk).update(**{"created_at": now - 91 * DAY, **fields})
        made[name] = key

    ApiKey.objects.filter(pk__in=[caller.key.pk, stranger.key.pk]).update(revoked_at=now)
    make("never used")
    make("unused", last_used_at=now - 92 * DAY, created_at=now - 200 * DAY)
    make("used", last_used_at=now - 89 * DAY)
    make("new", created_at=now - 89 * DAY)
    make("revoked", revoked_at=now)
    make("expired", expires_at=now)
    make("of an inactive application", application=stranger.application)
    change_application(
        actor=system,
        application=stranger.application,
        name="Other app",
        id_space="organisation",
        takes_cards=True,
        is_active=False,
    )
    return made


def test_which_keys_nobody_uses(keys, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = list(unused_keys(timezone.now()))
    assert found == [keys["unused"], keys["never used"]]


def test_the_list_shows_them(desk, keys):
    page = desk.get("/admin/accounts/apikey/?state=unused").content.decode()
    shown = {name for name, key in keys.items() if key.prefix in page}
    assert shown == {"never used", "unused"}
    page = desk.get("/admin/accounts/apikey/?state=live").content.decode()
    shown = {name for name, key in keys.items() if key.prefix in page}
    assert shown == {"never used", "unused", "used", "new"}


def test_the_evidence_counts_them(keys, system):
    assert evidence.unused_api_keys()[:2] == ("fail", "2 of 4 keys")
    revoke_api_key(actor=system, key=keys["unused"])
    ApiKey.objects.filter(pk=keys["never used"].pk).update(last_used_at=timezone.now())
    assert evidence.unused_api_keys()[:2] == ("pass", "0 of 3 keys")
    ApiKey.objects.update(revoked_at=timezone.now())
    assert evidence.unused_api_keys()[:2] == ("pass", "0 of 0 keys")


@pytest.mark.parametrize("format_", reports.FORMATS)
def test_the_report_lists_them(keys, format_):
    document = reports.make("unused-keys", {})
    assert document.status == "fail"
    rows = document.sections[0].table.rows
    assert [row[1] for row in rows] == [f"vc_{keys[n].prefix}" for n in ("unused", "never used")]
    assert reports.render(document, format_).content


def test_the_report_of_another_time(keys):
    assert len(reports.make("unused-keys", {"days": "1"}).sections[0].table.rows) == 4
    assert reports.make("unused-keys", {"days": "365"}).status == "pass"
    with pytest.raises(Invalid):
        reports.make("unused-keys", {"days": "0"})


def test_an_index_serves_the_question(keys):
    rows = unused_keys(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.explain()
    assert "accounts_key_last_sign" in plan
