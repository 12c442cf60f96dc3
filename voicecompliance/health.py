"""Is the process there, and can it work?"""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError

from core.errors import CiphertextRefused
from vault.services import verify_keys


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, broker, cache and keys; 503 with the part that is missing."""
    found = {
        "database": _database(),
        "migrations": _migrations(),
        "broker": _broker(),
        "cache": _cache(),
        "keys": _keys(),
    }
    ready = all(word == "ok" for word in found.values())
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "parts": found},
        status=200 if ready else 503,
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return "pending" if plan else "ok"


def _broker() -> str:
    try:
        with Connection(
            settings.CELERY_BROKER_URL,
            connect_timeout=2,
            transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        ) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return "unreachable"
    return "ok"


def _cache() -> str:
    try:
        cache.set("readyz", "1", timeout=10)
        return "ok" if cache.get("readyz") == "1" else "forgetful"
    except Exception as error:  # noqa: BLE001 - each cache client has errors of its own
        return f"unreachable ({type(error).__name__})"


def _keys() -> str:
    try:
        verify_keys()
    except (ImproperlyConfigured, CiphertextRefused):
        return "wrong key"
    except DatabaseError:
        return "unknown"
    return "ok"
