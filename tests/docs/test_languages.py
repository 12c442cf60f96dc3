"""The page on adding a language names every field that a language has."""

from __future__ import annotations

import dataclasses
import re

import pytest

from masking.languages import LANGUAGES
from masking.languages.table import Language
from tests.docs.pages import ROOT, text_of

PAGE = text_of(ROOT / "docs/adding-a-language.md")
FIELDS = [field.name for field in dataclasses.fields(Language) if field.init]


@pytest.mark.parametrize("name", FIELDS)
def test_the_page_names_the_field(name):
    assert re.search(rf"`{name}`", PAGE), name


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_language_has_the_files_that_the_page_names(code):
    for name in re.findall(r"^\| `(\w+\.py)` \|", PAGE, re.MULTILINE):
        assert (ROOT / "masking/languages" / code / name).exists(), name
