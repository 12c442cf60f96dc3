"""The bodies of the voice profiles' calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from consent.serializers import SubjectRef
from core.rest.fields import StrictCharField
from core.text import require_plain


class VoiceProfileIn(SubjectRef):
    vendor = StrictCharField(max_length=120, validators=[require_plain])
    template_ref = StrictCharField(max_length=500, validators=[require_plain])
    # Without one the answer is that the release is missing, as for a record that is too weak.
    consent = serializers.UUIDField(required=False, allow_null=True)


class VoiceProfileState(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField()
    vendor = serializers.CharField()
    release = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    last_interaction_at = serializers.DateTimeField()
    delete_after = serializers.DateTimeField()


class VoiceProfileOut(VoiceProfileState):
    template_ref = serializers.CharField()


class InteractionIn(serializers.Serializer[Any]):
    at = serializers.DateTimeField(required=False)
