from django.urls import path

from audit import api

urlpatterns = [
    path("audit/events", api.EventsView.as_view(), name="audit-events"),
]
