"""Database roles: what each process may do, said by PostgreSQL and not by our care.

- **owner** made the tables and migrates;
- **web** serves: it may not DELETE declared personal data, and not change append-only tables;
- **dropper** destroys what expires, and is entered by the deleter alone;
- **sealer** gives audit events their place in the log, and is entered by the sealer alone.

Processes enter ``web`` when they connect (the ``role`` start-up option); the deleter and
the sealer enter theirs for one transaction with ``SET LOCAL ROLE``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction

WEB = "voicecompliance_web"
DROPPER = "voicecompliance_dropper"
SEALER = "voicecompliance_sealer"


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """A transaction as one of the roles above; back to the session's own when it ends.

    Must be the outermost statement of its work: SET LOCAL lasts until commit or rollback, and
    inside another transaction it is set back by hand.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role')")
            row = cursor.fetchone()
            before = row[0] if row else "none"
            cursor.execute(f"SET LOCAL ROLE {role}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, true)", [before])


def dropping() -> AbstractContextManager[None]:
    """A transaction as the dropper: the deleter's."""
    return acting_as(DROPPER)


def make_roles(*names: str) -> str:
    """For migrations: SQL that makes each role, without log-in, where it is missing, and lets the
    owner enter it."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"""
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[{listed}] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'The role % is missing and % may not create it.',
                        name, current_user
                        USING HINT = 'Have an administrator run: CREATE ROLE '
                            || name || ' NOLOGIN; GRANT ' || name || ' TO ' || current_user;
            END;
        END IF;
        -- Since PostgreSQL 16 the maker of a role may not enter it until granted to do so.
        IF NOT EXISTS (
            SELECT FROM pg_auth_members m
            WHERE m.roleid = to_regrole(name) AND m.member = current_user::regrole
                AND to_jsonb(m)->>'set_option' IS DISTINCT FROM 'false'
        ) THEN
            BEGIN
                EXECUTE format('GRANT %I TO CURRENT_USER', name);
            EXCEPTION
                -- Another database of this server was granting the same.
                WHEN internal_error OR unique_violation THEN NULL;
            END;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', name);
    END LOOP;
END $$;
"""
