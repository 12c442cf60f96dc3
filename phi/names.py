"""Whether two people may be of one family, or one person, by their names alone. Pure.

A likeness is a hint and no more: it misses families whose members bear different names and every
name written in another script, and it finds strangers. One in a hundred Americans is a Smith: a
Smith who opens a hundred records a day is asked about one of them most days. Where the surname
stands first and no comma says so (Hungarian, Chinese), the given name is compared instead. That
is why a match is a question to a reviewer and blocks nobody.
"""

from __future__ import annotations

import re
import unicodedata

PARTICLES = frozenset(
    "af al av bin bint da dal das de degli dei del della der di do dos du e el ibn la las le los "
    "mac mc o san st ten ter van vom von y zu zum zur".split()
)
SUFFIXES = frozenset("jr sr ii iii iv md phd esq dr".split())
SHORTEST = 2
"""A letter alone is an initial, not a name."""

_WORD = re.compile(r"[^\W\d_]+")
# Letters of their own, which Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(each for each in spread if not unicodedata.combining(each))


def readings(word: str) -> frozenset[str]:
    """The ways to spell one word without accents: Müller is both muller and mueller."""
    whole = unicodedata.normalize("NFKC", word).casefold()
    return frozenset({_bare(whole), _bare(whole.translate(_UMLAUTS))})


def _words(text: str) -> list[str]:
    found = _WORD.findall(unicodedata.normalize("NFC", text).replace("’", "'").replace("'", ""))
    return [word for word in found if len(word) >= SHORTEST]


def _core(words: list[str]) -> list[str]:
    return [word for word in words if _bare(word) not in PARTICLES | SUFFIXES]


def surnames(name: str) -> frozenset[str]:
    """What may be the surname in ``name``, folded: before a comma all of it, else the last word
    with each part that hyphens join to it. Particles (van, de la) and titles do not count. Empty
    for a single word, which may as well be a given name."""
    before, comma, after = name.partition(",")
    family = before if comma and _core(_words(after)) else ""
    if not family:
        pieces = [piece for piece in name.replace(",", " ").split() if _core(_words(piece))]
        if len(pieces) < 2:
            return frozenset()
        family = pieces[-1]
    return frozenset(each for word in _core(_words(family)) for each in readings(word))


def same_surname(one: str, other: str) -> bool:
    """Whether two names share a surname or a part of one, however either is spelt."""
    return bool(surnames(one) & surnames(other))


def same_name(one: str, other: str) -> bool:
    """Whether two names of at least two words are the same words, in whatever order."""
    mine, theirs = (sorted(_core(_words(each)), key=_bare) for each in (one, other))
    return len(mine) == len(theirs) >= 2 and all(
        readings(a) & readings(b) for a, b in zip(mine, theirs, strict=True)
    )
