"""The verbs of operations: jobs, approvals, messages, and what expires."""

from operations.services.approvals import (
    approve,
    expire_approvals,
    refusal_for,
    reject,
    request_approval,
    withdraw,
)
from operations.services.expiry import (
    delete_expired_sessions,
    delete_idempotency_records,
    delete_notifications,
)
from operations.services.jobs import (
    cancel_job,
    expire_results,
    read_result,
    report_progress,
    retry_job,
    revive_stalled_jobs,
    start_job,
)
from operations.services.notifications import mark_read, notify, notify_holders

__all__ = [
    "approve",
    "cancel_job",
    "delete_expired_sessions",
    "delete_idempotency_records",
    "delete_notifications",
    "expire_approvals",
    "expire_results",
    "mark_read",
    "notify",
    "notify_holders",
    "read_result",
    "refusal_for",
    "reject",
    "report_progress",
    "request_approval",
    "retry_job",
    "revive_stalled_jobs",
    "start_job",
    "withdraw",
]
