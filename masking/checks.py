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
