"""Which events are failed sign-ins, and which hand out who may do what."""

from core import accesses

accesses.declare(accesses.FAILED_SIGN_INS, ("sign_in", "failed"), ("factor", "wrong"))
accesses.declare(accesses.EXPORTS, ("access_rights", "exported"))
