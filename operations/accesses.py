"""Which events hand out the result of a job: a report, an export."""

from core import accesses

accesses.declare(accesses.EXPORTS, ("job", "result_read"))
