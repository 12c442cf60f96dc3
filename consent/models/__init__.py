"""Data subjects, their calls, and what they agreed to."""

from consent.models.calls import Call, GateAnswer, Jurisdiction
from consent.models.consents import ConsentRecord, Notice, Purpose
from consent.models.subjects import DataSubject

__all__ = [
    "Call",
    "ConsentRecord",
    "DataSubject",
    "GateAnswer",
    "Jurisdiction",
    "Notice",
    "Purpose",
]
