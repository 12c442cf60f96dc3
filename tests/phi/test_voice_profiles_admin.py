"""Voice profiles and the proof of their end in the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AUDITOR, CARE_STAFF, DPO, SECURITY_OFFICER
from phi.models import VoiceProfile, VoiceProfileDestruction
from retention.models import LegalHold

pytestmark = pytest.mark.django_db
LATER = timedelta(days=31)


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:phi_{name}", args=args)


LIST, PROOFS = "voiceprofile_changelist", "voiceprofiledestruction_changelist"


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def make(api: Any, give_consent: Callable[..., Any]) -> Callable[..., VoiceProfile]:
    def kept(name: str, **consent: Any) -> VoiceProfile:
        person = api.post("/api/v1/subjects", {"external_id": name}, format="json").json()
        given = give_consent(person["id"], "voiceprint", method="written", **consent)
        body = {
            "subject": person["id"],
            "vendor": f"Voices {name}",
            "template_ref": f"ref-{name}",
            "consent": given["id"],
        }
        answer = api.post("/api/v1/voice-profiles", body, format="json")
        return VoiceProfile.objects.get(pk=answer.json()["id"])

    return kept


def test_ending_asks_first_and_says_what_happens(make: Any, officer_client: Client, events: Any):
    profile = make("one")
    end = address("voiceprofile_end", profile.pk)
    assert f'href="{end}"' in text(officer_client.get(address("voiceprofile_change", profile.pk)))
    page = officer_client.get(end)
    assert page.status_code == 200
    assert "cannot be undone" in text(page)
    assert "within 30 days" in text(page)
    assert VoiceProfile.objects.exists()
    assert not events("voice_profile", "purpose_ended")
    for reason in ("", " ", "x" * 301):
        answer = officer_client.post(end, {"reason": reason})
        assert answer.status_code == 200
        assert answer.context["form"].errors["reason"]
    assert VoiceProfile.objects.exists()
    answer = officer_client.post(end, {"reason": "Contract ended"})
    assert answer["Location"] == address(LIST)
    assert not VoiceProfile.objects.exists()
    (event,) = events("voice_profile", "purpose_ended")
    assert event.object_id == str(profile.pk)
    assert "Contract" not in str(event.details)
    proof = VoiceProfileDestruction.objects.get()
    assert (proof.cause, proof.reason) == ("purpose", "Contract ended")
    # Again: it is gone.
    assert officer_client.get(end).status_code == 404
    assert officer_client.post(end, {"reason": "Again"}).status_code == 404


def test_ending_asks_for_the_factor(make: Any, officer_client: Client):
    profile = make("one")
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        answer = officer_client.post(address("voiceprofile_end", profile.pk), {"reason": "Ended"})
    assert answer.status_code == 403
    assert "Confirm that it is you" in text(answer)
    assert VoiceProfile.objects.exists()


def test_a_hold_is_told(make: Any, officer_client: Client):
    profile = make("one")
    LegalHold.objects.create(
        matter="m",
        reason="r",
        custodian="c",
        subject_id=profile.subject_id,
        placed_by_id="1",
        placed_by_name="olive",
        placed_at=timezone.now(),
    )
    answer = officer_client.post(
        address("voiceprofile_end", profile.pk), {"reason": "Ended"}, follow=True
    )
    assert "A legal hold keeps it" in text(answer)
    assert "to be destroyed" in text(officer_client.get(address(LIST)))


@pytest.mark.parametrize(
    ("role", "sees"), [(DPO, True), (AUDITOR, True), (SECURITY_OFFICER, False), (CARE_STAFF, False)]
)
def test_who_sees_and_who_ends(make: Any, make_person: Any, sign_in: Any, role: str, sees: bool):
    profile, other = make("one"), make("two")
    client = sign_in(make_person("person-one", role))
    for name in (LIST, PROOFS):
        assert client.get(address(name)).status_code == (200 if sees else 403)
    end = address("voiceprofile_end", profile.pk)
    may = role == DPO
    assert client.get(end).status_code == (200 if may else 403)
    assert client.post(end, {"reason": "Ended"}).status_code == (302 if may else 403)
    assert VoiceProfile.objects.count() == (1 if may else 2)
    if sees and not may:
        page = text(client.get(address("voiceprofile_change", other.pk)))
        assert address("voiceprofile_end", other.pk) not in page


def test_the_list_tells_and_filters_by_state(make: Any, give_consent: Any, officer_client: Client):
    kept, over = make("one"), make("two")
    give_consent(
        over.subject_id, "voiceprint", decision="withdrawn", method="verbal", notice_version=None
    )
    for state, shown in (("kept", {kept}), ("over", {over}), ("else", {kept, over})):
        answer = officer_client.get(address(LIST), {"state": state})
        assert set(answer.context["cl"].result_list) == shown
    assert "to be destroyed" in text(officer_client.get(address(LIST), {"state": "over"}))


def test_proofs_by_the_vendors_word(make: Any, api: Any, officer_client: Client, events: Any):
    for name in ("one", "two"):
        api.delete(f"/api/v1/voice-profiles/{make(name).pk}")
    first, second = VoiceProfileDestruction.objects.order_by("pk")
    confirm = address("voiceprofiledestruction_confirm", first.pk)
    assert officer_client.get(confirm).status_code == 405
    officer_client.post(confirm, {"reason": "Certificate 12"})
    again = officer_client.post(confirm, {"reason": "Certificate 13"}, follow=True)
    assert "confirmed gone already" in text(again)
    assert len(events("voice_profile", "vendor_destruction_confirmed")) == 1
    VoiceProfileDestruction.objects.filter(pk=second.pk).update(destroyed_at=timezone.now() - LATER)
    for state, shown in (
        ("confirmed", {first}),
        ("open", {second}),
        ("overdue", {second}),
        ("else", {first, second}),
    ):
        answer = officer_client.get(address(PROOFS), {"state": state})
        assert set(answer.context["cl"].result_list) == shown
    VoiceProfileDestruction.objects.filter(pk=second.pk).update(destroyed_at=timezone.now())
    answer = officer_client.get(address(PROOFS), {"state": "overdue"})
    assert not answer.context["cl"].result_list


def test_lists_cost_the_same_for_more_rows(make: Any, api: Any, officer_client: Client):
    def cost() -> list[int]:
        found = []
        for name in (LIST, PROOFS):
            officer_client.get(address(name))
            with CaptureQueriesContext(connection) as asked:
                assert officer_client.get(address(name)).status_code == 200
            found.append(len(asked))
        return found

    def add(*names: str) -> None:
        for name in names:
            make(f"{name}-kept")
            api.delete(f"/api/v1/voice-profiles/{make(name).pk}")

    add("a")
    few = cost()
    add(*"bcde")
    assert cost() == few
    assert max(few) <= 20
