from django.urls import path

from phi import api

urlpatterns = [
    path("calls/<uuid:call_id>/recording", api.CallRecordingView.as_view(), name="call-recording"),
    path(
        "calls/<uuid:call_id>/transcript",
        api.CallTranscriptView.as_view(),
        name="call-transcript",
    ),
    path(
        "recordings/<uuid:recording_id>/audio",
        api.RecordingAudioView.as_view(),
        name="recording-audio",
    ),
    path("transcripts/<uuid:transcript_id>", api.TranscriptView.as_view(), name="transcript"),
    path("mask", api.MaskView.as_view(), name="mask"),
]
