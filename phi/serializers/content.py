"""The bodies of the API's calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

import masking
from consent.serializers import language, region
from core.rest.fields import StrictCharField
from phi.models import PurposeOfUse, VoiceRecording
from phi.services.playing import ORIGINAL, VARIANTS
from phi.turns import LooseTurnOut, LooseTurnsField, TurnOut, TurnsField

MAX_MASKED_TEXT = 1_000_000
MAX_NAMES = 20


class RecordingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    sha256 = serializers.CharField()
    bytes = serializers.IntegerField()
    duration_ms = serializers.IntegerField()
    state = serializers.ChoiceField(VoiceRecording.State.choices)
    delete_after = serializers.DateTimeField()


class PlayQuery(serializers.Serializer[Any]):
    purpose_of_use = serializers.ChoiceField(PurposeOfUse.choices)
    variant = serializers.ChoiceField(VARIANTS, default=ORIGINAL)


class TranscriptIn(serializers.Serializer[Any]):
    language = language()
    turns = TurnsField()
    captured_at = serializers.DateTimeField(required=False)


class TranscriptOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    turns = TurnOut(many=True)
    findings = serializers.DictField(child=serializers.IntegerField())
    delete_after = serializers.DateTimeField()


class ReadQuery(serializers.Serializer[Any]):
    view = serializers.ChoiceField(["masked", "original"], default="masked")
    purpose_of_use = serializers.ChoiceField(PurposeOfUse.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["view"] == "original" and "purpose_of_use" not in attrs:
            raise serializers.ValidationError(
                {"purpose_of_use": "The original is read for a purpose of use."}
            )
        return attrs


class TranscriptViewOut(TranscriptOut):
    call = serializers.UUIDField()
    language = serializers.CharField()
    view = serializers.ChoiceField(["masked", "original"])
    captured_at = serializers.DateTimeField()


class MaskIn(serializers.Serializer[Any]):
    text = StrictCharField(
        max_length=MAX_MASKED_TEXT, allow_blank=True, trim_whitespace=False, required=False
    )
    turns = LooseTurnsField(required=False)
    policy = serializers.ChoiceField(sorted(masking.POLICIES), default="strict")
    language = language(default="en")
    region = region(required=False)
    names = serializers.ListField(
        child=StrictCharField(max_length=200), max_length=MAX_NAMES, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "text" not in attrs and "turns" not in attrs:
            raise serializers.ValidationError({"text": "Give a text, or turns."})
        if "text" in attrs and "turns" in attrs:
            raise serializers.ValidationError({"turns": "Give a text or turns, not both."})
        if sum(len(turn.text) for turn in attrs.get("turns", ())) > MAX_MASKED_TEXT:
            raise serializers.ValidationError(
                {"turns": f"All turns together hold {MAX_MASKED_TEXT:,} characters at most."}
            )
        return attrs


class MaskFinding(serializers.Serializer[Any]):
    turn = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    reason = serializers.CharField()
    score = serializers.FloatField()

    def get_fields(self) -> dict[str, Any]:
        # Not in the body: a serializer has a ``label`` of its own.
        return {**super().get_fields(), "label": serializers.CharField()}


class MaskOut(serializers.Serializer[Any]):
    text = serializers.CharField(required=False, allow_blank=True)
    turns = LooseTurnOut(many=True, required=False)
    findings = MaskFinding(many=True)
