"""Which events are looks at who somebody is, and at what they agreed to."""

from core import accesses

OPENED = ("subject", "opened")
FOUND = ("subject", "found")
CALL_OPENED = ("call", "viewed")
CONSENT_OPENED = ("consent", "viewed")
RECEIPT_READ = ("consent", "receipt_read")

accesses.declare(accesses.PROFILES, OPENED, FOUND)
accesses.declare(accesses.CALLS, CALL_OPENED, CONSENT_OPENED, RECEIPT_READ)
