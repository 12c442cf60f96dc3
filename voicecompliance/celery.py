"""The Celery application and the whole beat schedule."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voicecompliance.settings")

app = Celery("voicecompliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def _stop_on_wrong_keys(**kwargs: Any) -> None:
    from django.db import connections

    from vault.checks import stop_on_wrong_keys

    try:
        stop_on_wrong_keys()
    except ImproperlyConfigured as error:
        # Celery logs what a signal's receiver raises and goes on: it must not.
        raise SystemExit(str(error)) from None
    # The pool's processes fork after this: a connection must not be shared between them.
    connections.close_all()


app.conf.beat_schedule = {
    "retention-sweep": {"task": "retention.tasks.sweep", "schedule": crontab(minute="7")},
    # A beat that nobody has taken up when the next one comes is worth nothing.
    "audit-seal": {"task": "audit.tasks.seal", "schedule": 5.0, "options": {"expires": 5}},
    "audit-copies": {
        "task": "audit.tasks.compare_copies",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "audit-partitions": {"task": "audit.tasks.ensure_partitions", "schedule": crontab(minute="23")},
    "audit-reviews": {"task": "audit.tasks.choose_reviews", "schedule": crontab(minute="41")},
    "operations-expire": {"task": "operations.tasks.expire", "schedule": crontab(minute="37")},
    "operations-revive": {"task": "operations.tasks.revive_stalled_jobs", "schedule": 60.0},
    "vault-count": {
        "task": "vault.tasks.count_wrapped",
        "schedule": crontab(minute="17", hour="3"),
    },
    "phi-transcript-index": {
        "task": "phi.tasks.empty_transcript_index",
        "schedule": crontab(minute="57"),
    },
    "phi-muting": {"task": "phi.tasks.hand_over_muting", "schedule": 60.0},
    "phi-orphan-blobs": {"task": "phi.tasks.sweep_orphan_blobs", "schedule": crontab(minute="52")},
}
