"""Disclosures: looked up, published, and noted as spoken."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from aiethics.models import Disclosure, SpokenDisclosure
from audit.services import record
from consent.services.calls import find_call
from consent.services.consents import best, languages_for, same_language
from core.actors import Actor
from core.errors import Conflict, Invalid

Interaction = Disclosure.Interaction


def disclosure_in_force(interaction: str, language: str) -> Disclosure | None:
    """The words for ``language``, else for its primary subtag, else English; None when there
    are none at all."""
    found = {
        each.language: each
        for each in Disclosure.objects.in_force(interaction, languages_for(language))
    }
    chosen: Disclosure | None = best(found, language)
    return chosen


def disclosure_for(*, interaction: str, language: str) -> Disclosure:
    """The words in that very language (its primary subtag counts). Raises Invalid for an
    interaction or a language that there is none for."""
    if interaction not in Interaction.values:
        raise Invalid(
            errors={"interaction": [f"Must be one of {', '.join(Interaction.values)}."]},
            code="unknown-disclosure",
        )
    chosen = disclosure_in_force(interaction, language)
    if chosen is None or chosen.language not in same_language(language):
        raise Invalid(
            errors={"language": ["There is no disclosure in this language."]},
            code="unknown-disclosure",
        )
    return chosen


@transaction.atomic
def publish_disclosure(*, actor: Actor, interaction: str, language: str, text: str) -> Disclosure:
    """A new version of the words, in force at once. Versions count up from 1.

    Raises Invalid for empty words, Conflict where another version was published meanwhile.
    """
    if not text.strip():
        raise Invalid(errors={"text": ["Must not be empty."]})
    newest = Disclosure.objects.filter(interaction=interaction, language=language).aggregate(
        newest=Max("version")
    )["newest"]
    disclosure = Disclosure(
        interaction=interaction, language=language, version=(newest or 0) + 1, text=text.strip()
    )
    disclosure.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            disclosure.save(force_insert=True)
    except IntegrityError:
        raise Conflict("Another version was published meanwhile.") from None
    record(
        actor=actor,
        event_type="disclosure",
        action="published",
        obj=disclosure,
        details={"interaction": interaction, "language": language, "version": disclosure.version},
    )
    return disclosure


@transaction.atomic
def note_spoken(
    *,
    actor: Actor,
    call_id: UUID,
    application_id: UUID | None,
    interaction: str,
    version: int,
    spoken_at_ms: int,
    language: str = "",
) -> tuple[SpokenDisclosure, bool]:
    """Proof that the words were said on the call. True when new; told twice is one proof.

    Raises NotFound for the call, Invalid for a disclosure that never was or a moment past the
    call's end.
    """
    call = find_call(call_id=call_id, application_id=application_id)
    found = {
        each.language: each
        for each in Disclosure.objects.filter(
            interaction=interaction,
            version=version,
            language__in=languages_for(language or call.language),
        )
    }
    disclosure: Disclosure | None = best(found, language or call.language)
    if disclosure is None:
        raise Invalid(
            errors={"version": ["There is no such disclosure in the call's language."]},
            code="unknown-disclosure",
        )
    if call.ended_at is not None:
        length_ms = (call.ended_at - call.started_at).total_seconds() * 1000
        if spoken_at_ms > length_ms:
            raise Invalid(errors={"spoken_at_ms": ["Lies after the call's end."]})
    spoken, made = SpokenDisclosure.objects.get_or_create(
        call=call, disclosure=disclosure, spoken_at_ms=spoken_at_ms
    )
    if made:
        record(
            actor=actor,
            event_type="disclosure",
            action="spoken",
            obj=spoken,
            details={
                "call": call.id,
                "interaction": interaction,
                "version": version,
                "language": disclosure.language,
                "spoken_at_ms": spoken_at_ms,
            },
        )
    return spoken, made
