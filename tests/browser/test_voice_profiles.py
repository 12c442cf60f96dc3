"""Voice profiles as people meet them: the list, the end, the proof and the vendor's word."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from phi.models import VoiceProfile, VoiceProfileDestruction

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_profile_is_ended_and_its_vendor_confirms(
    signed_in: Any, officer: Any, api: Any, give_consent: Any, shot: Any
) -> None:
    page = signed_in(officer)
    page.goto("/admin/phi/voiceprofile/")
    shot(page, "voice-profiles-empty")
    for name in ("one", "two"):
        person = api.post("/api/v1/subjects", {"external_id": name}, format="json").json()
        given = give_consent(person["id"], "voiceprint", method="written")
        body = {
            "subject": person["id"],
            "vendor": f"Voices {name}",
            "template_ref": f"ref-{name}",
            "consent": given["id"],
        }
        assert api.post("/api/v1/voice-profiles", body, format="json").status_code == 201
    give_consent(
        person["id"], "voiceprint", decision="withdrawn", method="verbal", notice_version=None
    )
    first, withdrawn = VoiceProfile.objects.order_by("pk")
    page.reload()
    expect(page.get_by_role("row").filter(has_text=str(withdrawn.pk))).to_contain_text(
        "to be destroyed"
    )
    shot(page, "voice-profiles")
    page.get_by_role("link", name=str(first.pk)).click()
    shot(page, "voice-profile")
    page.get_by_role("link", name="Its purpose has ended: destroy it").click()
    expect(page.locator("#end-voice-profile")).to_contain_text("cannot be undone")
    page.get_by_role("button", name="Destroy it for good").click()
    expect(page.locator("#end-voice-profile")).to_contain_text("This field is required")
    shot(page, "voice-profile-end")
    assert VoiceProfile.objects.count() == 2
    page.get_by_label("Why has its purpose ended?").fill("The service was given up")
    page.get_by_role("button", name="Destroy it for good").click()
    expect(page.locator("body")).to_contain_text("The profile is destroyed")
    assert not VoiceProfile.objects.filter(pk=first.pk).exists()
    page.goto("/admin/phi/voiceprofiledestruction/")
    expect(page.locator("body")).to_contain_text("vendor to confirm")
    shot(page, "voice-profiles-destroyed")
    page.get_by_role("link", name=str(first.pk)).click()
    shot(page, "voice-profile-proof")
    page.get_by_label("How it was confirmed").fill("Certificate 12 of the vendor")
    page.get_by_role("button", name="The vendor confirmed: its copy is gone").click()
    expect(page.locator("body")).to_contain_text("Certificate 12 of the vendor")
    shot(page, "voice-profile-confirmed")
    assert VoiceProfileDestruction.objects.get().vendor_destroyed_at is not None
