"""PostgreSQL's full text search: which configuration a language has, what of a masked turn is
words, and statements whose texts stay out of the server's log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from django.db import connection

PLACEHOLDER = re.compile(r"\[[A-Z]{2,16}\]")
OTHER = "simple"

# By BCP 47 primary subtag: configurations that every supported PostgreSQL brings along.
CONFIGURATIONS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}

MAX_BYTES = 250_000
"""Bytes of UTF-8 of a call that are indexed, some five hours of speech. A tsvector holds 1 MiB, and
words that are short, all different and joined by hyphens take about four times their bytes."""


def configuration_of(language: str) -> str:
    """The configuration for a BCP 47 tag; ``simple``, which stems nothing, for the others."""
    return CONFIGURATIONS.get(re.split("[-_]", language.lower())[0], OTHER)


def without_placeholders(text: str) -> str:
    """The text without what stands for masked data, and without NUL, which no column holds."""
    return PLACEHOLDER.sub(" ", text).replace("\0", " ")


def words_of(turns: Iterable[dict[str, Any]]) -> tuple[str, bool]:
    """What of masked turns is indexed, and whether it was cut, at the end of a word."""
    text = "\n".join(without_placeholders(turn["text"]) for turn in turns)
    raw = text.encode("utf-8", "replace")
    if len(raw) <= MAX_BYTES:
        return raw.decode(), False
    kept = raw[:MAX_BYTES].decode("utf-8", "ignore")
    head = re.match(r"(?s)(.*)\s", kept)
    return (head[1] if head else kept), True


def execute(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement in the current transaction, its values bound by the server.

    Django writes values into the statement, and PostgreSQL writes a statement that fails into its
    log: nobody's words belong there. Raises Django's database errors.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters)  # type: ignore[call-overload]
        return list(cursor.fetchall()) if cursor.description else []
