"""Which events are looks at what callers said and how their health is."""

from core import accesses

accesses.declare(accesses.RECORDINGS, ("recording", "played"))
accesses.declare(accesses.TRANSCRIPTS, ("transcript", "read"))
accesses.declare(accesses.ORIGINALS, ("transcript", "original_read"))
accesses.declare(accesses.HEALTH_RECORDS, ("health_record", "read"))
accesses.declare(accesses.HEALTH_WRITES, ("health_record", "stored"))
accesses.declare(accesses.BREAK_GLASS, ("break_glass", "granted"))
accesses.declare(accesses.EXPORTS, ("accesses", "exported"))
