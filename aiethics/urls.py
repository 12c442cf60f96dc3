from django.urls import path

from aiethics import api

urlpatterns = [
    path("disclosures", api.DisclosureView.as_view(), name="disclosures"),
    path(
        "calls/<uuid:call_id>/disclosures",
        api.CallDisclosuresView.as_view(),
        name="call-disclosures",
    ),
]
