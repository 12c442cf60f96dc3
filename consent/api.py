"""The API of subjects, calls and consents: reads HTTP, calls one verb, writes HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import application_of, credential_of, require_permission
from consent import serializers as s
from consent.accesses import RECEIPT_READ
from consent.models import Call, ConsentRecord, DataSubject
from consent.services import calls, consents, subjects
from core import accesses
from core.actors import actor_of
from core.errors import Invalid, NotFound
from operations.idempotency import idempotent

ORGANISATION = "organisation"

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key and body gives the first answer again.",
)


def id_space_of(request: Request) -> str:
    """The numbering that the caller's external ids are read in."""
    application = credential_of(request).application
    return ORGANISATION if application is None else application.id_space


def own_application(request: Request) -> UUID | None:
    """The calling application's id; None for a person, who sees all."""
    application = credential_of(request).application
    return None if application is None else application.id


def subject_named(request: Request, data: dict[str, Any]) -> DataSubject:
    """The subject that ``subject`` or ``external_id`` names. Raises NotFound, Invalid."""
    if "subject" not in data and "external_id" not in data:
        raise Invalid(errors={"subject": ["Give subject or external_id."]})
    return subjects.find_subject(
        id_space=id_space_of(request),
        subject_id=data.get("subject"),
        external_id=data.get("external_id"),
    )


def valid(serializer: type[Any], data: Any) -> dict[str, Any]:
    """The body's values. Raises DRF's ValidationError, answered as 422 by field."""
    reader = serializer(data=data)
    reader.is_valid(raise_exception=True)
    values: dict[str, Any] = reader.validated_data
    return values


class SubjectsView(APIView):
    """Tell of a data subject."""

    required_scopes = {"POST": "consents:write"}

    @extend_schema(
        request=s.SubjectIn,
        responses={201: s.SubjectOut, 200: s.SubjectOut},
        parameters=[IDEMPOTENCY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make the subject with this external id, or bring it up to date."""
        require_permission(request, "consent.change_datasubject")
        data = valid(s.SubjectIn, request.data)
        external_id = data.pop("external_id")
        if "date_of_birth" in data:
            data["date_of_birth"] = data["date_of_birth"].isoformat()
        subject, made = subjects.put_subject(
            actor=actor_of(request),
            id_space=id_space_of(request),
            external_id=external_id,
            values=data,
        )
        return Response({"id": subject.id, "external_id": external_id}, status=201 if made else 200)


class CallsView(APIView):
    """Announce a call."""

    required_scopes = {"POST": "calls"}

    @extend_schema(request=s.CallIn, responses={201: s.CallOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask the gate before a call speaks: what is allowed, what to say, what to ask for."""
        data = valid(s.CallIn, request.data)
        application = application_of(request)
        named = "subject" in data or "external_id" in data
        call, answer = calls.open_call(
            actor=actor_of(request),
            application_id=application.id,
            subject=subject_named(request, data) if named else None,
            direction=data["direction"],
            regions=data["regions"],
            purposes=data["purposes"],
            language=data["language"],
            is_ai=data["is_ai"],
            timezone_name=data.get("timezone", ""),
            model_version=data.get("model_version", ""),
            other_subject_ids=data.get("other_subjects", ()),
            started_at=data.get("started_at"),
        )
        return Response({"id": call.id, **answer}, status=201)


def _state(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": call.id,
        "subject": call.subject_id,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        **answer,
    }


class CallView(APIView):
    """One call."""

    required_scopes = {"GET": "calls", "PATCH": "calls"}

    @extend_schema(responses={200: s.CallStateOut})
    def get(self, request: Request, call_id: UUID) -> Response:
        """The gate's answer as things stand now."""
        call = calls.find_call(call_id=call_id, application_id=own_application(request))
        answer = calls.ask_again(actor=actor_of(request), call=call)
        return Response(_state(call, answer))

    @extend_schema(request=s.CallPatch, responses={200: s.CallStateOut})
    def patch(self, request: Request, call_id: UUID) -> Response:
        """Give an anonymous call its subject; the gate answers again."""
        application = application_of(request)
        data = valid(s.CallPatch, request.data)
        call, answer = calls.identify_caller(
            actor=actor_of(request),
            call_id=call_id,
            application_id=application.id,
            subject_id=data["subject"],
        )
        return Response(_state(call, answer))


class CallEndView(APIView):
    """The end of a call."""

    required_scopes = {"POST": "calls"}

    @extend_schema(request=s.CallEnd, responses={200: s.CallEndOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, call_id: UUID) -> Response:
        """Note when the call ended."""
        application = application_of(request)
        data = valid(s.CallEnd, request.data)
        call = calls.end_call(
            actor=actor_of(request),
            call_id=call_id,
            application_id=application.id,
            ended_at=data["ended_at"],
        )
        return Response({"id": call.id, "started_at": call.started_at, "ended_at": call.ended_at})


class ConsentsView(APIView):
    """Record a consent."""

    required_scopes = {"POST": "consents:write"}

    @extend_schema(request=s.ConsentIn, responses={201: s.ConsentOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Write down what a person decided, with its evidence."""
        require_permission(request, "consent.add_consentrecord")
        data = valid(s.ConsentIn, request.data)
        call = None
        if data.get("call") is not None:
            call = calls.find_call(call_id=data["call"], application_id=own_application(request))
        subject = subject_named(request, data)
        parties = () if call is None else (call.subject_id, *call.other_subject_ids)
        if call is not None and call.subject_id is not None and subject.id not in parties:
            raise Invalid(errors={"call": ["The subject is no party to this call."]})
        evidence = dict(data.get("evidence", {}))
        consent = consents.record_consent(
            actor=actor_of(request),
            application_id=own_application(request),
            subject=subject,
            purpose=consents.purpose_with(data["purpose"]),
            decision=data["decision"],
            method=data["method"],
            notice_version=data.get("notice_version"),
            call=call,
            language=data.get("language", ""),
            answer_text=evidence.pop("answer_text", ""),
            evidence=evidence,
            expires_at=data.get("expires_at"),
        )
        return Response(s.ConsentOut(consent).data, status=201)


class ConsentCheckView(APIView):
    """Where a person stands on a purpose."""

    required_scopes = {"GET": "consents:read"}

    @extend_schema(parameters=[s.CheckIn], responses={200: s.CheckOut})
    def get(self, request: Request) -> Response:
        """The latest effective decision; never asked is not granted."""
        data = valid(s.CheckIn, request.query_params)
        subject = subject_named(request, data)
        consents.purpose_with(data["purpose"])
        found = consents.standing(
            subject_id=subject.id, purpose=data["purpose"], now=timezone.now()
        )
        return Response(s.CheckOut(found).data)


class ReceiptView(APIView):
    """The receipt of a consent."""

    required_scopes = {"GET": "consents:read"}

    @extend_schema(responses={200: s.ReceiptOut})
    def get(self, request: Request, consent_id: UUID) -> Response:
        """ISO/IEC TS 27560 fields, signed."""
        consent = (
            ConsentRecord.objects.select_related("purpose", "notice").filter(id=consent_id).first()
        )
        if consent is None:
            raise NotFound()
        with transaction.atomic():
            event_type, action = RECEIPT_READ
            accesses.look(
                actor=actor_of(request),
                kind=accesses.CALLS,
                event_type=event_type,
                action=action,
                obj=consent,
                subject_id=consent.subject_id,
            )
            return Response(consents.receipt(consent))
