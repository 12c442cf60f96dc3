from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.actors import Actor
from core.errors import Invalid, NotFound
from operations.models import Notification
from operations.services import delete_notifications, mark_read, notify, notify_holders


def test_a_person_sees_their_own_and_their_roles(owner, stranger):
    mine = notify(person_id=owner.id, title="To you", link="/admin/")
    ours = notify(role="dpo", title="To a role")
    notify(person_id=stranger.id, title="To another")
    seen = Notification.objects.for_person(owner.id, ["dpo"]).unread()
    assert set(seen) == {mine, ours}
    assert list(Notification.objects.for_person(owner.id, [])) == [mine]


@pytest.mark.django_db
def test_who_holds_several_of_the_roles_is_told_once(owner):
    from accounts.roles import COMPLIANCE_OFFICER, DPO

    both = [COMPLIANCE_OFFICER, DPO]
    for link in ("/admin/a/", "/admin/b/"):
        told = notify_holders(permission="phi.review_break_glass", title="Glass", link=link)
        assert told == 2
    seen = Notification.objects.for_person(owner.id, both)
    assert sorted(seen.values_list("link", flat=True)) == ["/admin/a/", "/admin/b/"]
    for role in both:
        assert Notification.objects.for_person(owner.id, [role]).count() == 2
    note = seen[0]
    mark_read(actor=owner, notification_id=note.pk, roles=tuple(both))
    assert Notification.objects.for_person(owner.id, both).unread().count() == 1


def test_reading_is_noted_once(owner, events):
    note = notify(person_id=owner.id, title="To you")
    mark_read(actor=owner, notification_id=note.pk)
    mark_read(actor=owner, notification_id=note.pk)
    note.refresh_from_db()
    assert note.read_by_id == owner.id
    assert len(events("notification", "read")) == 1


def test_anothers_message_is_not_there(owner, stranger):
    note = notify(person_id=owner.id, title="To you")
    role = notify(role="dpo", title="To a role")
    for actor, id_ in ((stranger, note.pk), (stranger, role.pk), (Actor.system("x"), note.pk)):
        with pytest.raises(NotFound):
            mark_read(actor=actor, notification_id=id_)


@pytest.mark.parametrize(
    "to",
    [
        {},
        {"person_id": "1", "role": "dpo"},
        {"role": "dpo", "link": "https://example.com/"},
        {"role": "dpo", "link": "//example.com/"},
    ],
)
@pytest.mark.django_db
def test_a_message_has_one_recipient_and_a_link_of_ours(to):
    with pytest.raises(Invalid):
        notify(title="To whom", **to)


@pytest.mark.django_db
def test_the_database_refuses_two_recipients():
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(
            recipient_id="1", role="dpo", title="Two", created_at=timezone.now()
        )


@pytest.mark.django_db
def test_old_messages_go():
    notify(role="dpo", title="Old")
    now = timezone.now()
    system = Actor.system("tests")
    assert delete_notifications(actor=system, now=now + timedelta(days=89)) == 0
    assert delete_notifications(actor=system, now=now + timedelta(days=91)) == 1
