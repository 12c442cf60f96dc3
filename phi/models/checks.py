"""Conditions that constraints of several models share."""

from __future__ import annotations

from django.db.models import F, Func, IntegerField, Value
from django.db.models.lookups import Exact


def is_sealed(field: str) -> Exact:
    """The version byte of a sealed message: plain text never gets in by another road. Of an empty
    column it is null, which a check passes."""
    byte = Func(F(field), Value(0), function="get_byte", output_field=IntegerField())
    return Exact(byte, 1)
