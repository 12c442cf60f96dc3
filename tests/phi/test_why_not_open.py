"""Why something does not open: its wrapping key is missing, its data key was destroyed, or it was
changed. Each is told apart, wherever it shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from core import wrapping
from core.actors import Actor
from phi.models import Transcript, VoiceRecording
from phi.services.disclosures import record_disclosure
from phi.services.suspensions import suspend
from tests.phi.conftest import problem
from vault import services as vault
from vault.models import DataKey

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
SAID = {
    "missing": "which FIELD_ENCRYPTION_KEYS does not hold",
    "destroyed": "was destroyed",
    "changed": "was changed or moved",
}
CASES = sorted(SAID)


def harm(case: str, subject: Any, key_class: str, table: str, column: str) -> None:
    """Bring a person's sealed rows into one of the three cases."""
    if case == "destroyed":
        assert vault.shred(actor=SYSTEM, owner_id=subject.pk, key_class=key_class) == 1
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE none")
        if case == "missing":
            # The data key as if another wrapping key had wrapped it, whose id its token names.
            cursor.execute(
                "UPDATE vault_datakey SET wrapped = 'vc1:00000000000000aa:'"
                " || split_part(wrapped, ':', 3) WHERE owner_id = %s",
                [subject.pk],
            )
        else:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"UPDATE {table} SET {column} = set_byte({column}, 40, get_byte({column}, 40) # 1)"
            )
        cursor.execute("SET LOCAL ROLE voicecompliance_web")


def only(page: str, case: str) -> None:
    """The page tells this case and neither of the others."""
    for each, words in SAID.items():
        assert (words in page) == (each == case), (each, case)


@pytest.mark.parametrize("case", CASES)
def test_a_transcript_on_its_calls_page(
    recording: VoiceRecording, subject: Any, officer_client: Client, case: str
) -> None:
    harm(case, subject, "content", "phi_transcript", "masked_sealed")
    answer = officer_client.get(reverse("admin:consent_call_change", args=[recording.call_id]))
    assert answer.status_code == 200
    only(answer.content.decode(), case)


@pytest.mark.parametrize("case", CASES)
def test_a_transcript_that_search_finds(
    settings: Any,
    call: str,
    tell: Any,
    subject: Any,
    officer_client: Client,
    case: str,
) -> None:
    settings.TRANSCRIPT_SEARCH = True
    assert tell(call).status_code == 201
    harm(case, subject, "content", "phi_transcript", "masked_sealed")
    page = officer_client.post(
        reverse("admin:phi_transcript_search"), {"text": "help", "language": "en"}
    )
    assert page.status_code == 200
    only(page.content.decode(), case)


@pytest.mark.parametrize("case", CASES)
def test_a_disclosure_on_the_persons_page_and_its_own(
    subject: Any, officer_client: Client, case: str
) -> None:
    row = record_disclosure(
        actor=SYSTEM,
        subject=subject,
        disclosed_at=timezone.now() - timedelta(days=3),
        authority="512d",
        texts={"recipient": "Quill", "address": "", "description": "A test", "purpose": "Audit"},
    )
    suspend(
        actor=SYSTEM,
        disclosure_id=row.pk,
        form="oral",
        agency="Inspector Nib",
        stated_on=timezone.now().date() - timedelta(days=1),
    )
    harm(case, subject, "health", "phi_disclosure", "content_sealed")
    for address in (
        reverse("admin:consent_datasubject_change", args=[subject.pk]),
        reverse("admin:phi_disclosure_change", args=[row.pk]),
        reverse("admin:phi_disclosure_correct", args=[row.pk]),
    ):
        answer = officer_client.get(address)
        assert answer.status_code == 200
        only(answer.content.decode(), case)


@pytest.mark.parametrize("case", CASES)
def test_the_picture_of_a_recording(
    recording: VoiceRecording, subject: Any, officer_client: Client, case: str
) -> None:
    harm(case, subject, "content", "phi_voicerecording", "waveform_sealed")
    page = officer_client.post(
        reverse("admin:phi_voicerecording_play", args=[recording.pk]),
        {"purpose_of_use": "quality"},
    )
    assert page.status_code == 200
    only(page.content.decode(), case)


def original(client: Client) -> Any:
    transcript = Transcript.objects.get()
    return client.post(
        reverse("admin:phi_transcript_original", args=[transcript.pk]),
        {"purpose_of_use": "quality"},
    )


def test_a_missing_key_has_a_page_of_what_it_covers_and_what_to_do(
    recording: VoiceRecording, subject: Any, officer_client: Client
) -> None:
    under = DataKey.objects.filter(owner_id=subject.pk).count()
    harm("missing", subject, "content", "phi_transcript", "original_sealed")
    answer = original(officer_client)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "under key 00000000000000aa" in page
    assert f"Data keys: {under}." in page
    assert "not counted yet" in page
    assert "Do not rotate, and delete nothing" in page
    assert "docs/keys.md" in page
    assert "tampered" not in page
    assert len(AuditEvent.objects.filter(event_type="integrity")) == 1


def test_the_pages_words_are_the_documentations(
    recording: VoiceRecording, subject: Any, officer_client: Client
) -> None:
    """What to do is said once, and here as there."""
    from tests.docs.pages import ROOT

    said = " ".join((ROOT / "docs" / "keys.md").read_text().split())
    page = (ROOT / "templates" / "key_missing.html").read_text()
    for words in (
        "Do not rotate, and delete nothing. Look for the key in every back-up: put it back into"
        " the list, behind the newest, and restart.",
        "Is it gone for good, what it covered is too. Destruction and retention still work on those"
        " rows.",
    ):
        assert words in page
        assert words in said


def test_a_destroyed_key_has_a_page(
    recording: VoiceRecording, subject: Any, officer_client: Client, api: Any
) -> None:
    harm("destroyed", subject, "content", "phi_transcript", "original_sealed")
    answer = original(officer_client)
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "was destroyed" in page
    assert "tampered" not in page
    transcript = Transcript.objects.get()
    body = problem(api.get(f"/api/v1/transcripts/{transcript.pk}"), 500, "ciphertext-refused")
    assert "was destroyed" in body["detail"]


@pytest.fixture
def vault_away(recording: VoiceRecording, officer_client: Client, settings: Any) -> None:
    """The list's entries are kept in a Vault where nobody listens."""
    settings.FIELD_ENCRYPTION_PROVIDER = "vault"
    settings.FIELD_ENCRYPTION_KEYS = ("vault:v1:" + 60 * "A",)
    settings.VAULT_ADDR = "http://127.0.0.1:9"
    settings.VAULT_TOKEN = "nobody's"


def test_keys_that_cannot_be_loaded_are_an_outage(
    vault_away: None, api: Any, officer_client: Client
) -> None:
    transcript = Transcript.objects.get()
    answer = api.get(f"/api/v1/transcripts/{transcript.pk}")
    body = problem(answer, 503, "key-unavailable")
    assert answer["Retry-After"] == str(int(wrapping.RETRY_AFTER))
    assert "127.0.0.1" not in body["detail"]
    shown = original(officer_client)
    assert shown.status_code == 503
    assert "cannot be loaded where they are kept" in shown.content.decode()
    assert "127.0.0.1" not in shown.content.decode()
    # Nothing that is stored is in doubt.
    assert not AuditEvent.objects.filter(event_type="integrity").exists()
