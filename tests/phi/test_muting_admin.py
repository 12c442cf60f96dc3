"""The muted variant in the admin: offered first, and what an officer sees where it failed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from phi import blobs as store
from phi.models import MutedVariant, VoiceRecording
from phi.services import silencing
from phi.services.playing import MUTED, ORIGINAL, QUARANTINED
from phi.services.recordings import quarantine
from tests.phi.conftest import CODE_TURNS, problem
from tests.phi.test_muting import BODY, EMAIL_TURNS, HEARD, silent_in, work

pytestmark = pytest.mark.django_db


def address(step: str = "change") -> str:
    return reverse(f"admin:phi_voicerecording_{step}", args=[VoiceRecording.objects.get().pk])


def call_page() -> str:
    return reverse("admin:consent_call_change", args=[VoiceRecording.objects.get().call_id])


def offered(page: str) -> list[str]:
    form = page[page.index('id="play-form"') :]
    select = re.search(r'<select name="variant".*?</select>', form, re.S)
    assert select is not None
    return re.findall(r'<option value="(\w+)"', select[0])


def listen(client: Client, **data: str) -> bytes:
    page = client.post(address("play"), {"purpose_of_use": "legal", **data})
    source = re.search(r'<audio[^>]* src="([^"]+)"', page.content.decode())
    assert source is not None
    return b"".join(client.get(source[1]).streaming_content)  # type: ignore[attr-defined]


@pytest.fixture
def both(call: str, put: Any, tell: Any) -> None:
    put(call, BODY)
    tell(call, EMAIL_TURNS)


@pytest.fixture
def failed(call: str, put: Any, tell: Any, monkeypatch: Any) -> None:
    put(call, BODY)
    tell(call, CODE_TURNS)
    with monkeypatch.context() as broken:
        broken.setattr(silencing, "muted_chunks", lambda *args, **kwargs: iter([b"x"]))
        assert work().state == "failed"


def test_the_muted_one_is_offered_first(both: None, officer_client: Client, events: Any) -> None:
    # Until it is there the original is all that there is.
    assert offered(officer_client.get(address()).content.decode()) == [ORIGINAL]
    work()
    for each in (address(), call_page()):
        assert offered(officer_client.get(each).content.decode()) == [MUTED, ORIGINAL]
    for data in ({}, {"variant": MUTED}):
        assert silent_in(listen(officer_client, **data), [(1450, 2050)])
    assert listen(officer_client, variant=ORIGINAL) == BODY
    opened = events("admin", "player_opened")
    assert [event.details["variant"] for event in opened] == [MUTED, MUTED, ORIGINAL]
    # One look covers its own variant, and no other.
    played = events("recording", "played")
    assert [event.details["variant"] for event in played] == [MUTED, ORIGINAL]
    assert all(event.details["covers_until"] for event in played)
    loud = {"purpose_of_use": "legal", "variant": "loud"}
    assert "<audio" not in officer_client.post(address("play"), loud).content.decode()


def test_a_grant_is_for_one_variant(both: None, officer_client: Client) -> None:
    work()
    page = officer_client.post(address("play"), {"purpose_of_use": "legal"})
    source = re.search(r'<audio[^>]* src="([^"]+)"', page.content.decode())
    assert source is not None
    heard = officer_client.get(source[1] + "&variant=original")
    assert heard["Content-Type"] == "audio/flac"


@pytest.mark.parametrize("variant", [MUTED, ORIGINAL])
def test_where_its_sound_is_not_to_be_had_the_player_says_so(
    both: None, officer_client: Client, blob_root: Path, events: Any, variant: str
) -> None:
    made = work()
    asked = {"purpose_of_use": "legal", "variant": variant}
    aside = blob_root.rename(blob_root.with_name("aside"))
    page = officer_client.post(address("play"), asked)
    assert page.status_code == 503
    assert "store of recordings does not answer" in page.content.decode()
    aside.rename(blob_root)
    name = made.blob if variant == MUTED else VoiceRecording.objects.get().blob
    store.remove([str(name)])
    page = officer_client.post(address("play"), asked)
    assert "The stored audio is missing" in page.content.decode()
    assert "<audio" not in page.content.decode()
    assert events("admin", "player_opened") == events("recording", "played") == []


def test_the_picture_is_the_variants_own(both: None, officer_client: Client) -> None:
    work()

    def drawn(variant: str) -> str:
        page = officer_client.post(
            address("play"), {"purpose_of_use": "legal", "variant": variant}
        ).content.decode()
        path = re.search(r'<path d="([^"]+)"', page)
        assert path is not None
        return path[1]

    assert drawn(MUTED) != drawn(ORIGINAL)


def test_only_the_muted_one_is_left(call: str, put: Any, tell: Any, officer_client: Client) -> None:
    put(call, BODY)
    tell(call, CODE_TURNS)
    page = officer_client.get(call_page()).content.decode()
    assert "It is being muted" in page
    assert 'id="play-form"' not in page
    variant = work()
    for each in (address(), call_page()):
        page = officer_client.get(each).content.decode()
        assert "Only the muted variant is left" in page
        assert offered(page) == [MUTED]
        assert 'id="mute-form"' not in page
    page = officer_client.get(address()).content.decode()
    assert variant.sha256 in page
    assert VoiceRecording.objects.get().sha256 in page
    assert silent_in(listen(officer_client), [HEARD])


def test_where_it_failed_an_officer_sees_it_and_has_it_done_again(
    failed: None, officer_client: Client, events: Any
) -> None:
    for each in (address(), call_page()):
        page = officer_client.get(each).content.decode()
        assert 'data-muting="failed"' in page
        assert "could not be muted" in page
        assert "Its sound cannot be read" in page
        assert 'id="mute-form"' in page
        assert 'id="play-form"' not in page
    listed = reverse("admin:phi_voicerecording_changelist")
    for asked, found in (("failed", True), ("ready", False)):
        listing = officer_client.get(listed, {"muted__state__exact": asked})
        assert (str(VoiceRecording.objects.get().pk) in listing.content.decode()) is found
    note = officer_client.get(reverse("admin:operations_notification_changelist"))
    assert "A recording could not be muted" in note.content.decode()
    refused = officer_client.post(address("play"), {"purpose_of_use": "legal"})
    assert "in quarantine" in refused.content.decode()
    assert [each.details["purpose_of_use"] for each in events("recording", "play_refused")] == [
        "legal"
    ]
    answer = officer_client.post(address("mute"), follow=True)
    assert "is being muted again" in str([str(m) for m in get_messages(answer.wsgi_request)]) or (
        "is being muted again" in answer.content.decode()
    )
    assert work().state == "ready"
    assert events("recording", "muting_retried")[0].actor_name == "officer-one"
    # Again: there is nothing to do.
    answer = officer_client.post(address("mute"), follow=True)
    assert "is muted, or about to be" in answer.content.decode()
    assert len(events("recording", "muting_retried")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_written_down_without_a_transaction_around_it(
    both: None, api: Any, officer_client: Client, system: Actor, events: Any
) -> None:
    """As in production, where no test's transaction is around a request: its own was rolled back,
    or there was none."""
    work()
    recording = VoiceRecording.objects.get()
    page = officer_client.post(address("play"), {"purpose_of_use": "legal"}).content.decode()
    source = re.search(r'<audio[^>]* src="([^"]+)"', page)
    assert source is not None
    quarantine(actor=system, recording_id=recording.pk, reason="A complaint")
    asked = {"purpose_of_use": "quality", "variant": "muted"}
    problem(api.get(f"/api/v1/recordings/{recording.pk}/audio", asked), 403, QUARANTINED)
    assert officer_client.get(source[1]).status_code == 403
    assert officer_client.post(address("play"), asked).status_code == 200
    refused = events("recording", "play_refused")
    assert [each.details["purpose_of_use"] for each in refused] == ["quality", "legal", "quality"]


@pytest.mark.parametrize("role", ["auditor", "care staff"])
def test_others_do_not(
    failed: None, make_person: Any, sign_in: Any, role: str, events: Any
) -> None:
    client = sign_in(make_person(f"person-{role}".replace(" ", "-"), role))
    assert client.post(address("mute")).status_code in (403, 404)
    assert MutedVariant.objects.get().state == "failed"
    assert 'id="mute-form"' not in client.get(address()).content.decode()
    assert events("recording", "muting_retried") == []


def test_a_look_at_the_address_changes_nothing(failed: None, officer_client: Client) -> None:
    assert officer_client.get(address("mute")).status_code == 302
    assert MutedVariant.objects.get().state == "failed"


def test_a_variant_that_is_lost_is_said(both: None, officer_client: Client) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from phi.services.upkeep import sweep

    store.remove([str(work().blob)])
    sweep(before=timezone.now() + timedelta(minutes=1))
    page = officer_client.get(address()).content.decode()
    assert "The muted variant is missing" in page
    assert offered(page) == [ORIGINAL]
    officer_client.post(address("mute"))
    work()
    assert offered(officer_client.get(address()).content.decode()) == [MUTED, ORIGINAL]
