"""The Celery application and the whole beat schedule."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voicecompliance.settings")

app = Celery("voicecompliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "retention-sweep": {"task": "retention.tasks.sweep", "schedule": crontab(minute="7")},
    "audit-partitions": {"task": "audit.tasks.ensure_partitions", "schedule": crontab(minute="23")},
    "operations-expire": {"task": "operations.tasks.expire", "schedule": crontab(minute="37")},
    "operations-revive": {"task": "operations.tasks.revive_stalled_jobs", "schedule": 60.0},
    "phi-orphan-blobs": {"task": "phi.tasks.sweep_orphan_blobs", "schedule": crontab(minute="52")},
}
