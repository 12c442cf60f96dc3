"""The column of a sealed message."""

from __future__ import annotations

from typing import Any

from django.db import models


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """Sealed bytes, never shown in a form.

    A binary column in every way but one: PostgreSQL needs no placeholder of its own for it, and a
    field that names one keeps Django from sending rows in bulk as arrays, at half the speed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    @property
    def get_placeholder(self) -> Any:
        raise AttributeError("get_placeholder")
