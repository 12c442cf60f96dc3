from django.urls import path

from audit import api, api_report

urlpatterns = [
    path("audit/events", api.EventsView.as_view(), name="audit-events"),
    path("audit/report", api_report.ReportView.as_view(), name="audit-report"),
]
