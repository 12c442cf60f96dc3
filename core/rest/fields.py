"""Fields of request bodies that take no value of another type for theirs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class StrictCharField(serializers.CharField):
    """A string, and nothing that could be written as one: ``{"text": 5}`` is a mistake of the
    caller, not the text "5". Everything else is DRF's CharField."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        return value
