"""Calls: announced, answered by the gate, given their subject, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import record
from consent.models import Call, DataSubject, GateAnswer, Purpose
from consent.services.subjects import find_subject, touch
from core import gate
from core.actors import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7

MAX_CLOCK_SKEW = timedelta(minutes=5)
MAX_AGE = timedelta(days=3653)


def question_about(call: Call, at: datetime) -> gate.Question:
    """The gate's question for ``call`` as it is now."""
    return gate.Question(
        call_id=call.id,
        application_id=call.application_id,
        subject_id=call.subject_id,
        direction=call.direction,
        regions=tuple(call.regions),
        purposes=tuple(call.purposes),
        language=call.language,
        is_ai=call.is_ai,
        at=at,
        timezone=call.timezone,
        model_version=call.model_version,
        other_subject_ids=tuple(call.other_subject_ids),
    )


def _answer(actor: Actor, call: Call, action: str) -> dict[str, Any]:
    """Ask the gate, keep the answer as evidence, write the event."""
    now = timezone.now()
    question = question_about(call, now)
    answer = gate.as_json(gate.ask(question))
    GateAnswer.objects.create(
        call=call,
        answered_at=now,
        question={
            "subject": None if call.subject_id is None else str(call.subject_id),
            "regions": call.regions,
            "purposes": call.purposes,
            "language": call.language,
            "is_ai": call.is_ai,
            "direction": call.direction,
            "model_version": call.model_version,
            "timezone": call.timezone,
            "other_subjects": [str(other) for other in call.other_subject_ids],
        },
        answer=answer,
    )
    record(
        actor=actor,
        event_type="call",
        action=action,
        obj=call,
        details={
            "subject": call.subject_id,
            "recording": answer["recording"],
            "purposes": {code: word["allowed"] for code, word in answer["purposes"].items()},
        },
    )
    return answer


@transaction.atomic
def open_call(
    *,
    actor: Actor,
    application_id: UUID,
    subject: DataSubject | None,
    direction: str,
    regions: Sequence[str],
    purposes: Sequence[str],
    language: str,
    is_ai: bool,
    timezone_name: str = "",
    model_version: str = "",
    other_subject_ids: Sequence[UUID] = (),
    started_at: datetime | None = None,
) -> tuple[Call, dict[str, Any]]:
    """Announce a call before it speaks; returns it and the gate's answer.

    Raises Invalid for a purpose that does not exist or a start that lies ahead, NotFound for
    another party that is no data subject.
    """
    now = timezone.now()
    codes = list(dict.fromkeys(purposes))
    known = set(Purpose.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Invalid(errors={"purposes": [f"There is no purpose {code!r}." for code in unknown]})
    if started_at is not None and started_at > now + MAX_CLOCK_SKEW:
        raise Invalid(errors={"started_at": ["Lies in the future."]})
    if started_at is not None and started_at < now - MAX_AGE:
        raise Invalid(errors={"started_at": ["Lies more than ten years back."]})
    others = list(dict.fromkeys(other_subject_ids))
    if subject is not None and subject.id in others:
        raise Invalid(errors={"other_subjects": ["The subject is not another party."]})
    if others and DataSubject.objects.identified().filter(id__in=others).count() != len(others):
        raise NotFound("There is no such data subject.")
    call = Call.objects.create(
        id=uuid7(),
        application_id=application_id,
        subject=subject,
        direction=direction,
        regions=list(regions),
        timezone=timezone_name,
        model_version=model_version,
        purposes=codes,
        language=language,
        is_ai=is_ai,
        other_subject_ids=others,
        started_at=started_at or now,
    )
    if subject is not None:
        touch(subject.id)
    return call, _answer(actor, call, "opened")


def find_call(*, call_id: UUID, application_id: UUID | None, lock: bool = False) -> Call:
    """The call, where the application may see it (None: a person). Raises NotFound."""
    calls = Call.objects.visible_to(application_id).select_related("application")
    if lock:
        calls = calls.select_for_update(of=("self",))
    call = calls.filter(id=call_id).first()
    if call is None:
        raise NotFound()
    return call


def names_in(call: Call) -> list[str]:
    """The names of the people who are known to be on the call, for the masker to know them."""
    parties = [call.subject_id, *call.other_subject_ids]
    known = DataSubject.objects.filter(id__in=[party for party in parties if party])
    return [person.name for person in known.only("id", "name") if person.name]


@transaction.atomic
def ask_again(*, actor: Actor, call: Call) -> dict[str, Any]:
    """The gate's answer for ``call`` as things stand now."""
    return _answer(actor, call, "asked")


@transaction.atomic
def identify_caller(
    *, actor: Actor, call_id: UUID, application_id: UUID | None, subject_id: UUID
) -> tuple[Call, dict[str, Any]]:
    """Give an anonymous call its subject; the gate answers again.

    The same subject again is no change. Raises NotFound, or Conflict where the call has another
    or names this one among the other parties.
    """
    call = find_call(call_id=call_id, application_id=application_id, lock=True)
    subject = find_subject(id_space="", subject_id=subject_id)
    if call.subject_id is not None and call.subject_id != subject.id:
        raise Conflict("This call has its subject already.", code="subject-already-known")
    if subject.id in call.other_subject_ids:
        raise Conflict("This person is another party to the call.", code="subject-is-other-party")
    if call.subject_id is None:
        call.subject = subject
        call.save(update_fields=["subject"])
        touch(subject.id)
    return call, _answer(actor, call, "identified")


@transaction.atomic
def end_call(
    *, actor: Actor, call_id: UUID, application_id: UUID | None, ended_at: datetime
) -> Call:
    """Note the call's end. The same end again is no change.

    Raises NotFound, Invalid for an end before the start or ahead of now, Conflict for another
    end than the one noted.
    """
    call = find_call(call_id=call_id, application_id=application_id, lock=True)
    if call.ended_at == ended_at:
        return call
    if call.ended_at is not None:
        raise Conflict("This call has ended already.", code="call-ended")
    if ended_at < call.started_at:
        raise Invalid(errors={"ended_at": ["Is before the call's start."]})
    if ended_at > timezone.now() + MAX_CLOCK_SKEW:
        raise Invalid(errors={"ended_at": ["Lies in the future."]})
    call.ended_at = ended_at
    call.save(update_fields=["ended_at"])
    record(actor=actor, event_type="call", action="ended", obj=call)
    return call


def require(call: Call, purpose: str) -> gate.Ruling:
    """The ruling that allows ``purpose`` on ``call`` now.

    Raises Forbidden, code ``consent-missing``, naming the purpose, the rule and its reason. The
    caller's transaction rolls back; ``record_refusal`` then writes the event in its own.
    """
    question = question_about(call, timezone.now())
    ruling = gate.rule_on(question, purpose)
    if not ruling.allowed:
        raise Forbidden(
            f"The purpose {purpose} is not allowed on this call: {ruling.reason}.",
            code="consent-missing",
            title="Consent missing",
            purpose=purpose,
            rule=ruling.rule,
            reason=ruling.reason,
        )
    return ruling


@transaction.atomic
def record_refusal(*, actor: Actor, call_id: UUID, what: str, problem: Forbidden) -> None:
    """The event of a refusal, after the refused act has been rolled back."""
    record(
        actor=actor,
        event_type="call",
        action=f"{what}_refused",
        object_type="consent.Call",
        object_id=str(call_id),
        severity="WARNING",
        details=dict(problem.extra),
    )
