"""docs/asvs.md, made from the table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.asvs import rows as kinds
from tests.asvs.requirements import CHAPTERS, chapter_of
from tests.asvs.rows import Row
from tests.asvs.table import ROWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "asvs.md"

HEAD = """\
# OWASP ASVS 5.0, levels 1 and 2

Each requirement of level 1 and 2 of version 5.0.0 of the
[Application Security Verification Standard](https://github.com/OWASP/ASVS), with the tests that
hold it or the reason why none does. V9 (self-contained tokens), V10 (OAuth and OpenID Connect) and
V17 (WebRTC) are left out: there is none of them here. What a requirement asks is put in our own
words; the standard's words are in the standard.

This page is made from `tests/asvs/` by `python -m tests.asvs`. A test fails where it differs,
where a requirement is missing, and where a test that is named does not exist.
"""

SUMMARY = """\
**Held by tests** means that a test fails where the product no longer does it; a note says what
they leave open. **The operator's** is what nothing in this repository can do: see
[operators.md](operators.md). **Not met** says what is missing.
"""


def kind_of(row: Row) -> str:
    """Where a row is counted: ``held``, or the beginning of its reason."""
    if row.held_by:
        return "held"
    for beginning in kinds.BEGINNINGS:
        if row.reason.startswith(beginning):
            return kinds.NOT_MET if beginning == kinds.NOT_YET else beginning
    raise ValueError(row.id)


COLUMNS = ("held", kinds.APPLIES_NOT, kinds.OPERATORS, kinds.NOT_MET)


def _counts(rows: Iterable[Row]) -> list[int]:
    kinds_ = [kind_of(row) for row in rows]
    return [*(kinds_.count(column) for column in COLUMNS), len(kinds_)]


def _links(row: Row) -> str:
    """The tests, each linked to its file."""
    links = []
    for test in row.held_by:
        path, _, name = test.partition("::")
        links.append(f"[{name.replace('::', '.')}](../{path})")
    text = "; ".join(links)
    return f"{text}. *Note:* {row.note}" if row.note else text


def render() -> str:
    """The whole page."""
    parts = [
        HEAD,
        "| Chapter | Held by tests | Does not apply | The operator's | Not met | Of |\n"
        "|---|---|---|---|---|---|",
    ]
    for code, chapter in CHAPTERS.items():
        counts = _counts(row for row in ROWS if chapter_of(row.id) == code)
        title = f"[{code} {chapter.title}](#{code.lower()}-{_anchor(chapter.title)})"
        parts.append(f"| {title} | " + " | ".join(map(str, counts)) + " |")
    parts.append("| All | " + " | ".join(map(str, _counts(ROWS))) + " |")
    parts += ["", SUMMARY]
    for code, chapter in CHAPTERS.items():
        parts += [f"## {code} {chapter.title}", ""]
        parts += ["| Requirement | Level | Asks for | Held by, or why not |", "|---|---|---|---|"]
        for row in ROWS:
            if chapter_of(row.id) == code:
                answer = _links(row) if row.held_by else row.reason
                parts.append(f"| V{row.id} | {row.level} | {row.asks} | {answer} |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
