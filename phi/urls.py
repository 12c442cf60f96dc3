from django.urls import path

from phi.api import content, disclosures

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
    path("mask", content.MaskView.as_view(), name="mask"),
]
