"""The controller's days: its dates are a statement's dates."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """The controller's time zone: its dates are a statement's dates."""
    return ZoneInfo(settings.CONTROLLER_TIME_ZONE)


def day_of(moment: datetime) -> date:
    """The controller's date at ``moment``."""
    return moment.astimezone(zone()).date()
