"""The bodies of the API's calls on disclosures to outside parties."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.rest.fields import StrictCharField
from core.text import require_plain
from phi.models import Authority, Exclusion
from phi.services.disclosures import TEXTS


class OutsideDisclosureIn(serializers.Serializer[Any]):
    subject = serializers.UUIDField(required=False)
    external_id = StrictCharField(max_length=200, required=False)
    disclosed_at = serializers.DateTimeField()
    recipient = StrictCharField(max_length=TEXTS["recipient"], validators=[require_plain])
    address = StrictCharField(
        max_length=TEXTS["address"], allow_blank=True, default="", validators=[require_plain]
    )
    description = StrictCharField(max_length=TEXTS["description"], validators=[require_plain])
    purpose = StrictCharField(max_length=TEXTS["purpose"], validators=[require_plain])
    authority = serializers.ChoiceField(Authority.choices)
    exclusion = serializers.ChoiceField(Exclusion.choices, allow_blank=True, default="")
    corrects = serializers.UUIDField(required=False)
    void = serializers.BooleanField(default=False)


class OutsideDisclosureMade(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    exclusion = serializers.CharField(allow_blank=True)
    delete_after = serializers.DateTimeField()


class SubjectQuery(serializers.Serializer[Any]):
    subject = serializers.UUIDField(required=False)
    external_id = StrictCharField(max_length=200, required=False)


class StatementQuery(SubjectQuery):
    def get_fields(self) -> dict[str, Any]:
        # "from" is a word of Python's.
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


class OutsideDisclosureOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    disclosed_at = serializers.DateTimeField()
    recipient = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_blank=True, allow_null=True)
    description = serializers.CharField(allow_null=True)
    purpose = serializers.CharField(allow_null=True)
    authority = serializers.CharField()
    exclusion = serializers.CharField(allow_blank=True)
    corrects = serializers.UUIDField(allow_null=True)
    void = serializers.BooleanField()


class StatementEntry(serializers.Serializer[Any]):
    disclosed_on = serializers.DateField()
    recipient = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    description = serializers.CharField()
    purpose = serializers.CharField()
    authority = serializers.CharField()
    times = serializers.IntegerField()
    last_on = serializers.DateField()


class StatementOut(serializers.Serializer[Any]):
    asked_on = serializers.DateField()
    due_on = serializers.DateField()
    extended_to = serializers.DateField()
    free = serializers.BooleanField()
    free_from = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    entries = StatementEntry(many=True)

    def get_fields(self) -> dict[str, Any]:
        period = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**super().get_fields(), **period}
