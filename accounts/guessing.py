"""How often a secret may be guessed: a growing delay, and an end.

Pure: time comes in. NIST SP 800-63B-4, 3.2.2 allows at most 100 wrong tries in a row for one
account, and asks for delays that grow; OWASP ASVS 5.0, 6.3.1 for no way to lock somebody out by
it. So tries are told apart by where they come from, each with a tally of its own: an account's
by strangers, the same account's by a browser that has signed in to it before (OWASP, "Slow Down
Online Guessing Attacks with Device Cookies"), and an address's. A try counts as wrong when it is
let through and is given back once it was right: who is killed in between has used it up, and two
at once are two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """``free`` tries at once; after each further one a wait of 2 s that doubles up to
    ``longest``; none after ``most`` (None: no end); all forgotten when nobody has been let
    through for ``forgotten`` (None: never)."""

    free: int
    most: int | None
    longest: timedelta
    forgotten: timedelta | None

    def wait(self, tries: int) -> timedelta:
        """How long after the ``tries``-th try in a row the next is let through."""
        over = tries - self.free
        if over < 0:
            return timedelta(0)
        # 2 ** 32 s is past any limit that is worth the name.
        return min(timedelta(seconds=2 ** min(over + 1, 32)), self.longest)


STRANGERS = Limit(free=5, most=100, longest=timedelta(hours=1), forgotten=None)
"""Tries at one account, from anywhere, since somebody has signed in so or the password is new."""
NAMES = replace(STRANGERS, forgotten=timedelta(days=30))
"""Tries at a name that nobody has: the same to whoever looks on."""
KNOWN_BROWSER = Limit(free=5, most=10, longest=timedelta(minutes=1), forgotten=timedelta(days=30))
"""Tries at one account by a browser that has signed in to it; after these it is a stranger."""
ADDRESS = Limit(free=20, most=None, longest=timedelta(minutes=15), forgotten=timedelta(hours=1))
"""Tries by strangers' browsers from one network address, at whatever account."""


@dataclass(frozen=True, slots=True)
class Tally:
    """``tries`` in a row that were let through and have not been right, the last ``tried_at``."""

    tries: int
    tried_at: datetime

    def spent(self, limit: Limit) -> bool:
        """Whether no further try is let through until all is forgotten."""
        return limit.most is not None and self.tries >= limit.most

    def left_to_wait(self, limit: Limit, now: datetime) -> timedelta:
        """How long until the next try is let through, unless it is spent. A clock that was put
        back makes nobody wait longer than the limit says."""
        passed = max(now - self.tried_at, timedelta(0))
        return max(limit.wait(self.tries) - passed, timedelta(0))


def take(limit: Limit, tally: Tally | None, now: datetime) -> Tally | None:
    """The tally with one more try, or None where the try is not let through."""
    if tally is None:
        return Tally(1, now)
    if limit.forgotten is not None and now - tally.tried_at >= limit.forgotten:
        return Tally(1, now)
    if tally.spent(limit) or tally.left_to_wait(limit, now):
        return None
    return Tally(tally.tries + 1, max(now, tally.tried_at))


def give_back(tally: Tally, *, taken: Tally, before: Tally | None) -> Tally | None:
    """The tally without the try that made ``taken`` of ``before``, because it was right.

    What waited before waits no longer and no shorter; where others have tried since, theirs stay.
    """
    return before if tally == taken else replace(tally, tries=max(tally.tries - 1, 0))
