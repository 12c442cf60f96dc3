"""The recogniser that an installation names is looked at when it starts."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

from masking import Turn
from operations.maskingtrial import attempt
from operations.recognisers import check_recogniser, recogniser

KNOWN = "tests.phi.test_known_names:wrenlow"


def test_none_is_named(settings):
    assert settings.MASKING_RECOGNISER == ""
    assert recogniser() is None
    assert check_recogniser(None) == []


def test_it_is_loaded_once(settings):
    settings.MASKING_RECOGNISER = KNOWN
    made = recogniser()
    assert made is not None
    assert [found.label for found in made([Turn("", "the wrenlows")], "en")] == ["NAME"]
    assert check_recogniser(None) == []


@pytest.mark.django_db
def test_one_that_cannot_be_had_is_an_error_at_start(settings):
    settings.MASKING_RECOGNISER = "nowhere:made"
    assert "operations.E001" in {message.id for message in run_checks()}


def test_what_it_finds_is_shown_where_a_text_is_tried(settings):
    settings.MASKING_RECOGNISER = KNOWN
    trial = attempt("ask the wrenlows", policy="strict", language="en", region=None, rules=())
    assert trial.masked == "ask the [NAME]"
    assert "outside recogniser" in trial.findings[0].why
