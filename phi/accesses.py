"""Which events are looks at what callers said."""

from core import accesses

accesses.declare(accesses.RECORDINGS, ("recording", "played"))
accesses.declare(accesses.TRANSCRIPTS, ("transcript", "read"))
accesses.declare(accesses.ORIGINALS, ("transcript", "original_read"))
accesses.declare(accesses.VOICE_PROFILES, ("voice_profile", "read"))
