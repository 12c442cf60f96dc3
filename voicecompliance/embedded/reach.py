"""One look at the servers that the environment names, before anything waits for them."""

from __future__ import annotations

import os

from voicecompliance.embedded.errors import StartError

SECONDS = 5


def named_servers() -> None:
    """Connect once to DATABASE_URL and CELERY_BROKER_URL where they are set.

    Raises StartError, with the server's own reason and without the address's password.
    """
    if os.environ.get("DATABASE_URL"):
        _database(os.environ["DATABASE_URL"])
    if os.environ.get("CELERY_BROKER_URL"):
        _broker(os.environ["CELERY_BROKER_URL"])


def _database(url: str) -> None:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=SECONDS).close()
    except psycopg.ProgrammingError:
        raise StartError("DATABASE_URL is not a PostgreSQL URL.") from None
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise StartError(f"The server of DATABASE_URL cannot be used: {reason}") from None


def _broker(url: str) -> None:
    from kombu import Connection

    try:
        with Connection(url, connect_timeout=SECONDS) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=SECONDS)
            where = connection.as_uri()
    except Exception as error:  # noqa: BLE001
        # Each transport has its own errors, and an unknown scheme is a KeyError.
        reason = str(error).strip() or type(error).__name__
        raise StartError(f"The server of CELERY_BROKER_URL cannot be used: {reason}") from None
    if where.startswith(("filesystem", "memory", "sqla", "sqlalchemy")):
        raise StartError("CELERY_BROKER_URL must name Redis or RabbitMQ: others can lose a task.")
