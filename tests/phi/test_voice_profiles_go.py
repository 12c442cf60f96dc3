"""When voice profiles go, to the day, with proof; and what measures it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import evidence, inventory
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from phi.models import VoiceProfile, VoiceProfileDestruction
from phi.services.voiceprofiles import confirm_vendor_destruction
from retention.deleter import enforce
from retention.models import LegalHold, Tombstone
from retention.report import Item
from retention.schedule import explain
from vault.models import DataKey

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def make(api: Any, give_consent: Callable[..., Any]) -> Callable[..., VoiceProfile]:
    def kept(name: str, **consent: Any) -> VoiceProfile:
        person = api.post("/api/v1/subjects", {"external_id": name}, format="json").json()
        given = give_consent(person["id"], "voiceprint", method="written", **consent)
        body = {
            "subject": person["id"],
            "vendor": "Voices Inc",
            "template_ref": f"ref-{name}",
            "consent": given["id"],
        }
        answer = api.post("/api/v1/voice-profiles", body, format="json")
        assert answer.status_code == 201, answer.content
        return VoiceProfile.objects.get(pk=answer.json()["id"])

    return kept


def withdraw(give_consent: Any, profile: VoiceProfile) -> None:
    give_consent(
        profile.subject_id, "voiceprint", decision="withdrawn", method="verbal", notice_version=None
    )


def sweep(now: datetime, **kwargs: Any) -> Any:
    return enforce(actor=SYSTEM, now=now, **kwargs).categories["voice_profiles"]


def gone() -> dict[Any, str]:
    return dict(VoiceProfileDestruction.objects.values_list("profile_id", "cause"))


def test_three_years_after_the_last_interaction_to_the_day(make: Any):
    # The person is still dealt with: only the voiceprint is not used.
    profile = make("one")
    end = min(
        profile.last_interaction_at + 1095 * DAY,
        profile.last_interaction_at + relativedelta(years=3),
    )
    profile.subject.last_interaction_at = end
    profile.subject.save(update_fields=["last_interaction_at"])
    assert sweep(end - SECOND).deleted == 0
    assert sweep(end).deleted == 1
    assert gone() == {profile.pk: "unused"}


def test_what_is_withdrawn_goes_with_the_next_sweep(make: Any, give_consent: Any, events: Any):
    ended, kept = make("one"), make("two")
    withdraw(give_consent, ended)
    now = timezone.now()
    items: list[Item] = []
    dry = sweep(now, dry_run=True, on_item=items.append)
    assert (dry.deleted, dry.kept) == (1, 1)
    (item,) = [each for each in items if each.category == "voice_profiles"]
    assert (item.id, item.outcome, item.reason) == (str(ended.pk), "due", "its purpose has ended")
    assert item.ends <= now
    assert "its purpose has ended" in explain(inventory.get("voice_profiles"), ended, now).sentence
    assert sweep(now).deleted == 1
    assert list(VoiceProfile.objects.values_list("pk", flat=True)) == [kept.pk]
    assert gone() == {ended.pk: "release"}
    assert Tombstone.objects.get(category="voice_profiles").object_id == str(ended.pk)
    keys = DataKey.objects.filter(key_class="voice_profile")
    assert keys.get(owner_id=ended.subject_id).destroyed_at is not None
    assert keys.get(owner_id=kept.subject_id).destroyed_at is None
    (event,) = [e for e in events("retention", "deleted") if e.object_id == str(ended.pk)]
    assert (event.details["over"], event.details["over_reason"]) == (1, "its purpose has ended")
    assert events("vault", "keys_destroyed")


def test_an_expired_release(make: Any):
    end = timezone.now() + 30 * DAY
    make("one", expires_at=end.isoformat())
    assert sweep(end - SECOND).deleted == 0
    assert sweep(end).deleted == 1


def test_a_hold_keeps_what_is_over(make: Any, give_consent: Any):
    profile = make("one")
    withdraw(give_consent, profile)
    hold = LegalHold.objects.create(
        matter="m",
        reason="r",
        custodian="c",
        subject_id=profile.subject_id,
        placed_by_id="1",
        placed_by_name="olive",
        placed_at=timezone.now(),
    )
    now = timezone.now()
    found = sweep(now)
    assert (found.deleted, found.held) == (0, 1)
    assert str(hold.pk) in explain(inventory.get("voice_profiles"), profile, now).sentence
    LegalHold.objects.update(released_at=now)
    assert sweep(now).deleted == 1


def test_many_go_in_as_many_queries_as_one(make: Any, give_consent: Any):
    # A sweep asks for every declared kind, so the number itself grows with the kinds.
    costs = []
    for names in ("a", "bcdefghi"):
        for name in names:
            withdraw(give_consent, make(name))
        with CaptureQueriesContext(connection) as asked:
            assert sweep(timezone.now()).deleted == len(names)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_vendors_word_is_kept(make: Any, api: Any, events: Any):
    api.delete(f"/api/v1/voice-profiles/{make('one').pk}")
    proof = VoiceProfileDestruction.objects.get()
    # Without the vendor's word the proof does not run out.
    far = timezone.now() + 9000 * DAY
    enforce(actor=SYSTEM, now=far)
    assert VoiceProfileDestruction.objects.exists()
    with pytest.raises(Invalid):
        confirm_vendor_destruction(actor=SYSTEM, destruction_id=proof.pk, how=" ")
    with pytest.raises(NotFound):
        confirm_vendor_destruction(actor=SYSTEM, destruction_id=proof.profile_id, how="Letter")
    confirm_vendor_destruction(actor=SYSTEM, destruction_id=proof.pk, how="Certificate 12")
    with pytest.raises(Conflict):
        confirm_vendor_destruction(actor=SYSTEM, destruction_id=proof.pk, how="Again")
    proof.refresh_from_db()
    assert proof.vendor_confirmation == "Certificate 12"
    (event,) = events("voice_profile", "vendor_destruction_confirmed")
    assert event.object_id == str(proof.pk)
    enforce(actor=SYSTEM, now=proof.vendor_destroyed_at + relativedelta(years=5) - SECOND)
    assert VoiceProfileDestruction.objects.exists()
    enforce(actor=SYSTEM, now=proof.vendor_destroyed_at + relativedelta(years=5))
    assert not VoiceProfileDestruction.objects.exists()


def test_evidence_of_releases(make: Any, give_consent: Any):
    assert evidence.measure("phi.voice_profiles_released").status == "unknown"
    profile = make("one")
    make("two")
    result = evidence.measure("phi.voice_profiles_released")
    assert (result.status, result.figure) == ("pass", "2 of 2 profiles")
    withdraw(give_consent, profile)
    assert evidence.measure("phi.voice_profiles_released").status == "pass"
    # It should have gone with the sweep of the hour.
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        result = evidence.measure("phi.voice_profiles_released")
    assert (result.status, result.figure) == ("fail", "1 of 2 profiles")


def test_evidence_of_vendors(make: Any, api: Any):
    assert evidence.measure("phi.voice_profiles_destroyed").status == "unknown"
    api.delete(f"/api/v1/voice-profiles/{make('one').pk}")
    assert evidence.measure("phi.voice_profiles_destroyed").status == "pass"
    with time_machine.travel(timezone.now() + 31 * DAY, tick=False):
        result = evidence.measure("phi.voice_profiles_destroyed")
        assert (result.status, result.figure) == ("fail", "1 of 1 not confirmed")
        proof = VoiceProfileDestruction.objects.get()
        confirm_vendor_destruction(actor=SYSTEM, destruction_id=proof.pk, how="Certificate")
        assert evidence.measure("phi.voice_profiles_destroyed").status == "pass"
