"""A report of API keys that nobody uses, for whoever reviews access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.querysets import UNUSED_AFTER, live_keys, unused_keys
from core import reports
from core.evidence import FAIL, PASS
from core.reports import Column, Document, Fact, Line, Progress, Section, Table

CODE = "unused-keys"


class Since(forms.Form):
    """For how many days a key was not used."""

    days = forms.IntegerField(
        label="Not used for days",
        required=False,
        min_value=1,
        max_value=3650,
        initial=UNUSED_AFTER.days,
    )

    def clean_days(self) -> int:
        days: int | None = self.cleaned_data["days"]
        return UNUSED_AFTER.days if days is None else days


def build(values: Mapping[str, Any], progress: Progress) -> Document:
    """The live keys that were not used for ``days``, as things stand now."""
    days, now = values["days"], timezone.now()
    live = live_keys(now).count()
    unused = list(unused_keys(now, timedelta(days=days)).select_related("application"))
    rows = tuple(
        (
            key.application.name,
            f"vc_{key.prefix}",
            ", ".join(key.scopes),
            key.created_at,
            key.last_used_at,
            key.expires_at,
        )
        for key in unused
    )
    return Document(
        code=CODE,
        title="Unused API keys",
        organisation=settings.ORGANISATION,
        parameters={"days": days},
        moment=now,
        note="A key that nobody uses is one that nobody misses when it is stolen: revoke it.",
        facts=(
            Fact("moment", "As of", now),
            Fact("days", "Not used for days", days),
            Fact("live", "Keys that work", live),
        ),
        checks=(
            Line(
                "accounts.unused_keys",
                "Unused API keys",
                FAIL if unused else PASS,
                f"{len(unused)} of {live} keys",
                f"Keys that work and were neither used nor made in the last {days} days.",
                ("45 CFR 164.308(a)(4)(ii)(C)", "GDPR 32(1)(b)"),
            ),
        ),
        sections=(
            Section(
                "keys",
                "Keys",
                table=Table(
                    (
                        Column("application", "Application"),
                        Column("prefix", "Key"),
                        Column("scopes", "Scopes"),
                        Column("made", "Made", number=True),
                        Column("used", "Last used", number=True),
                        Column("expires", "Expires", number=True),
                    ),
                    rows,
                ),
            ),
        ),
    )


reports.register(
    reports.Report(
        code=CODE,
        title="Unused API keys",
        permission="accounts.view_apikey",
        parameters=Since,
        build=build,
        about="API keys that work and that nobody has used for a while.",
    )
)
