"""Recordings and transcripts in the admin: listened to and read for a purpose, every time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import IntegerField, Q, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.views.decorators.http import require_safe

from accounts.stepup import recent_factor
from audit.modeladmin import ReadOnlyAdmin
from audit.refusals import record_refusal, told
from consent.models import Call
from core import inventory
from core.actors import actor_of
from core.errors import CiphertextRefused, Problem
from phi import panels, waveforms
from phi.admin import search
from phi.blobs import StorageUnavailable
from phi.models import PurposeOfUse, Transcript, VoiceRecording
from phi.playback import audio_response
from phi.services import care, muting
from phi.services.keeping import RECORDINGS, TRANSCRIPTS
from phi.services.playing import (
    MUTED,
    QUARANTINED,
    note_refused,
    open_sound,
    waveform_of,
)
from phi.services.transcripts import ORIGINAL, read_transcript
from retention.schedule import keep_of

PLAY_SALT = "phi.play"
PLAY_TIME = timedelta(hours=4)
MOST_CALLS = 1_000

panels.register()


def _strangers_noted(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """That care staff asked for a stranger's is an event, after the step was rolled back."""

    @wraps(view)
    def noted(self: Any, request: HttpRequest, object_id: UUID) -> HttpResponseBase:
        try:
            return view(self, request, object_id)
        except care.NotYourPatient:
            self.note_stranger(request, object_id)
            raise Http404 from None

    return noted


