"""Prometheus metrics, read from the database and the broker when scraped."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from audit import publishers
from audit.evidence import sealing_lag
from audit.models import Checkpoint, Outbox, Publication
from core import evidence
from core.errors import NotFound
from core.rest.exceptions import problem_response
from operations.models import Job
from retention.models import RetentionRun

_STATUS = {evidence.PASS: 1.0, evidence.FAIL: 0.0, evidence.UNKNOWN: float("nan")}


class StateCollector(Collector):
    """Gauges of the state as it is now; nothing here names a person."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        checks = GaugeMetricFamily(
            "voicecompliance_evidence",
            "A safeguard's last measurement: 1 pass, 0 fail, NaN unknown.",
            labels=["check"],
        )
        for check in evidence.checks():
            checks.add_metric([check.code], _STATUS[evidence.read(check.code).status])
        yield checks
        jobs = GaugeMetricFamily(
            "voicecompliance_jobs", "Long-running jobs by state.", labels=["state"]
        )
        for state in Job.State.values:
            jobs.add_metric([state], Job.objects.filter(state=state).count())
        yield jobs
        last = RetentionRun.objects.filter(
            dry_run=False, only="", finished_at__isnull=False
        ).order_by("-finished_at")
        swept = GaugeMetricFamily(
            "voicecompliance_retention_last_sweep_timestamp_seconds",
            "When the last retention sweep ended (Unix time); NaN before the first.",
        )
        run = last.first()
        swept.add_metric(
            [], run.finished_at.timestamp() if run and run.finished_at else float("nan")
        )
        yield swept
        yield GaugeMetricFamily(
            "voicecompliance_audit_outbox_events",
            "Audit events that wait for their seal.",
            Outbox.objects.count(),
        )
        yield GaugeMetricFamily(
            "voicecompliance_audit_sealing_lag_seconds",
            "How long the oldest of them has waited; 0 when none waits.",
            sealing_lag().total_seconds(),
        )
        newest = Checkpoint.objects.order_by("-size").first()
        yield GaugeMetricFamily(
            "voicecompliance_audit_sealed_events",
            "Audit events that the newest checkpoint commits to.",
            newest.size if newest else 0,
        )
        copies = GaugeMetricFamily(
            "voicecompliance_audit_copied_events",
            "Audit events that the checkpoint last put into an outside copy commits to.",
            labels=["copy"],
        )
        for address in (each.address for each in publishers.configured()):
            sent = Publication.objects.filter(publisher=address, state=Publication.State.PUBLISHED)
            size = sent.order_by("-size").values_list("size", flat=True).first()
            copies.add_metric([address], size or 0)
        yield copies


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics page. With ``METRICS_TOKEN`` set it asks for that bearer token."""
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(given.encode(), token.encode()):
        return problem_response(NotFound())
    registry = CollectorRegistry()
    registry.register(StateCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
