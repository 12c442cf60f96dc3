from django.urls import path

from bench.plain.api import OpenView, PlainView
from voicecompliance.urls import handler400, handler403, handler404, handler500
from voicecompliance.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    *product,
    path("api/v1/bench/plain", PlainView.as_view()),
    path("api/v1/bench/open", OpenView.as_view()),
]