class ContentAdmin(ReadOnlyAdmin):
    """What recordings and transcripts have in common: whose they are, their end, and steps for a
    purpose. Care staff know of their own patients' alone."""

    code = event_type = ""
    list_related: tuple[str, ...] = ("call",)
    search_help_text = "The exact id of this, its call or its data subject"
    exact_search = ("id", "call")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        days = keep_of(inventory.get(self.code), timezone.now()).days
        rows = care.of_own_patients(super().get_queryset(request), request.user)
        rows = rows.select_related(*self.list_related)
        return rows.annotate(keep_days=Value(days, output_field=IntegerField()))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        # To care staff a stranger's is not there; that they asked is written down.
        if (
            object_id
            and care.is_bound(request.user)
            and self.has_view_permission(request)
            and self.get_object(request, object_id) is None
        ):
            self.note_stranger(request, object_id[:36])
        return super().changeform_view(request, object_id, form_url, extra_context)

    def note_stranger(self, request: HttpRequest, object_id: Any) -> None:
        """Write down that care staff asked for what is not for them to know of."""
        care.note_stranger(
            actor=actor_of(request),
            event_type=self.event_type,
            model=self.model,
            object_id=object_id,
            purpose_of_use=request.POST.get("purpose_of_use", ""),
        )

    @admin.display(description="call")
    def call_id(self, row: Any) -> UUID:
        found: UUID = row.call_id
        return found

    @admin.display(description="delete after", ordering="captured_at")
    def delete_after(self, row: Any) -> str:
        end = inventory.get(self.code).keep.end(row.captured_at, row.keep_days)
        return str(localize(timezone.localtime(end)))

    def search_exactly(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        try:
            id_ = UUID(term)
        except ValueError:
            return queryset.none()
        # The person's calls first: an OR over a join would read every row.
        calls = Call.objects.filter(subject_id=id_).values_list("id", flat=True)[:MOST_CALLS]
        return queryset.filter(Q(id=id_) | Q(call__in=[id_, *calls]))

    def step(self, request: HttpRequest, object_id: UUID, permission: str) -> Any:
        """The row of a further step. Raises PermissionDenied, the same whether there is such a
        row or not; NotYourPatient for care staff and Http404."""
        if not self.has_view_permission(request) or not request.user.has_perm(permission):
            raise PermissionDenied
        obj = self.get_object(request, str(object_id))
        if obj is None:
            raise care.NotYourPatient() if care.is_bound(request.user) else Http404
        return obj

    def address(self, obj: Any, step: str = "change") -> str:
        """Where a step of the object is."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{step}", args=[obj.pk])


class MutingFilter(admin.ChoicesFieldListFilter):
    """How far its muted variant is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "muted variant"


@admin.register(VoiceRecording)
class VoiceRecordingAdmin(ContentAdmin):
    code, event_type = RECORDINGS, "recording"
    list_display = ("id", "call_id", "captured_at", "state", "duration", "delete_after")
    list_related = ("call", "muted")
    list_filter = ("state", ("muted__state", MutingFilter), "format")
    fields = (
        "id",
        "call",
        "state",
        "quarantine_reason",
        "duration",
        "format",
        "codec",
        "sample_rate",
        "channels",
        "bytes",
        "sha256",
        "captured_at",
        "created_at",
        "lost_at",
        "muted_variant",
        "muted_sha256",
        "silenced",
        "original_destroyed_at",
        "delete_after",
    )
    readonly_fields = ("duration", "muted_variant", "muted_sha256", "silenced", "delete_after")

    @admin.display(description="duration", ordering="duration_ms")
    def duration(self, recording: VoiceRecording) -> str:
        return "{:d}:{:02d}".format(*divmod(round(recording.duration_ms / 1000), 60))

    @admin.display(description="muted variant")
    def muted_variant(self, recording: VoiceRecording) -> str:
        variant = muting.variant_of(recording)
        return variant.get_state_display() if variant else "–"

    @admin.display(description="SHA-256 of the muted variant")
    def muted_sha256(self, recording: VoiceRecording) -> str:
        variant = muting.variant_of(recording)
        return (variant.sha256 if variant else "") or "–"

    @admin.display(description="stretches silenced")
    def silenced(self, recording: VoiceRecording) -> str:
        variant = muting.variant_of(recording)
        return "–" if variant is None or variant.intervals is None else str(variant.intervals)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        audio = wrap(require_safe(self.audio))
        own = [
            path("<uuid:object_id>/play/", wrap(self.play), name="phi_voicerecording_play"),
            path("<uuid:object_id>/audio/", audio, name="phi_voicerecording_audio"),
            path("<uuid:object_id>/mute/", wrap(self.mute), name="phi_voicerecording_mute"),
        ]
        return own + super().get_urls()

    @_strangers_noted
    @recent_factor("open a recording")
    @transaction.atomic
    def play(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """The player, for a purpose of use; hearing the sound is an event of its own."""
        recording = self.step(request, object_id, "phi.play_recording")
        if request.method != "POST":
            return HttpResponseRedirect(self.address(recording))
        form = panels.PlayForm(recording, request.POST)
        source, refusal = "", None
        picture, damaged, wanted = None, "", {"purpose_of_use": "", "variant": ""}
        if not form.offered:
            # Nothing can be played: say why, whatever was chosen.
            refusal = self._refusal(request, recording)
        elif form.is_valid():
            wanted = form.cleaned_data
            purpose, variant = wanted["purpose_of_use"], wanted["variant"]
            try:
                # Told here: a browser says nothing of why sound does not come.
                open_sound(recording, variant).close()
                picture, damaged = self._picture(request, recording, variant)
                grant = _grant(request, recording, purpose, variant)
                source = f"{self.address(recording, 'audio')}?{grant}"
                self.audit(request, "player_opened", recording, **wanted)
            except Problem as problem:
                # The store is away, or a quarantine came in between.
                refusal = problem
        page = self.page(
            request,
            "admin/phi/player.html",
            title=f"Listen to {recording}",
            recording=recording,
            form=form,
            source=source,
            refusal=refusal.detail if refusal else "",
            waveform=picture,
            damaged=damaged,
            purpose=PurposeOfUse(wanted["purpose_of_use"]).label if source else "",
            variant=panels.VARIANT_NAMES.get(wanted["variant"], ""),
            back=self.address(recording),
        )
        if isinstance(refusal, StorageUnavailable):
            page.status_code = refusal.status
        return page

    def _refusal(self, request: HttpRequest, recording: VoiceRecording) -> Problem | None:
        """Why it cannot be played; that one in quarantine was asked for is an event."""
        try:
            open_sound(recording).close()
        except Problem as problem:
            self._note_refused(request, recording, problem, request.POST.get("purpose_of_use", ""))
            return problem
        return None

    def _note_refused(
        self,
        request: HttpRequest,
        recording: VoiceRecording,
        problem: Problem,
        purpose: str,
        variant: str = MUTED,
    ) -> None:
        if problem.code == QUARANTINED:
            note_refused(
                actor=actor_of(request),
                recording_id=recording.pk,
                problem=problem,
                purpose_of_use=purpose,
                variant=variant,
            )

    def mute(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Have it muted again."""
        recording = self.step(request, object_id, muting.MUTE)
        if request.method == "POST":
            try:
                muting.retry_muting(actor=actor_of(request), recording_id=recording.pk)
            except Problem as problem:
                messages.error(request, problem.detail)
            else:
                messages.success(request, "The recording is being muted again.")
        return HttpResponseRedirect(self.address(recording))

    def _picture(
        self, request: HttpRequest, recording: VoiceRecording, variant: str
    ) -> tuple[dict[str, Any] | None, str]:
        """What the page needs to draw the sound, or why the picture does not open: the sound may
        all the same."""
        try:
            picture = waveform_of(recording, variant)
        except CiphertextRefused as error:
            record_refusal(actor=actor_of(request), error=error)
            return None, told(error)
        if not picture:
            return None, ""
        return {
            "path": waveforms.path(picture),
            "width": waveforms.width(picture),
            "seconds": max(1, round(recording.duration_ms / 1000)),
            "duration": self.duration(recording),
        }, ""

    @_strangers_noted
    def audio(self, request: HttpRequest, object_id: UUID) -> HttpResponseBase:
        """The sound, for the person and the purpose that the player was opened for."""
        recording = self.step(request, object_id, "phi.play_recording")
        try:
            granted = signing.loads(request.GET.get("grant", ""), salt=PLAY_SALT, max_age=PLAY_TIME)
        except signing.BadSignature:
            raise PermissionDenied from None
        if len(granted) != 4 or granted[:2] != [str(recording.pk), str(request.user.pk)]:
            raise PermissionDenied
        try:
            return audio_response(
                request=request,
                actor=actor_of(request),
                recording=recording,
                purpose_of_use=granted[2],
                variant=granted[3],
            )
        except Problem as problem:
            self._note_refused(request, recording, problem, *granted[2:])
            return HttpResponse(
                problem.detail,
                status=problem.status,
                headers=problem.headers,
                content_type="text/plain; charset=utf-8",
            )


def _grant(request: HttpRequest, recording: VoiceRecording, purpose: str, variant: str) -> str:
    """A signed word that this person may hear this variant for this purpose, for a while."""
    words = [str(recording.pk), str(request.user.pk), purpose, variant]
    return f"grant={signing.dumps(words, salt=PLAY_SALT)}"


@admin.register(Transcript)
class TranscriptAdmin(ContentAdmin):
    code, event_type = TRANSCRIPTS, "transcript"
    list_display = ("id", "call_id", "captured_at", "language", "masked", "delete_after")
    fields = ("id", "call", "language", "masked", "captured_at", "created_at", "delete_after")
    readonly_fields = ("masked", "delete_after")
    list_before_template = "phi/transcript_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.resolver_match and "_changelist" in (request.resolver_match.url_name or ""):
            rows = rows.defer("masked_sealed", "original_sealed")
        return rows

    @admin.display(description="masked")
    def masked(self, transcript: Transcript) -> str:
        return ", ".join(f"{n} × {label}" for label, n in transcript.findings.items()) or "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.original)
        own = [path("<uuid:object_id>/original/", view, name="phi_transcript_original")]
        return own + search.urls(self) + super().get_urls()

    @_strangers_noted
    @recent_factor("read what was said, unmasked")
    @transaction.atomic
    def original(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """What was said, for a purpose of use, on this answer alone."""
        transcript = self.step(request, object_id, "phi.read_original")
        if request.method != "POST":
            return HttpResponseRedirect(self.address(transcript))
        form = panels.purpose_form("original", request.POST)
        turns: list[dict[str, Any]] | None = None
        if form.is_valid():
            turns = panels.conversation(
                read_transcript(
                    actor=actor_of(request),
                    transcript=transcript,
                    view=ORIGINAL,
                    purpose_of_use=form.cleaned_data["purpose_of_use"],
                )
            )
        return self.page(
            request,
            "admin/phi/original.html",
            title=f"The original of {transcript}",
            form=form,
            turns=turns,
            back=self.address(transcript),
        )
