"""Background work: how far it is, and its result."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.decorators import display

from audit.adminlists import choices_filter
from core.actors import actor_of
from operations import jobs, services
from operations.admin import reports
from operations.modeladmin import Button, VerbAdmin
from operations.models import Job
from operations.services.jobs import may_touch


def title_of(kind: str) -> str:
    """A kind's title, or its code where it is not registered any more."""
    try:
        return jobs.get(kind).title
    except KeyError:
        return kind


def kinds() -> list[tuple[str, str]]:
    """Every registered kind, for the list's filter."""
    return [(kind.code, kind.title) for kind in jobs.kinds()]


@admin.register(Job)
class JobAdmin(VerbAdmin):
    list_display = (
        "kind_title",
        "shown_state",
        "shown_progress",
        "requested_by_name",
        "created_at",
    )
    list_filter = ("state", choices_filter("kind", "work", kinds))
    ordering = ("-id",)
    exclude = ("claim", "result", "progress_done", "progress_total")
    readonly_fields = ("shown_progress",)
    change_form_template = "operations/job_change_form.html"
    verbs = {"cancel": "cancel", "retry": "retry", "download": "download"}
    sensitive = {"download": "download a result"}

    @admin.display(description="work", ordering="kind")
    def kind_title(self, job: Job) -> str:
        return title_of(job.kind)

    @display(
        description="state",
        ordering="state",
        label={
            "Queued": "info",
            "Running": "info",
            "Succeeded": "success",
            "Failed": "danger",
            "Cancelled": "warning",
        },
    )
    def shown_state(self, job: Job) -> str:
        return str(Job.State(job.state).label)

    @admin.display(description="progress")
    def shown_progress(self, job: Job) -> str:
        if job.percent is not None:
            return f"{job.percent} %"
        return str(job.progress_done) if job.progress_done else "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(reports.page, site=self.admin_site))
        own = [
            path("reports/", view, name="operations_job_reports"),
            path("reports/<slug:code>/", view, name="operations_job_report"),
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        # A result may be large, and is shown nowhere.
        return super().get_queryset(request).defer("result")

    def buttons(self, request: HttpRequest, obj: Job) -> Iterable[Button]:
        if not may_touch(actor_of(request), obj):
            return
        if obj.is_open:
            asked = "It was asked to stop." if obj.cancel_requested else ""
            yield Button("cancel", "Cancel", "cancel", "danger", why_not=asked)
        if obj.state in {Job.State.FAILED, Job.State.CANCELLED}:
            yield Button("retry", "Retry", "replay", "primary")
        if obj.result_expires_at is not None:
            over = "" if obj.result_expires_at > timezone.now() else "It has expired and is gone."
            yield Button("download", "Download the result", "download", "primary", why_not=over)

    def page_context(self, request: HttpRequest, obj: Job) -> dict[str, Any]:
        context = super().page_context(request, obj)
        if obj.is_open:
            label = obj.progress_note or str(Job.State(obj.state).label)
            context["progress"] = {"show": True, "percent": obj.percent, "label": label}
        return context

    def cancel(self, request: HttpRequest, object_id: UUID) -> None:
        services.cancel_job(actor=actor_of(request), job_id=object_id)
        messages.success(request, "The job stops.")

    def retry(self, request: HttpRequest, object_id: UUID) -> None:
        services.retry_job(actor=actor_of(request), job_id=object_id)
        messages.success(request, "The job waits for a worker again.")

    def download(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        result = services.read_result(actor=actor_of(request), job_id=object_id)
        response = HttpResponse(result.content, content_type=result.media_type)
        safe = "".join(c for c in result.name if c.isascii() and (c.isalnum() or c in "._-"))
        response["Content-Disposition"] = f'attachment; filename="{safe or "result"}"'
        response["Cache-Control"] = "no-store"
        return response
