"""The API of voice profiles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import application_of, require_permission
from consent.api import IDEMPOTENCY, own_application, subject_named, valid
from core.actors import actor_of
from core.errors import Forbidden
from operations.idempotency import idempotent
from phi.models import VoiceProfile
from phi.serializers import voiceprofiles as s
from phi.services import voiceprofiles
from phi.services.keeping import VOICE_PROFILES, delete_after


def _state(profile: VoiceProfile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "subject": profile.subject_id,
        "vendor": profile.vendor,
        "release": profile.release_id,
        "created_at": profile.created_at,
        "last_interaction_at": profile.last_interaction_at,
        "delete_after": delete_after(VOICE_PROFILES, profile.last_interaction_at),
    }


class VoiceProfilesView(APIView):
    """Keep a voice profile."""

    required_scopes = {"POST": "phi:write"}
    subject_id: UUID | None = None

    def handle_exception(self, exc: Exception) -> Response:
        # The refusal is an event of its own, after the act has been rolled back.
        if (
            isinstance(exc, Forbidden)
            and exc.code == "release-missing"
            and self.subject_id is not None
        ):
            voiceprofiles.record_refused_profile(
                actor=actor_of(self.request), subject_id=self.subject_id, problem=exc
            )
        return super().handle_exception(exc)

    @extend_schema(
        request=s.VoiceProfileIn,
        responses={201: s.VoiceProfileState},
        parameters=[IDEMPOTENCY],
        tags=["voice profiles"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep where a vendor holds a person's voiceprint, on the written release named as
        ``consent``. Without one that holds now: 403, and nothing is stored."""
        application = application_of(request)
        data = valid(s.VoiceProfileIn, request.data)
        subject = subject_named(request, data)
        self.subject_id = subject.id
        profile = voiceprofiles.create_voice_profile(
            actor=actor_of(request),
            application_id=application.id,
            subject=subject,
            vendor=data["vendor"],
            template_ref=data["template_ref"],
            consent_id=data.get("consent"),
        )
        profile.refresh_from_db(fields=["created_at"])
        return Response(_state(profile), status=201)


class VoiceProfileView(APIView):
    """One voice profile."""

    required_scopes = {"GET": "phi:read", "DELETE": "phi:write"}
    rate_classes = {"GET": "sensitive"}
    recent_factor = ("GET",)

    @extend_schema(responses={200: s.VoiceProfileOut}, tags=["voice profiles"])
    def get(self, request: Request, profile_id: UUID) -> Response:
        """Read a voice profile; the look is audited. 403 from the moment that the release is
        withdrawn or the purpose has ended."""
        require_permission(request, "phi.read_template")
        profile = voiceprofiles.find_voice_profile(
            profile_id=profile_id, application_id=own_application(request)
        )
        template_ref = voiceprofiles.read_voice_profile(actor=actor_of(request), profile=profile)
        return Response(
            {**_state(profile), "template_ref": template_ref},
            headers={"Cache-Control": "no-store"},
        )

    @extend_schema(responses={204: None}, tags=["voice profiles"])
    def delete(self, request: Request, profile_id: UUID) -> Response:
        """Say that the purpose has ended; the profile is destroyed now. Have the vendor destroy
        its copy too. 409 ``on-hold``: nobody reads it, and it goes when the hold is released."""
        voiceprofiles.end_voice_profile(
            actor=actor_of(request),
            profile_id=profile_id,
            application_id=application_of(request).id,
            reason="The application says that the purpose has ended.",
        )
        return Response(status=204)


class VoiceProfileInteractionsView(APIView):
    """Interactions with the person of a voice profile."""

    required_scopes = {"POST": "phi:write"}

    @extend_schema(
        request=s.InteractionIn,
        responses={200: s.VoiceProfileState},
        parameters=[IDEMPOTENCY],
        tags=["voice profiles"],
    )
    @idempotent
    def post(self, request: Request, profile_id: UUID) -> Response:
        """Note that the person was dealt with, now or at ``at``: three years run from the last."""
        application = application_of(request)
        data = valid(s.InteractionIn, request.data)
        profile = voiceprofiles.note_interaction(
            actor=actor_of(request),
            profile_id=profile_id,
            application_id=application.id,
            at=data.get("at"),
        )
        return Response(_state(profile))
