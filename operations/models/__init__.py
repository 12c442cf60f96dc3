"""The tables of operations."""

from operations.models.masking import MaskingRule, MaskingRuleSet
from operations.models.work import Approval, IdempotencyRecord, Job, Notification

__all__ = [
    "Approval",
    "IdempotencyRecord",
    "Job",
    "MaskingRule",
    "MaskingRuleSet",
    "Notification",
]
