"""The bodies of the audit log's API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.utils import timezone
from rest_framework import serializers

from audit import ingest
from audit.models import AuditEvent

_TOO_LARGE = f"May hold {ingest.LONGEST_DETAILS} bytes at most."
_TOO_DEEP = f"May nest {ingest.DEEPEST_DETAILS} deep at most."


class DetailsField(serializers.DictField):
    """A JSON object of bounded size and depth."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if not ingest.shallow(data):
            raise serializers.ValidationError(_TOO_DEEP)
        try:
            size = len(orjson.dumps(data))
        except TypeError:
            # An integer over 64 bits, which orjson refuses.
            size = len(repr(data))
        if size > ingest.LONGEST_DETAILS:
            raise serializers.ValidationError(_TOO_LARGE)
        return data


class EventIn(serializers.Serializer[Any]):
    """An event as a reporter sends it."""

    event_type = serializers.CharField(max_length=80)
    action = serializers.CharField(max_length=80)
    user_id = serializers.CharField(
        max_length=80,
        required=False,
        allow_null=True,
        help_text="Whom it is about, by your own id for them; kept as the event's object.",
    )
    details = DetailsField(
        required=False,
        help_text="Kept without secrets and personal data. At most 32 KiB, nested 32 deep.",
    )
    severity = serializers.ChoiceField(AuditEvent.Severity.choices, default="INFO")
    occurred_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Since 1970, and at most a day ahead of us."
    )

    def validate_occurred_at(self, value: datetime | None) -> datetime | None:
        if value is not None and not ingest.EARLIEST <= value <= timezone.now() + ingest.AHEAD:
            raise serializers.ValidationError("Must lie between 1970 and a day from now.")
        return value


def entries_of(data: Any) -> ingest.Read:
    """The events of a parsed body, and whether they are a batch.

    Raises DRF's ValidationError, which names each wrong field of each item.
    """
    batch = isinstance(data, list)
    reader: Any = EventIn(data=data)
    if batch:
        reader = serializers.ListSerializer(
            data=data, child=EventIn(), allow_empty=False, max_length=ingest.MOST
        )
    reader.is_valid(raise_exception=True)
    rows = reader.validated_data if batch else [reader.validated_data]
    return [
        ingest.entry_of(
            row["event_type"],
            row["action"],
            row.get("user_id"),
            row.get("details", {}),
            row["severity"],
            row.get("occurred_at"),
        )
        for row in rows
    ], batch


class EventOut(serializers.ModelSerializer[AuditEvent]):
    """An event as the log holds it."""

    details = serializers.DictField(read_only=True)
    user_id = serializers.SerializerMethodField(
        help_text="Whom a reporter said it is about: the object's id where its type is user."
    )

    class Meta:
        model = AuditEvent
        fields = (
            "id received_at occurred_at event_type action severity actor_kind actor_id actor_name"
            " actor_address object_type object_id user_id request_id details"
        ).split()
        read_only_fields = fields

    def get_user_id(self, event: AuditEvent) -> str | None:
        return event.object_id if event.object_type == ingest.USER else None


_UUID = re.compile(r"[0-9a-fA-F-]{36}")


def told(query: Mapping[str, Any]) -> dict[str, Any]:
    """What a look's event says of what was looked for: an actor or object by its id, and that one
    was named otherwise. A name that somebody typed stays out of the log."""
    return {
        key: value if key not in {"actor", "object"} or _UUID.fullmatch(value) else "a name"
        for key, value in query.items()
    }


class EventQuery(serializers.Serializer[Any]):
    """What to look for; all conditions hold at once."""

    event_type = serializers.CharField(max_length=80, required=False)
    action = serializers.CharField(max_length=80, required=False)
    actor = serializers.CharField(
        max_length=200,
        required=False,
        help_text="The acting account's id; or its name at the time, for which every event of the"
        " period is read.",
    )
    object = serializers.CharField(
        max_length=200,
        required=False,
        help_text="The object's id, alone or after its type: `user:17`.",
    )
    severity = serializers.ChoiceField(AuditEvent.Severity.choices, required=False)

    def get_fields(self) -> dict[str, Any]:
        # "from" is a word of Python's.
        return {
            "from": serializers.DateTimeField(
                required=False, help_text="Received at or after this moment."
            ),
            "to": serializers.DateTimeField(
                required=False, help_text="Received before this moment."
            ),
            **super().get_fields(),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["from"] >= attrs["to"]:
            raise serializers.ValidationError({"to": "Must be later than from."})
        return attrs


class EventReceipt(serializers.Serializer[Any]):
    """Of one event."""

    id = serializers.UUIDField()
    leaf_hash = serializers.CharField(
        help_text="SHA-256 over a zero byte and the event's canonical bytes (RFC 6962), in hex: a"
        " proof of inclusion must lead from it to a signed checkpoint."
    )


class BatchReceipt(serializers.Serializer[Any]):
    """Of a batch, in its order."""

    ids = serializers.ListField(child=serializers.UUIDField())
    leaf_hashes = serializers.ListField(child=serializers.CharField())
