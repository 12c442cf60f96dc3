"""The one read that every request of an application makes, and keys that nobody uses."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import ApiKey, VoiceApplication
from core.prepared import Prepared

UNUSED_AFTER = timedelta(days=90)
_NAME = "accounts_key_with"


def live_keys(now: datetime) -> QuerySet[ApiKey]:
    """The keys that open something at ``now``."""
    return ApiKey.objects.filter(revoked_at=None, expires_at__gt=now, application__is_active=True)


def unused_keys(now: datetime, after: timedelta = UNUSED_AFTER) -> QuerySet[ApiKey]:
    """The live keys that nobody has used for ``after``, or never since they were made that long
    ago; those whose last sign of life is longest past come first."""
    keys = live_keys(now).annotate(last_sign=Coalesce(F("last_used_at"), F("created_at")))
    return keys.filter(last_sign__lt=now - after).order_by("last_sign")


def key_with(prefix: str) -> ApiKey | None:
    """The key with this prefix and its application, or None.

    ``ApiKey.objects.select_related("application")`` by hand: to put that query together takes
    the ORM three times as long as the database needs to answer it.
    """
    row = _read_first(prefix)
    if row is None:
        return None
    columns = _statement()[1]
    alias = connection.alias
    key = ApiKey.from_db(alias, columns[0], row[: len(columns[0])])
    key.application = VoiceApplication.from_db(alias, columns[1], row[len(columns[0]) :])
    return key


def _read_first(prefix: str) -> Any:
    """As the first read of a request it shows whether the kept connection still works, so that
    Django need not ask that by a query of its own (CONN_HEALTH_CHECKS)."""
    kept: Any = connection
    unsure = (
        kept.connection is not None
        and kept.health_check_enabled
        and not kept.health_check_done
        and not kept.in_atomic_block
    )
    if unsure:
        kept.health_check_done = True
        try:
            return _read(prefix)
        except (OperationalError, InterfaceError):
            kept.close()
    return _read(prefix)


def _read(prefix: str) -> Any:
    statement = _statement()[0]
    with connection.cursor() as cursor:
        if settings.PREPARED_STATEMENTS:
            with connection.wrap_database_errors:
                statement.plan(connection.connection)
            cursor.execute(f"EXECUTE {_NAME} (%s)", [prefix])
        else:
            cursor.execute(statement.sql.replace("$1", "%s"), [prefix])
        return cursor.fetchone()


@lru_cache(maxsize=1)
def _statement() -> tuple[Prepared, tuple[list[str], list[str]]]:
    quote = connection.ops.quote_name
    key, application = ApiKey._meta, VoiceApplication._meta
    listed = ", ".join(
        f"{quote(meta.db_table)}.{quote(str(field.column))}"
        for meta in (key, application)
        for field in meta.concrete_fields
    )
    statement = (
        f"SELECT {listed} FROM {quote(key.db_table)} JOIN {quote(application.db_table)}"
        f" ON {quote(application.db_table)}.{quote('id')}"
        f" = {quote(key.db_table)}.{quote('application_id')}"
        f" WHERE {quote(key.db_table)}.{quote('prefix')} = $1"
    )
    names = tuple([field.attname for field in meta.concrete_fields] for meta in (key, application))
    return Prepared(_NAME, statement), (names[0], names[1])
