"""The API of disclosures to outside parties (45 CFR 164.528)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import credential_of, require_permission
from consent.api import IDEMPOTENCY, subject_named, valid
from core.actors import actor_of
from core.errors import Forbidden, Invalid
from core.rest.pagination import Pages
from operations.idempotency import idempotent
from phi import accounting
from phi.days import day_of
from phi.serializers import disclosures as s
from phi.services.disclosed import note_read, open_each
from phi.services.disclosures import TEXTS, record_disclosure, visible_to
from phi.services.keeping import delete_after
from phi.services.owed import entries_for
from phi.services.statements import NOTHING, standing

CODE = "disclosures_made"
TAGS = ["disclosures to outside parties"]
NO_STORE = {"Cache-Control": "no-store"}


class OutsideDisclosuresView(APIView):
    """Disclosures of a person's data to outside parties."""

    required_scopes = {"POST": "phi:write", "GET": "phi:read"}
    rate_classes = {"GET": "sensitive"}

    @extend_schema(
        operation_id="phi_disclosures_record",
        request=s.OutsideDisclosureIn,
        responses={201: s.OutsideDisclosureMade},
        parameters=[IDEMPOTENCY],
        tags=TAGS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record a disclosure, or correct one that was recorded."""
        require_permission(request, "phi.add_disclosure")
        data = valid(s.OutsideDisclosureIn, request.data)
        row = record_disclosure(
            actor=actor_of(request),
            subject=subject_named(request, data),
            disclosed_at=data["disclosed_at"],
            authority=data["authority"],
            exclusion=data["exclusion"],
            texts={name: data[name] for name in TEXTS},
            corrects=data.get("corrects"),
            void=data["void"],
        )
        answer = {
            "id": row.pk,
            "exclusion": row.exclusion,
            "delete_after": delete_after(CODE, row.disclosed_at),
        }
        return Response(answer, status=201)

    @extend_schema(
        operation_id="phi_disclosures_list",
        parameters=[s.SubjectQuery],
        responses={200: s.OutsideDisclosureOut(many=True)},
        tags=TAGS,
    )
    @transaction.atomic
    def get(self, request: Request) -> Response:
        """A page of what was recorded of a person, corrected rows too; the reading is audited.
        The words of a row that do not open are null, and that is an event."""
        require_permission(request, "phi.view_disclosure")
        data = valid(s.SubjectQuery, request.query_params)
        subject = subject_named(request, data)
        pages = Pages()
        rows = visible_to(actor_of(request)).filter(subject=subject)
        found: Any = pages.paginate_queryset(rows, request, view=self)
        note_read(actor=actor_of(request), subject=subject)
        answer = pages.get_paginated_response(
            [
                {
                    "id": each.row.pk,
                    "disclosed_at": each.row.disclosed_at,
                    **(each.texts or dict.fromkeys(TEXTS)),
                    "authority": each.row.authority,
                    "exclusion": each.row.exclusion,
                    "corrects": each.row.corrects_id,
                    "void": each.row.void,
                }
                for each in open_each(actor=actor_of(request), rows=found)
            ]
        )
        answer["Cache-Control"] = "no-store"
        return answer


class StatementView(APIView):
    """A person's accounting of disclosures, as things stand now."""

    required_scopes = {"GET": "phi:read"}
    rate_classes = {"GET": "sensitive"}
    recent_factor = ("GET",)

    @extend_schema(
        operation_id="phi_disclosures_statement",
        parameters=[s.StatementQuery],
        responses={200: s.StatementOut},
        tags=TAGS,
    )
    @transaction.atomic
    def get(self, request: Request) -> Response:
        """What a statement asked for today would say. Reading it is audited; it does not count
        as a statement given: that is made in the admin, and kept."""
        require_permission(request, "phi.add_statementissued")
        # All of a person's, whoever recorded them: for people alone.
        require_person(request)
        data = valid(s.StatementQuery, request.query_params)
        subject = subject_named(request, data)
        now = timezone.now()
        today = day_of(now)
        earliest = accounting.first_day(today)
        first = data.get("from") or earliest
        if not earliest <= first <= today:
            raise Invalid(errors={"from": [f"Name a day from {earliest} to {today}."]})
        entries = entries_for(subject_id=subject.pk, first=first, last=today, moment=now)
        note_read(actor=actor_of(request), subject=subject)
        held = standing(subject_id=subject.pk, now=now)
        body = {
            "asked_on": today,
            "from": first,
            "to": today,
            "due_on": accounting.due_on(today),
            "extended_to": accounting.extended_to(today),
            "free": held.free,
            "free_from": held.free_from,
            "note": "" if entries else NOTHING,
            "entries": [
                {
                    "disclosed_on": entry.first.on,
                    "recipient": entry.first.recipient,
                    "address": entry.first.address,
                    "description": entry.first.description,
                    "purpose": entry.first.purpose,
                    "authority": entry.first.authority,
                    "times": entry.times,
                    "last_on": entry.last_on,
                }
                for entry in entries
            ],
        }
        return Response(body, headers=NO_STORE)


def require_person(request: Request) -> None:
    """Raises Forbidden ``people-only`` for a voice application."""
    if credential_of(request).user is None:
        raise Forbidden("Only a person may do this.", code="people-only")
