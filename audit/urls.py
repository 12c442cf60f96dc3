from django.urls import path

from audit import api, api_proofs, api_report

urlpatterns = [
    path("audit/events", api.EventsView.as_view(), name="audit-events"),
    path("audit/events/<uuid:event_id>/proof", api_proofs.ProofView.as_view(), name="audit-proof"),
    path(
        "audit/checkpoints/latest",
        api_proofs.LatestCheckpointView.as_view(),
        name="audit-checkpoint",
    ),
    path(
        "audit/checkpoints/consistency",
        api_proofs.ConsistencyView.as_view(),
        name="audit-consistency",
    ),
    path("audit/report", api_report.ReportView.as_view(), name="audit-report"),
]
