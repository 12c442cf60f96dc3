"""What the gate said and what was agreed, on the pages of calls and data subjects."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from consent.models import Call, ConsentRecord, DataSubject, Purpose
from consent.querysets import is_in_effect
from core import panels
from core.panels import Panel

SHOWN = 20


def gate_parts(request: HttpRequest, call: Call) -> dict[str, Any]:
    """The gate's answers about a call, the newest first."""
    answers = list(call.answers.order_by("-id")[:SHOWN])
    return {"latest": answers[0] if answers else None, "earlier": answers[1:]}


def call_consents(request: HttpRequest, call: Call) -> dict[str, Any]:
    """The consents that were recorded on a call."""
    return {"consents": _with_purposes(ConsentRecord.objects.filter(call_ref=call.id))}


def subject_calls(request: HttpRequest, subject: DataSubject) -> dict[str, Any]:
    """A person's latest calls."""
    return {"calls": subject.calls.select_related("application").order_by("-id")[:SHOWN]}


def subject_standing(request: HttpRequest, subject: DataSubject) -> dict[str, Any]:
    """Where a person stands on each purpose now."""
    codes = list(Purpose.objects.values_list("code", flat=True))
    latest = {each.purpose.code: each for each in ConsentRecord.objects.latest([subject.id], codes)}
    now = timezone.now()
    return {
        "standing": [
            (
                purpose,
                latest.get(purpose.code),
                purpose.code in latest
                and is_in_effect(
                    latest[purpose.code].decision, latest[purpose.code].expires_at, now
                ),
            )
            for purpose in Purpose.objects.all()
        ]
    }


def _with_purposes(consents: Any) -> Any:
    return consents.select_related("purpose").defer("answer_sealed").order_by("-id")[:SHOWN]


def register() -> None:
    """Put the parts on their pages."""
    panels.add(
        Panel(
            model="consent.Call",
            title="What the gate said",
            template="consent/gate_panel.html",
            context=gate_parts,
            permission="consent.view_call",
            order=1,
        )
    )
    panels.add(
        Panel(
            model="consent.Call",
            title="Consents on this call",
            template="consent/consents_panel.html",
            context=call_consents,
            permission="consent.view_consentrecord",
            order=2,
        )
    )
    panels.add(
        Panel(
            model="consent.DataSubject",
            title="Where this person stands",
            template="consent/standing_panel.html",
            context=subject_standing,
            permission="consent.view_consentrecord",
            order=1,
        )
    )
    panels.add(
        Panel(
            model="consent.DataSubject",
            title="Calls",
            template="consent/calls_panel.html",
            context=subject_calls,
            permission="consent.view_call",
            order=2,
        )
    )
