from django.urls import path

from phi.api import content, voiceprofiles

urlpatterns = [
    path(
        "calls/<uuid:call_id>/recording", content.CallRecordingView.as_view(), name="call-recording"
    ),
    path(
        "calls/<uuid:call_id>/transcript",
        content.CallTranscriptView.as_view(),
        name="call-transcript",
    ),
    path(
        "recordings/<uuid:recording_id>/audio",
        content.RecordingAudioView.as_view(),
        name="recording-audio",
    ),
    path("transcripts/<uuid:transcript_id>", content.TranscriptView.as_view(), name="transcript"),
    path("voice-profiles", voiceprofiles.VoiceProfilesView.as_view(), name="voice-profiles"),
    path(
        "voice-profiles/<uuid:profile_id>",
        voiceprofiles.VoiceProfileView.as_view(),
        name="voice-profile",
    ),
    path(
        "voice-profiles/<uuid:profile_id>/interactions",
        voiceprofiles.VoiceProfileInteractionsView.as_view(),
        name="voice-profile-interactions",
    ),
    path("mask", content.MaskView.as_view(), name="mask"),
]
