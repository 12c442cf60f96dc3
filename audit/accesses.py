"""Which events hand out the log itself."""

from core import accesses

accesses.declare(accesses.EXPORTS, ("audit_report", "made"))
