"""Reports: an app registers what it can tell; here it becomes JSON, CSV or PDF."""

from core.reports.documents import (
    Column,
    Document,
    Fact,
    Figure,
    Line,
    Section,
    Table,
    line_of,
    overall,
)
from core.reports.registry import Progress, Report, clean, get, make, register, registered, silent
from core.reports.renderers import FORMATS, Rendered, csv_bytes, plain, render, safe_cell

__all__ = [
    "FORMATS",
    "Column",
    "Document",
    "Fact",
    "Figure",
    "Line",
    "Progress",
    "Rendered",
    "Report",
    "Section",
    "Table",
    "clean",
    "csv_bytes",
    "get",
    "line_of",
    "make",
    "overall",
    "plain",
    "register",
    "registered",
    "render",
    "safe_cell",
    "silent",
]
