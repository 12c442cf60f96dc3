"""Which events are looks at what callers said and how their health is, who keeps them, and which
of them stand out."""

from audit.reviews import add_rule
from core import accesses
from phi.services.accesses import look
from phi.services.suspicion import of_a_day

accesses.kept_by(look)
add_rule(of_a_day)
accesses.declare(accesses.RECORDINGS, ("recording", "played"))
accesses.declare(accesses.TRANSCRIPTS, ("transcript", "read"))
accesses.declare(accesses.ORIGINALS, ("transcript", "original_read"))
accesses.declare(accesses.DISCLOSURES, ("disclosures", "read"))
accesses.declare(
    accesses.EXPORTS,
    ("accesses", "exported"),
    ("disclosures", "statement_made"),
    ("disclosures", "statement_read"),
)
accesses.declare(accesses.HEALTH_RECORDS, ("health_record", "read"))
accesses.declare(accesses.HEALTH_WRITES, ("health_record", "stored"))
accesses.declare(accesses.BREAK_GLASS, ("break_glass", "granted"))
accesses.declare(accesses.VOICE_PROFILES, ("voice_profile", "read"))
