"""Checks of a number against the rule by which it was issued. Evidence: none of them gates."""

from __future__ import annotations

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(digits: str) -> bool:
    """Whether ASCII `digits` end in their Luhn check digit (ISO/IEC 7812-1, annex B)."""
    if not digits:
        return False
    total = 0
    for position, char in enumerate(reversed(digits)):
        value = ord(char) - 48
        total += _DOUBLED[value] if position % 2 else value
    return total % 10 == 0


def issuer_lengths(digits: str) -> tuple[int, ...]:
    """The lengths that the card issuer of this prefix uses, the usual one first; () for no issuer.

    Source: the issuer ranges that the schemes publish under ISO/IEC 7812.
    """
    if len(digits) < 4 or digits[0] not in "23456":
        return ()
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":  # Visa
        return (16, 13, 19)
    if two in (34, 37):  # American Express
        return (15,)
    if 51 <= two <= 55 or 2221 <= four <= 2720:  # Mastercard
        return (16,)
    if four == 6011 or two in (64, 65, 60, 81, 82):  # Discover, RuPay
        return (16, 19)
    if 3528 <= four <= 3589:  # JCB
        return (16, 19)
    if 300 <= three <= 305 or two in (36, 38, 39):  # Diners Club
        return (14, 16, 19)
    if two == 62:  # UnionPay
        return (16, 17, 18, 19)
    if two in (50, 56, 57, 58, 59, 61, 63, 66, 67, 68, 69):  # Maestro and national schemes
        return (16, 13, 14, 15, 17, 18, 19)
    if four in range(2200, 2205):  # Mir
        return (16, 19)
    return ()


def ssn_possible(digits: str) -> bool:
    """Whether nine digits can be a US Social Security number.

    Area 000, 666 and 900 to 999, group 00 and serial 0000 are never assigned (SSA, POMS
    RM 10201.035, in force since the randomisation of 25 June 2011).
    """
    return (
        len(digits) == 9
        and digits[:3] not in ("000", "666")
        and digits[0] != "9"
        and digits[3:5] != "00"
        and digits[5:] != "0000"
    )


IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24,
    "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24,
    "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
"""Country to the length of its IBAN (SWIFT, IBAN registry)."""


def iban(code: str) -> bool:
    """Whether letters and digits have the length and the check digits of an IBAN (ISO 13616-1)."""
    code = code.upper()
    if IBAN_LENGTHS.get(code[:2]) != len(code) or not (code.isascii() and code.isalnum()):
        return False
    if not code[2:4].isdigit():
        return False
    return int("".join(str(int(char, 36)) for char in code[4:] + code[:4])) % 97 == 1
