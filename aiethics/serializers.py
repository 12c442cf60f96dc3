"""The bodies of the API's calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aiethics.models import Disclosure
from consent.serializers import DAY_MS, language


class DisclosureQuery(serializers.Serializer[Any]):
    interaction = serializers.CharField(max_length=40)
    language = language()


class DisclosureOut(serializers.Serializer[Any]):
    interaction = serializers.CharField()
    language = serializers.CharField()
    version = serializers.IntegerField()
    text = serializers.CharField()


class SpokenIn(serializers.Serializer[Any]):
    interaction = serializers.ChoiceField(Disclosure.Interaction.choices)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    spoken_at_ms = serializers.IntegerField(min_value=0, max_value=DAY_MS)
    language = language(required=False)


class SpokenOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    call = serializers.UUIDField()
    interaction = serializers.CharField()
    version = serializers.IntegerField()
    language = serializers.CharField()
    spoken_at_ms = serializers.IntegerField()
