"""Facts of OWASP ASVS 5.0.0: which requirements are of level 1 and 2, by chapter.

Ids and levels are the standard's (docs_en/…5.0.0_en.csv of the release). Left out: V9 (no
self-contained tokens are issued or read), V10 (no OAuth or OpenID Connect), V17 (no WebRTC), and
level 3.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its title in our words, its requirements of either level, and how many the
    standard has."""

    title: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    count: tuple[int, int]


def _chapter(title: str, first: str, second: str, count: tuple[int, int]) -> Chapter:
    return Chapter(title, tuple(first.split()), tuple(second.split()), count)


CHAPTERS: dict[str, Chapter] = {
    "V1": _chapter(
        "Encoding and sanitisation",
        "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1",
        "1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 "
        "1.3.11 1.4.1 1.4.2 1.4.3 1.5.2",
        (8, 19),
    ),
    "V2": _chapter(
        "Validation and business logic",
        "2.1.1 2.2.1 2.2.2 2.3.1",
        "2.1.2 2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1",
        (4, 7),
    ),
    "V3": _chapter(
        "Web front end",
        "3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3",
        "3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 3.5.4 3.5.5 3.7.1 3.7.2",
        (8, 11),
    ),
    "V4": _chapter(
        "API and web service",
        "4.1.1 4.4.1",
        "4.1.2 4.1.3 4.2.1 4.3.1 4.3.2 4.4.2 4.4.3 4.4.4",
        (2, 8),
    ),
    "V5": _chapter(
        "File handling",
        "5.2.1 5.2.2 5.3.1 5.3.2",
        "5.1.1 5.2.3 5.4.1 5.4.2 5.4.3",
        (4, 5),
    ),
    "V6": _chapter(
        "Authentication",
        "6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2",
        "6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 "
        "6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4",
        (13, 22),
    ),
    "V7": _chapter(
        "Session management",
        "7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2",
        "7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2",
        (6, 12),
    ),
    "V8": _chapter(
        "Authorisation",
        "8.1.1 8.2.1 8.2.2 8.3.1",
        "8.1.2 8.2.3 8.4.1",
        (4, 3),
    ),
    "V11": _chapter(
        "Cryptography",
        "11.3.1 11.3.2 11.4.1",
        "11.1.1 11.1.2 11.2.1 11.2.2 11.2.3 11.3.3 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1",
        (3, 11),
    ),
    "V12": _chapter(
        "Secure communication",
        "12.1.1 12.2.1 12.2.2",
        "12.1.2 12.1.3 12.3.1 12.3.2 12.3.3 12.3.4",
        (3, 6),
    ),
    "V13": _chapter(
        "Configuration",
        "13.4.1",
        "13.1.1 13.2.1 13.2.2 13.2.3 13.2.4 13.2.5 13.3.1 13.3.2 13.4.2 13.4.3 13.4.4 13.4.5",
        (1, 12),
    ),
    "V14": _chapter(
        "Data protection",
        "14.2.1 14.3.1",
        "14.1.1 14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3",
        (2, 7),
    ),
    "V15": _chapter(
        "Secure coding and architecture",
        "15.1.1 15.2.1 15.3.1",
        "15.1.2 15.1.3 15.2.2 15.2.3 15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7",
        (3, 10),
    ),
    "V16": _chapter(
        "Security logging and error handling",
        "",
        "16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 "
        "16.4.3 16.5.1 16.5.2 16.5.3",
        (0, 16),
    ),
}

LEVELS: dict[str, int] = {
    id_: level
    for chapter in CHAPTERS.values()
    for level, ids in ((1, chapter.first), (2, chapter.second))
    for id_ in ids
}


def chapter_of(id_: str) -> str:
    """The chapter of a requirement: ``V6`` of ``6.2.1``."""
    return "V" + id_.partition(".")[0]
