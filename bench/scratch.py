"""A scratch database for benchmarks: migrated, empty, dropped afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voicecompliance.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")


@contextmanager
def scratch(name: str) -> Iterator[None]:
    """Django set up on a database of its own, as the web role."""
    os.environ["DATABASE_ROLE"] = "owner"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from core.database import WEB

    settings = connection.settings_dict
    made = settings["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    settings["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        connection.close()
        settings["OPTIONS"]["options"] = f"-c role={WEB}"
        yield
    finally:
        connection.close()
        settings["OPTIONS"].pop("options", None)
        settings["NAME"] = made
        _drop(connection, name)


def _drop(connection: Any, name: str) -> None:
    """The server's own vacuum may be at work there, and is not ours to end."""
    from django.db import Error

    for attempt in range(120):
        try:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            return
        except Error:
            if attempt == 119:
                raise
            time.sleep(1)
