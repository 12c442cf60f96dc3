"""Database roles: what each process may do, said by PostgreSQL and not by our care.

- **owner** made the tables and migrates;
- **web** serves: it may not DELETE declared personal data, and not change append-only tables;
- **dropper** destroys what expires, and is entered by the deleter alone.

Processes enter ``web`` when they connect (the ``role`` start-up option); the deleter enters
``dropper`` for one transaction with ``SET LOCAL ROLE``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

WEB = "voicecompliance_web"
DROPPER = "voicecompliance_dropper"


@contextmanager
def dropping() -> Iterator[None]:
    """A transaction as the dropper; back to the session's own role when it ends.

    Must be the outermost statement of its work: SET LOCAL lasts until commit or rollback, and
    inside another transaction it is set back by hand.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role')")
            row = cursor.fetchone()
            before = row[0] if row else "none"
            cursor.execute(f"SET LOCAL ROLE {DROPPER}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, true)", [before])
