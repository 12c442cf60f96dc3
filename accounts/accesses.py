"""Which events are failed sign-ins."""

from core import accesses

accesses.declare(accesses.FAILED_SIGN_INS, ("sign_in", "failed"), ("factor", "wrong"))
