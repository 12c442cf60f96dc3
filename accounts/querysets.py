"""The one read that every request of an application makes."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from accounts.models import ApiKey, VoiceApplication


def key_with(prefix: str) -> ApiKey | None:
    """The key with this prefix and its application, or None.

    ``ApiKey.objects.select_related("application")`` by hand: to put that query together takes
    the ORM three times as long as the database needs to answer it.
    """
    statement, columns = _statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, [prefix])
        row = cursor.fetchone()
    if row is None:
        return None
    alias = connection.alias
    key = ApiKey.from_db(alias, columns[0], row[: len(columns[0])])
    key.application = VoiceApplication.from_db(alias, columns[1], row[len(columns[0]) :])
    return key


@lru_cache(maxsize=1)
def _statement() -> tuple[str, tuple[list[str], list[str]]]:
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
        f" WHERE {quote(key.db_table)}.{quote('prefix')} = %s"
    )
    names = tuple([field.attname for field in meta.concrete_fields] for meta in (key, application))
    return statement, (names[0], names[1])
