"""A call's recording and transcript as parts of admin pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from audit.refusals import record_refusal, told
from consent.models import Call
from core import panels
from core.actors import actor_of
from core.errors import CiphertextRefused
from core.panels import Panel
from phi.models import PurposeOfUse, Transcript, VoiceRecording
from phi.services import care
from phi.services.transcripts import MASKED, read_transcript

_LABEL = re.compile(r"\[([A-Z]{2,16})\]")


class PurposeForm(forms.Form):
    """Why somebody wants to listen or read."""

    purpose_of_use = forms.ChoiceField(
        label="Purpose of use",
        choices=[("", "Choose one"), *PurposeOfUse.choices],
        widget=UnfoldAdminSelectWidget,
    )


def purpose_form(kind: str, data: Any = None) -> PurposeForm:
    """The form with ids of its own: a call's page holds two of them."""
    return PurposeForm(data, auto_id=f"{kind}_%s")


def pieces(text: str) -> Iterator[dict[str, Any]]:
    """Plain stretches and placeholders of a masked text, in order."""
    for place, part in enumerate(_LABEL.split(text)):
        if part:
            yield {"text": part, "is_label": place % 2 == 1}


def conversation(turns: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turns as ``phi/turns.html`` shows them: speaker, minutes and seconds, pieces."""
    return [
        {
            "speaker": turn["speaker"],
            "time": "{:d}:{:02d}".format(*divmod(turn.get("start_ms", 0) // 1000, 60)),
            "pieces": list(pieces(turn["text"])),
        }
        for turn in turns
    ]


def recording_parts(request: HttpRequest, recording: VoiceRecording) -> dict[str, Any]:
    """What the recording's part of a page needs."""
    playable = recording.state == VoiceRecording.State.AVAILABLE and recording.lost_at is None
    allowed = request.user.has_perm("phi.play_recording")  # type: ignore[union-attr]
    return {
        "recording": recording,
        "playable": playable,
        "form": purpose_form("play") if playable and allowed else None,
    }


def transcript_parts(request: HttpRequest, transcript: Transcript) -> dict[str, Any]:
    """The masked turns and the way to the original, or why the stored words do not open; the
    look is an event of the page's transaction."""
    try:
        turns = read_transcript(actor=actor_of(request), transcript=transcript, view=MASKED)
    except CiphertextRefused as error:
        # The rest of the page stays; that the words do not open is an event of its own.
        record_refusal(actor=actor_of(request), error=error)
        return {"transcript": transcript, "refused": told(error)}
    allowed = request.user.has_perm("phi.read_original")  # type: ignore[union-attr]
    return {
        "transcript": transcript,
        "turns": conversation(turns),
        "findings": transcript.findings,
        "form": purpose_form("original") if allowed else None,
    }


def _call_recording(request: HttpRequest, call: Call) -> dict[str, Any] | None:
    rows = VoiceRecording.objects.filter(call=call)
    recording = care.of_own_patients(rows, request.user).first()
    return None if recording is None else recording_parts(request, recording)


def _call_transcript(request: HttpRequest, call: Call) -> dict[str, Any] | None:
    rows = Transcript.objects.select_related("call").filter(call=call)
    transcript = care.of_own_patients(rows, request.user).first()
    return None if transcript is None else transcript_parts(request, transcript)


def _add(
    model: str,
    title: str,
    template: str,
    context: Callable[[HttpRequest, Any], dict[str, Any] | None],
    permission: str,
    order: int,
) -> None:
    panels.add(
        Panel(
            model=model,
            title=title,
            template=template,
            context=context,
            permission=permission,
            order=order,
        )
    )


def register() -> None:
    """Put the parts on the pages of recordings, transcripts and calls."""
    sound = ("Recording", "phi/recording_panel.html")
    words = ("What was said", "phi/transcript_panel.html")
    _add("phi.VoiceRecording", *sound, recording_parts, "phi.view_voicerecording", 10)
    _add("consent.Call", *sound, _call_recording, "phi.view_voicerecording", 10)
    _add("phi.Transcript", *words, transcript_parts, "phi.view_transcript", 20)
    _add("consent.Call", *words, _call_transcript, "phi.view_transcript", 20)
