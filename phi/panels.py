"""A call's recording and transcript as parts of admin pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from audit.refusals import record_refusal, told
from consent.models import Call
from core import panels
from core.actors import actor_of
from core.errors import CiphertextRefused
from core.panels import Panel
from phi.models import MutedVariant, PurposeOfUse, Transcript, VoiceRecording
from phi.services import care, muting
from phi.services.playing import MUTED, ORIGINAL, playable_variants
from phi.services.transcripts import MASKED, read_transcript

_LABEL = re.compile(r"\[([A-Z]{2,16})\]")


class PurposeForm(forms.Form):
    """Why somebody wants to listen or read."""

    purpose_of_use = forms.ChoiceField(
        label="Purpose of use",
        choices=[("", "Choose one"), *PurposeOfUse.choices],
        widget=UnfoldAdminSelectWidget,
    )


class PlayForm(PurposeForm):
    """And which variant of a recording they want to hear: the muted one, where there is a
    choice."""

    variant = forms.ChoiceField(label="Variant", required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, recording: VoiceRecording, data: Any = None) -> None:
        super().__init__(data, auto_id="play_%s")
        self.offered = playable_variants(recording)
        field = cast(forms.ChoiceField, self.fields["variant"])
        field.choices = [(each, VARIANT_NAMES[each]) for each in self.offered]

    def clean_variant(self) -> str:
        """The one that was chosen, else the first."""
        return self.cleaned_data["variant"] or self.offered[0]


# Why muting failed, by the kind of error that is written down.
_FAILURES = {
    "CiphertextRefused": "What is stored does not open: it was changed, or its key is gone.",
    "FileNotFoundError": "The stored audio is missing.",
    "NotMuted": "What was written was not the recording with those stretches silenced.",
    "SoundRefused": "Its sound cannot be read, or not be written as FLAC.",
    "StorageUnavailable": "The store of recordings did not answer.",
    muting.LOST_WORKER: "Each worker that began it was stopped before it had finished.",
}
VARIANT_NAMES = {MUTED: "Muted: what the transcript masks is not heard", ORIGINAL: "Original"}


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
    variant = muting.variant_of(recording)
    offered = playable_variants(recording)
    lost = recording.lost_at is not None and MUTED not in offered
    allowed = request.user.has_perm("phi.play_recording")  # type: ignore[union-attr]
    failed = variant is not None and (
        variant.state == MutedVariant.State.FAILED or variant.lost_at is not None
    )
    again = failed and recording.blob is not None
    may_mute = request.user.has_perm(muting.MUTE)  # type: ignore[union-attr]
    return {
        "recording": recording,
        "variant": variant,
        "lost": lost,
        "failed": failed,
        "failure": _FAILURES.get(variant.error, variant.error) if variant else "",
        "retry": again and may_mute,
        "form": PlayForm(recording) if offered and allowed and not lost else None,
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
    rows = VoiceRecording.objects.select_related("muted").filter(call=call)
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
