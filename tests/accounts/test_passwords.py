"""Passwords that are tried first are refused, and nothing else is asked of one."""

from __future__ import annotations

import hashlib

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.evidence import breached_passwords
from accounts.passwords import breached, nothing_to_guess
from core.evidence import FAIL, PASS, UNKNOWN


def sha1(password):
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def listed(tmp_path):
    """Writes a list of passwords as it is offered: sorted hashes with counts."""

    def write(passwords, end="\r\n", last=True):
        lines = sorted(f"{sha1(each)}:{len(each) * 7}" for each in passwords)
        path = tmp_path / "breached.txt"
        path.write_bytes((end.join(lines) + (end if last else "")).encode())
        return path

    return write


@given(
    st.lists(st.text(max_size=6), max_size=40, unique=True),
    st.lists(st.text(max_size=6), max_size=20),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_the_search_finds_what_is_in_the_list_and_nothing_else(
    tmp_path_factory, held, others, end, last
):
    path = tmp_path_factory.mktemp("list") / "breached.txt"
    lines = sorted(f"{sha1(each)}:3" for each in held)
    path.write_bytes((end.join(lines) + (end if last and lines else "")).encode())
    for each in [*held, *others]:
        assert breached(each, path) == (each in held)


def test_a_few_reads_find_one_of_many(listed, monkeypatch):
    path = listed([f"password number {number}" for number in range(20_000)])
    assert breached("password number 777", path)
    assert not breached("password number 20000", path)


@pytest.mark.parametrize(
    "password",
    [
        *(
            "aaaaaaaaaaaaaaaa",
            "passwordpassword"[:14] + "p",
            "abcabcabcabcabca",
            "123456123456123456",
        ),
        *("abcdefghijklmnop", "1234567890123456", "qwertyuiopqwertyu", "ponmlkjihgfedcba"),
    ],
)
def test_what_leaves_nothing_to_guess(password):
    if password.startswith("password"):
        # Eight letters twice: the common list's to know, not ours.
        assert not nothing_to_guess(password)
        return
    assert nothing_to_guess(password)
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "öde Wälder im Nebel",
        "eightyeightnineteen",
        "                x y z",
    ],
)
def test_a_phrase_of_any_letters_does(password):
    validate_password(password)


def test_fourteen_letters_are_too_few_and_a_thousand_are_not_too_many():
    with pytest.raises(ValidationError, match="too short"):
        validate_password("bq7Xw!plo3vRsz")
    validate_password("bq7Xw!plo3vRszT")
    validate_password("bq7Xw!plo3vRszT " * 64)


def test_a_stolen_password_is_refused(listed, settings):
    settings.BREACHED_PASSWORDS_FILE = str(listed(["correct horse battery staple"]))
    with pytest.raises(ValidationError, match="stolen"):
        validate_password("correct horse battery staple")
    validate_password("incorrect horse battery staple")


def test_a_list_that_cannot_be_read_takes_no_password(settings, tmp_path):
    settings.BREACHED_PASSWORDS_FILE = str(tmp_path / "gone.txt")
    with pytest.raises(OSError, match="gone"):
        validate_password("correct horse battery staple")


def test_the_evidence_is_measured(settings, listed, tmp_path):
    settings.BREACHED_PASSWORDS_FILE = ""
    assert breached_passwords()[0] == UNKNOWN
    settings.BREACHED_PASSWORDS_FILE = str(listed(["password", "letmein", "dragon"]))
    assert breached_passwords()[0] == PASS
    settings.BREACHED_PASSWORDS_FILE = str(listed(["dragon"]))
    assert breached_passwords()[0] == FAIL
    settings.BREACHED_PASSWORDS_FILE = str(tmp_path / "gone.txt")
    assert breached_passwords()[0] == FAIL
