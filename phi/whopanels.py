"""Who looked, and what was disclosed, as parts of other apps' pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from audit.models import AccessReview
from consent.models import DataSubject
from core import accesses, panels
from core.actors import actor_of
from core.panels import Panel
from operations.models import Job
from phi.days import day_of, zone
from phi.models import Access, BreakGlass, Disclosure, StatementIssued
from phi.services import breakglass
from phi.services.disclosed import note_read, open_each
from phi.services.statements import JOB, standing
from phi.services.suspensions import Chains
from phi.titles import shown

SHOWN = 10
MOST_LISTED = 50


def looks_at(request: HttpRequest, subject: DataSubject) -> dict[str, Any]:
    """The latest looks at a person's data."""
    rows = Access.objects.filter(subject_id=subject.pk).order_by("-accessed_at", "-id")
    return {"subject": subject, "looks": [shown(row) for row in rows[:SHOWN]], "zone": zone()}


def disclosures_of(request: HttpRequest, subject: DataSubject) -> dict[str, Any]:
    """To whom a person's data was disclosed; the look is an event where there is one."""
    rows = (
        Disclosure.objects.filter(subject=subject)
        .select_related("corrected_by")
        .order_by("-disclosed_at", "-id")
    )
    found = open_each(actor=actor_of(request), rows=rows[: MOST_LISTED + 1])
    if found:
        note_read(actor=actor_of(request), subject=subject)
    today = day_of(timezone.now())
    chains = Chains(subject.pk)
    statements = StatementIssued.objects.filter(subject=subject).defer("document_sealed")
    user: Any = request.user
    return {
        "subject": subject,
        "found": [
            (each, chains.suspended_until(each.row.pk, today)) for each in found[:MOST_LISTED]
        ],
        "more": len(found) > MOST_LISTED,
        "statements": statements.order_by("-issued_at")[:SHOWN],
        "standing": standing(subject_id=subject.pk, now=timezone.now()),
        "may_add": user.has_perm("phi.add_disclosure"),
        "may_issue": user.has_perm("phi.add_statementissued"),
        "zone": zone(),
    }


def person_of(request: HttpRequest, review: AccessReview) -> dict[str, Any] | None:
    """Whose data the reviewed look was at."""
    # By the moment, which has an index; the event tells the looks of one moment apart.
    found = Access.objects.filter(accessed_at=review.accessed_at, event_id=review.event_id).first()
    if found is None:
        return None
    return {
        "access": found,
        "rule": AccessReview.Rule(review.rule).label,
        "purpose": found.get_purpose_of_use_display(),
    }


def statement_of(request: HttpRequest, job: Job) -> dict[str, Any] | None:
    """The statement that a job makes."""
    if job.kind != JOB:
        return None
    return {"statement": job.parameters["statement"], "made": job.state == Job.State.SUCCEEDED}


def opened_by(request: HttpRequest, grant: BreakGlass) -> dict[str, Any]:
    """What was opened through a broken glass: what its review has to judge."""
    rows = Access.objects.filter(
        subject_id=grant.subject_id,
        actor_id=str(grant.person_id),
        granted_by=breakglass.GRANTED_BY,
        accessed_at__gte=grant.granted_at,
        accessed_at__lt=grant.expires_at,
    ).exclude(kind=accesses.BREAK_GLASS)
    found = list(rows.order_by("-accessed_at", "-id")[: MOST_LISTED + 1])
    return {
        "grant": grant,
        "looks": [shown(row) for row in found[:MOST_LISTED]],
        "more": len(found) > MOST_LISTED,
        "zone": zone(),
    }


def register() -> None:
    """Put the parts on the pages of data subjects, of broken glass and of reviews of accesses."""
    for model, title, template, context, permission, order in (
        (
            "consent.DataSubject",
            "Accounting of disclosures",
            "phi/disclosures_panel.html",
            disclosures_of,
            "phi.view_disclosure",
            30,
        ),
        (
            "consent.DataSubject",
            "Who looked",
            "phi/looks_panel.html",
            looks_at,
            "phi.view_access",
            40,
        ),
        (
            "phi.BreakGlass",
            "What was opened through it",
            "phi/opened_panel.html",
            opened_by,
            breakglass.REVIEW,
            10,
        ),
        (
            "operations.Job",
            "The statement",
            "phi/statement_job_panel.html",
            statement_of,
            "phi.view_statementissued",
            10,
        ),
        (
            "audit.AccessReview",
            "Whose data it was",
            "phi/review_panel.html",
            person_of,
            "phi.view_access",
            10,
        ),
    ):
        panels.add(
            Panel(
                model=model,
                title=title,
                template=template,
                context=context,  # type: ignore[arg-type]
                permission=permission,
                order=order,
            )
        )
