from django.urls import path

from phi.api import content, disclosures, health, voiceprofiles

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
    path(
        "phi/disclosures", disclosures.OutsideDisclosuresView.as_view(), name="outside-disclosures"
    ),
    path(
        "phi/disclosures/statement",
        disclosures.StatementView.as_view(),
        name="outside-disclosures-statement",
    ),
    path("phi", health.HealthRecordsView.as_view(), name="health-records"),
    path("phi/<uuid:record_id>", health.HealthRecordView.as_view(), name="health-record"),
    path("phi/accesses.fhir", health.AccessesFhirView.as_view(), name="accesses-fhir"),
    path("care-relationships", health.CareRelationshipsView.as_view(), name="care-relationships"),
    path(
        "care-relationships/<uuid:relationship_id>",
        health.CareRelationshipView.as_view(),
        name="care-relationship",
    ),
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
