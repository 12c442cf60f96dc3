"""The table of OWASP ASVS 5.0: whole, true to what tests there are, and what docs/asvs.md says."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter

import pytest

from tests.asvs.page import PAGE, render
from tests.asvs.requirements import CHAPTERS, LEVELS, chapter_of
from tests.asvs.rows import BEGINNINGS
from tests.asvs.table import ROWS
from tests.docs.pages import ROOT

IDS = [row.id for row in ROWS]


@functools.cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file, as the parts of their node ids after it. Read, not run."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.add(node.name)
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found |= {
                f"{node.name}::{each.name}"
                for each in node.body
                if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
            }
    return frozenset(found)


def test_the_facts_are_the_standards():
    """Counted by chapter in the release of 5.0.0: 210 of levels 1 and 2 in these chapters."""
    for code, chapter in CHAPTERS.items():
        assert (len(chapter.first), len(chapter.second)) == chapter.count, code
        for id_ in chapter.first + chapter.second:
            assert chapter_of(id_) == code
    assert len(LEVELS) == sum(sum(chapter.count) for chapter in CHAPTERS.values()) == 210
    assert not {"V9", "V10", "V17"} & set(CHAPTERS)


def test_every_requirement_has_one_row():
    assert [id_ for id_, number in Counter(IDS).items() if number > 1] == []
    assert set(IDS) == set(LEVELS)
    for row in ROWS:
        assert row.level == LEVELS[row.id], row.id


def test_rows_stand_in_the_standards_order():
    assert sorted(IDS, key=lambda id_: [int(part) for part in id_.split(".")]) == IDS


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_row_names_tests_or_a_reason(row):
    assert bool(row.held_by) != bool(row.reason)
    if row.reason:
        assert row.reason.startswith(BEGINNINGS)
        assert len(row.reason) > 40
        assert not row.note
    for text in (row.reason, row.note):
        assert not text or text.endswith(".")
    assert "|" not in row.reason + row.note + row.asks
    # A phrase of ours; the standard's own sentences are longer, and its authors'.
    assert 3 <= len(row.asks.split()) <= 16
    assert not re.match(r"verify\b", row.asks, re.IGNORECASE)


@pytest.mark.parametrize("row", [row for row in ROWS if row.held_by], ids=lambda row: row.id)
def test_the_tests_that_are_named_are_there(row):
    assert len(set(row.held_by)) == len(row.held_by)
    for test in row.held_by:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), test
        assert name in names_in(path), test


def test_the_page_is_what_the_table_says():
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    assert written == render(), "Write docs/asvs.md anew: .venv/bin/python -m tests.asvs"
