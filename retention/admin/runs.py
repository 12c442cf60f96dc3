"""What the deleter did."""

from __future__ import annotations

import json

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.decorators import display

from audit.adminlists import choices_filter
from audit.modeladmin import ReadOnlyAdmin
from core.actors import actor_of
from core.errors import Forbidden, Problem
from operations.modeladmin import told
from retention.admin.policies import kinds
from retention.models import RetentionRun, Tombstone
from retention.services import start_preview


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "finished_at", "is_preview", "deleted", "held", "failed", "error")
    list_filter = ("dry_run",)
    ordering = ("-id",)
    exclude = ("counts",)
    readonly_fields = ("shown_counts",)
    list_before_template = "retention/preview_button.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview))
        own = path("preview/", view, name="retention_retentionrun_preview")
        return [own, *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Start the job that lists what would go, and show it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            job = start_preview(actor=actor_of(request))
        except Forbidden:
            raise PermissionDenied from None
        except Problem as problem:
            messages.error(request, told(problem))
            return HttpResponseRedirect(reverse("admin:retention_retentionrun_changelist"))
        return HttpResponseRedirect(reverse("admin:operations_job_change", args=[job.pk]))

    def _sum(self, run: RetentionRun, name: str) -> int:
        return sum(each.get(name, 0) for each in run.counts.values())

    @display(description="preview", boolean=True)
    def is_preview(self, run: RetentionRun) -> bool:
        return run.dry_run

    @admin.display(description="deleted")
    def deleted(self, run: RetentionRun) -> int:
        return self._sum(run, "deleted")

    @admin.display(description="held")
    def held(self, run: RetentionRun) -> int:
        return self._sum(run, "held")

    @admin.display(description="failed")
    def failed(self, run: RetentionRun) -> int:
        return self._sum(run, "failed")

    @admin.display(description="counts")
    def shown_counts(self, run: RetentionRun) -> str:
        return json.dumps(run.counts, indent=2, sort_keys=True)


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    list_display = ("category", "object_id", "clock", "policy_days", "deleted_at")
    list_filter = (choices_filter("category", "kind", kinds),)
    exact_search = ("object_id", "subject_id")
    search_help_text = "The exact id of what is gone, or of its subject"
    ordering = ("-id",)
    raw_id_fields = ("run",)
