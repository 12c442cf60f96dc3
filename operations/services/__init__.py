"""The verbs of operations: jobs, approvals, messages, masking rules, and what expires."""

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
from operations.services.maskingrules import (
    add_masking_rule,
    change_masking_rule,
    remove_masking_rule,
    switch_masking_rule,
)
from operations.services.notifications import mark_read, notify, notify_holders

__all__ = [
    "add_masking_rule",
    "approve",
    "cancel_job",
    "change_masking_rule",
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
    "remove_masking_rule",
    "report_progress",
    "request_approval",
    "retry_job",
    "revive_stalled_jobs",
    "start_job",
    "switch_masking_rule",
    "withdraw",
]
