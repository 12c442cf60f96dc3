"""The bodies of the audit log's API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from audit.models import AuditEvent


class EventIn(serializers.Serializer[Any]):
    """An event as a reporter sends it."""

    event_type = serializers.CharField(max_length=80)
    action = serializers.CharField(max_length=80)
    user_id = serializers.CharField(max_length=80, required=False)
    details = serializers.JSONField(required=False)
    severity = serializers.ChoiceField(AuditEvent.Severity.choices, required=False)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)


class EventOut(serializers.ModelSerializer[AuditEvent]):
    """An event as the log holds it."""

    class Meta:
        model = AuditEvent
        fields = (
            "id received_at occurred_at event_type action severity actor_kind actor_id actor_name"
            " actor_address object_type object_id request_id details"
        ).split()
