"""A call as an officer sees it: what the gate said, and the masked transcript."""

import httpx
import pytest
from playwright.sync_api import expect

from audit.models import AuditEvent
from consent.models import Call
from voicecompliance import demo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calls(live_server, caller):
    """The demonstration calls, sent through the API to the live server."""
    headers = {"Authorization": f"Bearer {caller.token}"}
    with httpx.Client(base_url=live_server.url, headers=headers, timeout=60) as client:
        return {
            script["name"]: demo.play(client, script, audio) for script, audio in demo.scripts()
        }


def test_a_call_and_its_masked_transcript(signed_in, officer, calls, shot):
    page = signed_in(officer)
    page.goto("/admin/")
    shot(page, "start")
    page.goto("/admin/consent/call/")
    assert page.locator("#result_list tbody tr").count() == 4
    shot(page, "calls")
    page.goto(f"/admin/consent/call/{calls['payment'].call_id}/change/")
    body = page.locator("#content, main").first.inner_text()
    assert "[CARD]" in body
    assert "[CVV]" in body
    assert "4242" not in body
    shot(page, "call")
    events = AuditEvent.objects.about("consent.Call", calls["payment"].call_id)
    viewed = events.filter(action="viewed", actor_name="officer-one")
    # The look at the person whose call it is, and nothing that says it again.
    assert list(viewed.values_list("event_type", flat=True)) == ["call"]


def test_the_original_needs_a_purpose_and_is_audited(signed_in, officer, calls, shot):
    from phi.models import Transcript

    transcript = Transcript.objects.get(call_id=calls["clinic"].call_id)
    page = signed_in(officer)
    page.goto(f"/admin/phi/transcript/{transcript.id}/change/")
    assert "oh nine five eight" not in page.locator("#content, main").first.inner_text()
    page.get_by_label("Purpose of use").select_option("patient_request")
    page.get_by_role("button", name="Show the original").click()
    expect(page.locator("#content, main").first).to_contain_text("oh nine five eight")
    shot(page, "original")
    event = AuditEvent.objects.about("phi.Transcript", str(transcript.id)).first()
    assert event.details["purpose_of_use"] == "patient_request"


def test_a_recording_plays_for_a_purpose(signed_in, officer, calls, shot):
    from phi.models import VoiceRecording

    recording = VoiceRecording.objects.get(call_id=calls["clinic"].call_id)
    page = signed_in(officer)
    page.goto(f"/admin/phi/voicerecording/{recording.id}/change/")
    page.get_by_label("Purpose of use").select_option("operations")
    page.get_by_role("button", name="Open the player").click()
    player = page.locator("audio")
    player.wait_for()
    # Nothing is fetched, and so nothing audited, before it is played.
    player.evaluate("element => { element.muted = true; return element.play(); }")
    page.wait_for_function("document.querySelector('audio').readyState >= 2", timeout=10_000)
    seconds = player.evaluate("element => element.duration")
    assert abs(seconds * 1000 - recording.duration_ms) < 500
    shot(page, "player")
    quarantined = VoiceRecording.objects.get(call_id=calls["payment"].call_id)
    page.goto(f"/admin/phi/voicerecording/{quarantined.id}/change/")
    assert page.locator("audio").count() == 0
    assert "uarantine" in page.locator("#content, main").first.inner_text()


def test_a_refused_call_keeps_nothing(signed_in, officer, calls):
    page = signed_in(officer)
    call = Call.objects.get(id=calls["survey_refused"].call_id)
    page.goto(f"/admin/consent/call/{call.id}/change/")
    assert "consent-denied" in page.locator("#content, main").first.inner_text()


def test_the_picture_of_a_recording_leads_through_it(signed_in, officer, calls, shot):
    from phi.models import VoiceRecording

    recording = VoiceRecording.objects.get(call_id=calls["clinic"].call_id)
    page = signed_in(officer)
    page.goto(f"/admin/phi/voicerecording/{recording.id}/change/")
    page.get_by_label("Purpose of use").select_option("quality")
    page.get_by_role("button", name="Open the player").click()
    picture = page.get_by_role("slider", name="Place in the recording")
    expect(picture).to_have_attribute("aria-valuenow", "0")
    shot(page, "player")
    # By the keyboard alone: to the end and back, and five seconds on.
    picture.focus()
    page.keyboard.press("End")
    whole = round(recording.duration_ms / 1000)
    expect(picture).to_have_attribute("aria-valuenow", str(whole))
    page.wait_for_function("document.getElementById('player').currentTime > 1")
    page.keyboard.press("Home")
    expect(picture).to_have_attribute("aria-valuenow", "0")
    # By the pointer: half-way.
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] / 2, "y": 20})
    half = recording.duration_ms / 2000
    page.wait_for_function(f"Math.abs(document.getElementById('player').currentTime - {half}) < 1")
    played = page.locator("#waveform-played")
    assert abs(float(played.get_attribute("width")) / 400 - 0.5) < 0.1
    shot(page, "player-half-way")
    # The browser draws the controls: in the dark theme it is told to draw them dark.
    drawn = "getComputedStyle(document.getElementById('player')).colorScheme"
    assert page.evaluate(drawn) != "dark"
    page.evaluate("document.documentElement.className = 'dark'")
    assert page.evaluate(drawn) == "dark"
    shot(page, "player-dark")
