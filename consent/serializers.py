"""The bodies of the API's calls."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pycountry
from django.utils import timezone
from rest_framework import serializers

from consent.models import Call, ConsentRecord

REGION = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?\Z"
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z"
PURPOSE = r"^[a-z][a-z0-9_]{0,39}\Z"
PHONE = r"^\+?[0-9][0-9 ().\-]{3,30}[0-9]\Z"
DAY_MS = 24 * 3600 * 1000


class RegionField(serializers.RegexField):
    """A country of ISO 3166-1 or a part of one of ISO 3166-2, as it is listed there.

    A code that no list has is refused: read as some place without strict law, a slip of the
    keyboard would let a recording through.
    """

    default_error_messages = {
        "unlisted": "Is no country of ISO 3166-1 (such as DE) nor a part of one of ISO 3166-2"
        " (such as US-CA)."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(REGION, max_length=6, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        value: str = super().to_internal_value(data)
        if value and value not in listed_regions():
            self.fail("unlisted")
        return value


@functools.cache
def listed_regions() -> frozenset[str]:
    """Every code of ISO 3166-1 alpha-2 and ISO 3166-2."""
    return frozenset(country.alpha_2 for country in pycountry.countries) | frozenset(
        part.code for part in pycountry.subdivisions
    )


def region(**kwargs: Any) -> RegionField:
    return RegionField(**kwargs)


def language(**kwargs: Any) -> serializers.RegexField:
    return serializers.RegexField(LANGUAGE, max_length=16, **kwargs)


class SubjectIn(serializers.Serializer[Any]):
    external_id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    phone = serializers.RegexField(PHONE, max_length=32, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    date_of_birth = serializers.DateField(required=False)
    patient_id = serializers.CharField(max_length=100, required=False, allow_blank=True)
    region = region(required=False, allow_blank=True)
    language = language(required=False, allow_blank=True)

    def validate_date_of_birth(self, value: date) -> date:
        if value > timezone.now().date():
            raise serializers.ValidationError("Lies in the future.")
        return value


class SubjectOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    external_id = serializers.CharField()


class SubjectRef(serializers.Serializer[Any]):
    """A subject by our id or by the application's own."""

    subject = serializers.UUIDField(required=False)
    external_id = serializers.CharField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "subject" in attrs and "external_id" in attrs:
            raise serializers.ValidationError({"subject": "Give subject or external_id, not both."})
        return attrs


class CallIn(SubjectRef):
    direction = serializers.ChoiceField(Call.Direction.choices)
    regions = serializers.ListField(child=region(), min_length=1, max_length=20)
    timezone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    model_version = serializers.CharField(max_length=120, required=False, allow_blank=True)
    purposes = serializers.ListField(
        child=serializers.RegexField(PURPOSE), min_length=1, max_length=50
    )
    language = language()
    is_ai = serializers.BooleanField()
    started_at = serializers.DateTimeField(required=False)
    other_subjects = serializers.ListField(
        child=serializers.UUIDField(), max_length=20, required=False
    )

    def validate_timezone(self, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (KeyError, ValueError, OSError):
                raise serializers.ValidationError(
                    "Must be a time zone name such as America/Chicago."
                ) from None
        return value


class CallPatch(serializers.Serializer[Any]):
    subject = serializers.UUIDField()


class CallEnd(serializers.Serializer[Any]):
    ended_at = serializers.DateTimeField()


class RulingOut(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    rule = serializers.CharField()
    reason = serializers.CharField()
    consent_id = serializers.UUIDField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class RecordingRulingOut(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    rule = serializers.CharField()
    reason = serializers.CharField()


class SayOut(serializers.Serializer[Any]):
    interaction = serializers.CharField()
    text = serializers.CharField()
    language = serializers.CharField()
    version = serializers.IntegerField()


class AskOut(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    notice_id = serializers.UUIDField()
    notice_version = serializers.IntegerField()
    text = serializers.CharField()
    language = serializers.CharField()


class CallOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    purposes = serializers.DictField(child=RulingOut())
    recording = RecordingRulingOut()
    say = SayOut(many=True)
    ask = AskOut(many=True)


class CallStateOut(CallOut):
    subject = serializers.UUIDField(allow_null=True)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class CallEndOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


class EvidenceIn(serializers.Serializer[Any]):
    """Where in the call the question and the answer are (milliseconds), and the answer."""

    prompt_start_ms = serializers.IntegerField(min_value=0, max_value=DAY_MS, required=False)
    prompt_end_ms = serializers.IntegerField(min_value=0, max_value=DAY_MS, required=False)
    answer_start_ms = serializers.IntegerField(min_value=0, max_value=DAY_MS, required=False)
    answer_end_ms = serializers.IntegerField(min_value=0, max_value=DAY_MS, required=False)
    answer_text = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    asr_confidence = serializers.FloatField(min_value=0, max_value=1, required=False)
    clip_sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for part in ("prompt", "answer"):
            start, end = attrs.get(f"{part}_start_ms"), attrs.get(f"{part}_end_ms")
            if start is not None and end is not None and end < start:
                raise serializers.ValidationError({f"{part}_end_ms": "Is before the start."})
        return attrs


class ConsentIn(SubjectRef):
    purpose = serializers.RegexField(PURPOSE)
    decision = serializers.ChoiceField(ConsentRecord.Decision.choices)
    method = serializers.ChoiceField(ConsentRecord.Method.choices)
    notice_version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True
    )
    language = language(required=False)
    call = serializers.UUIDField(required=False, allow_null=True)
    evidence = EvidenceIn(required=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class ConsentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    purpose = serializers.CharField(source="purpose.code")
    decision = serializers.CharField()
    method = serializers.CharField()
    notice_id = serializers.UUIDField(allow_null=True)
    notice_sha256 = serializers.CharField(allow_blank=True)
    call = serializers.UUIDField(source="call_ref", allow_null=True)
    decided_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    supersedes = serializers.UUIDField(allow_null=True)


class CheckIn(SubjectRef):
    purpose = serializers.RegexField(PURPOSE)


class CheckOut(serializers.Serializer[Any]):
    granted = serializers.BooleanField()
    decision = serializers.CharField(allow_null=True)
    record_id = serializers.UUIDField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class ReceiptOut(serializers.Serializer[Any]):
    receipt = serializers.DictField()
    signature = serializers.DictField()
