"""The bodies of the API's calls about health records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.rest.fields import StrictCharField
from core.text import is_plain
from phi.models import CareRelationship, DataType, PurposeOfUse
from phi.services.breakglass import MOST


def _texts(content: Any) -> Iterator[str]:
    """Every text in the content, names too."""
    left = [content]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            left += [*each, *each.values()]
        elif isinstance(each, list):
            left += each


@extend_schema_field({"oneOf": [{"type": "object"}, {"type": "string"}]})
class ContentField(serializers.Field[Any, Any, Any, Any]):
    """A JSON object or text, taken as it is."""

    default_error_messages = {
        "kind": "Give a JSON object or text.",
        "blank": "Give something.",
        "unseen": "Control characters and changes of direction are not taken.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict | str):
            self.fail("kind")
        if not data or (isinstance(data, str) and not data.strip()):
            self.fail("blank")
        if not all(is_plain(text) for text in _texts(data)):
            self.fail("unseen")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class RecordIn(serializers.Serializer[Any]):
    subject = serializers.UUIDField()
    data_type = serializers.ChoiceField(DataType.choices)
    content = ContentField()
    purpose_of_use = serializers.ChoiceField(PurposeOfUse.choices)
    recorded_at = serializers.DateTimeField(required=False)


class RecordMade(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    access_id = serializers.UUIDField()
    delete_after = serializers.DateTimeField()


class RecordQuery(serializers.Serializer[Any]):
    purpose_of_use = serializers.ChoiceField(PurposeOfUse.choices)
    break_glass_reason = StrictCharField(
        required=False, allow_blank=True, default="", max_length=MOST
    )


class RecordOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField()
    data_type = serializers.ChoiceField(DataType.choices)
    content = ContentField()
    recorded_at = serializers.DateTimeField()
    delete_after = serializers.DateTimeField()
    access_id = serializers.UUIDField()
    granted_by = serializers.CharField()


class RelationshipIn(serializers.Serializer[Any]):
    person = serializers.UUIDField()
    subject = serializers.UUIDField()
    kind = serializers.ChoiceField(CareRelationship.Kind.choices, default="treating")
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False, allow_null=True)


class RelationshipOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")
    subject = serializers.UUIDField(source="subject_id")
    kind = serializers.ChoiceField(CareRelationship.Kind.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class RelationshipQuery(serializers.Serializer[Any]):
    subject = serializers.UUIDField(required=False)
    person = serializers.UUIDField(required=False)


class PeriodQuery(serializers.Serializer[Any]):
    subject = serializers.UUIDField(required=False)

    def get_fields(self) -> dict[str, Any]:
        # Not in the body: ``from`` is a word of Python's.
        moments = {
            name: serializers.DateTimeField(required=False, help_text=words)
            for name, words in (
                ("from", "From, UTC; 30 days before the end when left out"),
                ("to", "To, not included, UTC; now when left out"),
            )
        }
        return {**super().get_fields(), **moments}
