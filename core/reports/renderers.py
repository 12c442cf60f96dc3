"""A document as JSON, CSV or PDF. The same document is always the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson

from core.reports.documents import Document, Section, Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
KEYS = 3


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered report: bytes, media type and the ending of its name."""

    content: bytes
    media_type: str
    extension: str


def plain(value: Value) -> str | int | float | bool | None:
    """A value as JSON has it: moments in UTC to the microsecond, with Z."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def as_json(document: Document) -> bytes:
    """UTF-8 JSON in a fixed order of members."""
    return orjson.dumps(tree(document), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def tree(document: Document) -> dict[str, Any]:
    """The document as JSON's own types."""

    def flat(pairs: Any) -> dict[str, Any]:
        return {name: plain(value) for name, value in pairs}

    return {
        "report": document.code,
        "title": document.title,
        "organisation": document.organisation,
        "parameters": flat(document.parameters.items()),
        "as_of": None if document.as_of is None else flat(document.as_of.items()),
        "note": document.note,
        "status": document.status,
        "checks": [
            {
                "code": line.code,
                "title": line.title,
                "status": line.status,
                "figure": line.figure,
                "detail": line.detail,
                "articles": list(line.articles),
            }
            for line in document.checks
        ],
        "facts": flat((fact.code, fact.value) for fact in document.facts),
        "sections": {section.code: _section(section) for section in document.sections},
    }


def _section(section: Section) -> dict[str, Any]:
    result: dict[str, Any] = {"title": section.title, "note": section.note}
    if section.figures:
        result["figures"] = [
            {"code": each.code, "label": each.label, "value": plain(each.value), "note": each.note}
            for each in section.figures
        ]
    if section.table is not None:
        codes = [column.code for column in section.table.columns]
        result["rows"] = [
            dict(zip(codes, map(plain, row), strict=True)) for row in section.table.rows
        ]
    return result


def safe_cell(value: object) -> str:
    """``value`` as text that a spreadsheet takes for text: a leading formula sign is quoted
    (OWASP, CSV injection). Numbers are left alone."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file (RFC 4180) in UTF-8, safe to open in a spreadsheet."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([safe_cell(name) for name in header])
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return buffer.getvalue().encode()


def as_csv(document: Document) -> bytes:
    """One long table, so that a program reads it as easily as a spreadsheet: a row a value, with
    the section and up to three keys that it belongs to."""
    header = ("section", *(f"key_{n}" for n in range(1, KEYS + 1)), "measure", "value")
    return csv_bytes(header, (map(plain, row) for row in _lines(document)))  # type: ignore[misc]


def _lines(document: Document) -> Iterator[tuple[Any, ...]]:
    nothing = ("",) * KEYS
    yield ("report", *nothing, "code", document.code)
    yield ("report", *nothing, "title", document.title)
    yield ("report", *nothing, "organisation", document.organisation)
    yield ("report", *nothing, "note", document.note)
    yield ("report", *nothing, "status", document.status)
    for name, value in document.parameters.items():
        yield ("parameters", *nothing, name, value)
    for name, value in (document.as_of or {}).items():
        yield ("as_of", *nothing, name, value)
    for line in document.checks:
        key = (line.code, *nothing[1:])
        yield ("checks", *key, "status", line.status)
        yield ("checks", *key, "figure", line.figure)
        yield ("checks", *key, "detail", line.detail)
        yield ("checks", *key, "articles", "; ".join(line.articles))
    for fact in document.facts:
        yield ("facts", *nothing, fact.code, fact.value)
    for section in document.sections:
        for figure in section.figures:
            yield (section.code, figure.code, *nothing[1:], "value", figure.value)
        if section.table is None:
            continue
        columns = section.table.columns
        for row in section.table.rows:
            cells = list(zip(columns, row, strict=True))
            keys = [value for column, value in cells if not column.number]
            if len(keys) > KEYS:
                raise ValueError(f"{section.code}: more than {KEYS} columns that are not numbers")
            filled = (*keys, *nothing[len(keys) :])
            for column, value in cells:
                if column.number:
                    yield (section.code, *filled, column.code, value)


def as_pdf(document: Document) -> bytes:
    """PDF/A-2a and PDF/UA-1, typeset by Typst."""
    # A large library, needed by those alone who make PDFs.
    from core.reports.pdf import typeset

    return typeset(document)


FORMATS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "json": ("application/json", as_json),
    "csv": ("text/csv; charset=utf-8", as_csv),
    "pdf": ("application/pdf", as_pdf),
}


def render(document: Document, format_: str) -> Rendered:
    """The document in one of FORMATS. Raises KeyError for another."""
    media_type, function = FORMATS[format_]
    return Rendered(function(document), media_type, format_)
