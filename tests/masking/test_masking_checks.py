"""Luhn, issuer ranges and SSN areas against published values."""

from __future__ import annotations

import pytest

from masking.checks import issuer_lengths, luhn, ssn_possible

# Test numbers that the schemes and processors publish; 79927398713 is the textbook's.
LUHN_VALID = [
    "79927398713",
    "4242424242424242",
    "4111111111111111",
    "4012888888881881",
    "4222222222222",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "30569309025904",
    "38520000023237",
    "3530111333300000",
    "6200000000000005",
]


@pytest.mark.parametrize("number", LUHN_VALID)
def test_luhn_accepts_published_numbers_and_no_other_check_digit(number: str) -> None:
    assert luhn(number)
    for last in "0123456789":
        assert luhn(number[:-1] + last) == (last == number[-1])


@pytest.mark.parametrize("number", LUHN_VALID[1:])
def test_issuer_of_published_numbers(number: str) -> None:
    assert len(number) in issuer_lengths(number)


@pytest.mark.parametrize("prefix", ["0123", "1234", "7000", "9999", "", "4"])
def test_no_issuer(prefix: str) -> None:
    assert issuer_lengths(prefix) == ()


def test_luhn_of_nothing() -> None:
    assert not luhn("")


@pytest.mark.parametrize(
    ("number", "possible"),
    [
        ("123456789", True),
        ("899999999", True),
        ("000456789", False),
        ("666456789", False),
        ("900456789", False),
        ("987654321", False),
        ("123006789", False),
        ("123450000", False),
        ("12345678", False),
    ],
)
def test_ssn_areas(number: str, possible: bool) -> None:
    assert ssn_possible(number) is possible
