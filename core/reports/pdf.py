"""Typesetting a document. Its text goes to Typst as data, never as markup."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson
import typst

from core.evidence import FAIL, PASS, UNKNOWN
from core.reports.documents import Column, Document, Value

HERE = Path(__file__).parent
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
WORDS = {PASS: "Pass", FAIL: "Fail", UNKNOWN: "Unknown"}


def typeset(document: Document) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1.

    A character that none of our fonts has would make the file unfit for keeping: it is written
    as its code point instead. Raises typst.TypstError for any other fault.
    """
    source = (HERE / "report.typ").read_bytes()
    data = _data(document)
    fault: Exception | None = None
    for keep in (_all, _european, str.isascii):
        shown = _spelt(data, keep)
        try:
            # Its stubs want input and folders of one type.
            compiler: Any = typst.compile
            made = compiler(
                source,
                format="pdf",
                font_paths=[str(HERE / "fonts")],
                ignore_system_fonts=True,
                sys_inputs={"data": orjson.dumps(shown).decode()},
                pdf_standards=STANDARDS,
                timestamp=int(document.moment.timestamp()),
            )
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
            fault = error
        else:
            return bytes(made)
    assert fault is not None
    raise fault


def _data(document: Document) -> dict[str, Any]:
    moment = document.moment
    return {
        "title": document.title,
        "organisation": document.organisation,
        "note": document.note,
        "status": document.status,
        "status_word": WORDS[document.status],
        "date": [moment.year, moment.month, moment.day],
        "facts": [[fact.label, _shown(fact.value)] for fact in document.facts],
        "checks": [
            {
                "title": line.title,
                "status": line.status,
                "word": WORDS[line.status],
                "figure": line.figure,
                "detail": line.detail,
                "articles": ", ".join(line.articles),
            }
            for line in document.checks
        ],
        "sections": [
            {
                "title": section.title,
                "note": section.note,
                "figures": [
                    [
                        each.label,
                        "not counted" if each.value is None else _shown(each.value),
                        each.note,
                    ]
                    for each in section.figures
                ],
                "table": None
                if section.table is None
                else {
                    "head": [column.title for column in section.table.columns],
                    "align": [_side(column) for column in section.table.columns],
                    "rows": [[_shown(cell) for cell in row] for row in section.table.rows],
                },
            }
            for section in document.sections
        ],
    }


def _side(column: Column) -> str:
    return "right" if column.number else "left"


def _shown(value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _all(character: str) -> bool:
    return character.isprintable() or character == "\n"


def _european(character: str) -> bool:
    return _all(character) and (ord(character) < 0x0530 or character in "–—‘’“”…•€→")


def _spelt(value: Any, keep: Any) -> Any:
    """``value`` with each character in its strings that ``keep`` refuses as <U+0000>."""
    if isinstance(value, str):
        return "".join(c if keep(c) else f"<U+{ord(c):04X}>" for c in value)
    if isinstance(value, list):
        return [_spelt(item, keep) for item in value]
    if isinstance(value, dict):
        return {key: _spelt(item, keep) for key, item in value.items()}
    return value
