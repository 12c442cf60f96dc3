"""What a report says, apart from how it looks: facts, checks, figures and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core import evidence
from core.evidence import FAIL, PASS, UNKNOWN

Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the head: a stable ``code``, words for people, and its value."""

    code: str
    label: str
    value: Value


@dataclass(frozen=True, slots=True)
class Line:
    """One check of the status: ``status`` pass, fail or unknown, what was counted (``figure``),
    one sentence, and the articles that ask for it."""

    code: str
    title: str
    status: str
    figure: str
    detail: str
    articles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.status not in {PASS, FAIL, UNKNOWN}:
            raise ValueError(f"{self.code}: a check is pass, fail or unknown")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. None: it was not counted, which is not nought; ``note`` says why."""

    code: str
    label: str
    value: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; ``number`` sets figures to the right and makes it a measure in CSV."""

    code: str
    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order they are to be read. At most three columns are not numbers."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part under its own heading; ``note`` says what the numbers are and are not."""

    code: str
    title: str
    note: str = ""
    figures: tuple[Figure, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report, ready to be rendered.

    Holds no time of its making, so that the same question over the same data is the same bytes.
    ``moment`` is the time that the content stands for (UTC), for a file that must carry one.
    """

    code: str
    title: str
    organisation: str
    parameters: Mapping[str, Value]
    moment: datetime
    facts: tuple[Fact, ...] = ()
    checks: tuple[Line, ...] = ()
    sections: tuple[Section, ...] = ()
    note: str = ""
    as_of: Mapping[str, Value] | None = field(default=None)

    @property
    def status(self) -> str:
        """What the checks come to."""
        return overall(self.checks)


def overall(lines: Iterable[Line]) -> str:
    """``fail`` if any fails, else ``unknown`` if any is unknown, else ``pass``. Of no checks at
    all nothing is known."""
    said = {line.status for line in lines}
    if FAIL in said:
        return FAIL
    return PASS if said == {PASS} else UNKNOWN


def line_of(code: str) -> Line:
    """A declared evidence check as it was last measured. KeyError for an unknown code."""
    check = next((each for each in evidence.checks() if each.code == code), None)
    if check is None:
        raise KeyError(code)
    result = evidence.read(code)
    return Line(code, check.title, result.status, result.figure, result.detail, check.articles)
