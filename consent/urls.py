from django.urls import path

from consent import api

urlpatterns = [
    path("subjects", api.SubjectsView.as_view(), name="subjects"),
    path("calls", api.CallsView.as_view(), name="calls"),
    path("calls/<uuid:call_id>", api.CallView.as_view(), name="call"),
    path("calls/<uuid:call_id>/end", api.CallEndView.as_view(), name="call-end"),
    path("consents", api.ConsentsView.as_view(), name="consents"),
    path("consents/check", api.ConsentCheckView.as_view(), name="consent-check"),
    path("consents/<uuid:consent_id>/receipt", api.ReceiptView.as_view(), name="receipt"),
]
