"""Notices: drafted in the admin, asked for by a POST, published by two people."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from consent.models import Notice, Purpose
from consent.services.notices import draft_notice, redraft_notice
from core.errors import Conflict, Invalid
from operations.models import Approval
from operations.services.approvals import approve

pytestmark = pytest.mark.django_db
ADD = "admin:consent_notice_add"
CHANGE = "admin:consent_notice_change"
PUBLISH = "admin:consent_notice_publish"


@pytest.fixture
def purpose():
    return Purpose.objects.get(code="record")


def form(purpose, **changes):
    return {"purpose": purpose.pk, "language": "en", "text": "May we record?", **changes}


def test_drafting_is_a_verb_with_one_event(officer_client, purpose):
    answer = officer_client.post(reverse(ADD), form(purpose))
    assert answer.status_code == 302, answer.content
    notice = Notice.objects.get(text="May we record?")
    assert (notice.version, notice.published_at) == (2, None)
    events = AuditEvent.objects.filter(object_id=str(notice.pk))
    assert [(each.event_type, each.action) for each in events] == [("notice", "drafted")]
    assert events[0].details["sha256"] == notice.sha256


def test_other_words_say_what_they_replace(officer_client, purpose, system):
    notice = draft_notice(actor=system, purpose=purpose, language="en", text="First")
    before = notice.sha256
    page = reverse(CHANGE, args=[notice.pk])
    assert officer_client.post(page, form(purpose)).status_code == 302
    notice.refresh_from_db()
    assert (notice.version, notice.text) == (2, "May we record?")
    event = AuditEvent.objects.get(event_type="notice", action="redrafted")
    assert (event.details["sha256_before"], event.details["sha256"]) == (before, notice.sha256)


@pytest.mark.parametrize("language", ["English", "e", "en_US", "en-", "1"])
def test_a_language_is_a_tag(officer_client, purpose, language):
    answer = officer_client.post(reverse(ADD), form(purpose, language=language))
    assert answer.status_code == 200
    assert "Must be a language tag" in answer.content.decode()
    assert not Notice.objects.filter(language=language).exists()


def test_the_primary_subtag_is_lower_case(officer_client, purpose):
    officer_client.post(reverse(ADD), form(purpose, language="FR-CA"))
    assert Notice.objects.get(text="May we record?").language == "fr-CA"


def test_a_published_one_is_not_drafted_again(system, purpose):
    notice = Notice.objects.get(purpose=purpose, language="en")
    with pytest.raises(Conflict):
        redraft_notice(
            actor=system, notice_id=notice.pk, purpose=purpose, language="en", text="Other"
        )
    with pytest.raises(Invalid):
        draft_notice(actor=system, purpose=purpose, language="en", text="  ")


def test_what_a_verb_refuses_is_said_in_the_form(officer_client, purpose, monkeypatch):
    from consent import admin

    def refuse(**kwargs):
        raise Conflict("Another version was drafted meanwhile.")

    monkeypatch.setattr(admin, "draft_notice", refuse)
    answer = officer_client.post(reverse(ADD), form(purpose))
    assert answer.status_code == 200
    assert "Another version was drafted meanwhile." in answer.content.decode()


def test_a_get_publishes_nothing(officer_client, purpose, system):
    notice = draft_notice(actor=system, purpose=purpose, language="en", text="Words")
    url = reverse(PUBLISH, args=[notice.pk])
    assert officer_client.get(url).status_code == 405
    assert not Approval.objects.exists()
    page = officer_client.get(reverse(CHANGE, args=[notice.pk])).content.decode()
    assert f'action="{url}"' in page
    answer = officer_client.post(url)
    approval = Approval.objects.get()
    assert answer["Location"] == reverse("admin:operations_approval_change", args=[approval.pk])


def test_an_auditor_asks_nothing(make_person, sign_in, purpose, system):
    notice = draft_notice(actor=system, purpose=purpose, language="en", text="Words")
    client = sign_in(make_person("looker", "auditor"))
    client.post(reverse(PUBLISH, args=[notice.pk]))
    assert not Approval.objects.exists()
    page = client.get(reverse(CHANGE, args=[notice.pk])).content.decode()
    assert reverse(PUBLISH, args=[notice.pk]) not in page


def test_words_changed_after_asking_are_not_published(officer, officer_client, make_person, system):
    from core.actors import Actor

    purpose = Purpose.objects.get(code="record")
    notice = draft_notice(actor=system, purpose=purpose, language="en", text="Words")
    officer_client.post(reverse(PUBLISH, args=[notice.pk]))
    redraft_notice(actor=system, notice_id=notice.pk, purpose=purpose, language="en", text="Other")
    other = make_person("officer-two", "compliance officer")
    with pytest.raises(Conflict):
        approve(
            actor=Actor("person", str(other.pk), other.username),
            approval_id=Approval.objects.get().pk,
        )
    notice.refresh_from_db()
    assert notice.published_at is None
