"""Made-up cards, IBANs, telephone numbers and identifiers: raw values, not yet said."""

from __future__ import annotations

import random

ISSUERS = (
    # prefixes, length, groups, weight
    (("4",), 16, (4, 4, 4, 4), 40),
    (("51", "52", "53", "54", "55", "2223", "2450", "2690"), 16, (4, 4, 4, 4), 28),
    (("34", "37"), 15, (4, 6, 5), 14),
    (("6011", "644", "65"), 16, (4, 4, 4, 4), 9),
    (("300", "36", "38"), 14, (4, 6, 4), 4),
    (("3528", "3571"), 16, (4, 4, 4, 4), 3),
    (("62",), 16, (4, 4, 4, 4), 2),
)
AREA_CODES = (
    "212 213 305 312 404 415 503 512 602 617 702 718 773 801 206 919 713 614 916 303".split()
)
TOLL_FREE = ["800", "888", "877", "866"]
IBANS = {"GB": ("a4", 14), "DE": ("", 18), "FR": ("", 23), "ES": ("", 20), "NL": ("a4", 10)}
IBANS |= {"IE": ("a4", 14), "IT": ("a1", 22), "AT": ("", 16), "BE": ("", 12), "PT": ("", 21)}


def figures(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def luhn_digit(body: str) -> str:
    """The check digit that follows `body`, ISO/IEC 7812-1 annex B."""
    total = 0
    for at, char in enumerate(reversed(body)):
        digit = int(char)
        if at % 2 == 0:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return str(-total % 10)


def card(rng: random.Random) -> tuple[str, tuple[int, ...]]:
    """A number and its groups; one in twelve has a digit wrong, as a recogniser hears it."""
    prefixes, length, sizes, _ = rng.choices(ISSUERS, [each[3] for each in ISSUERS])[0]
    body = rng.choice(prefixes)
    while len(body) < length - 1:
        # Runs and zeros are what "double" and "hundred" are said of.
        body += body[-1] if rng.random() < 0.15 else rng.choice("00123456789")
    number = body + luhn_digit(body)
    if rng.random() < 0.08:
        at = rng.randrange(4, length)
        number = number[:at] + str((int(number[at]) + rng.randrange(1, 9)) % 10) + number[at + 1 :]
    return number, sizes


def brand(number: str) -> str:
    """What the caller calls a card of this number."""
    names = {"4": "Visa", "5": "Mastercard", "2": "Mastercard", "6": "Discover"}
    if number[:2] in ("34", "37"):
        return "American Express"
    return names.get(number[0], "Diners") if number[:2] != "62" else "UnionPay"


def ssn(rng: random.Random) -> str:
    area = rng.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03d}{rng.randrange(1, 100):02d}{rng.randrange(1, 10000):04d}"


def phone(rng: random.Random, region: str) -> tuple[str, tuple[int, ...], str]:
    """National digits, their groups, and the country's code."""
    if region == "GB":
        if rng.random() < 0.6:
            return "07700900" + figures(rng, 3), (5, 3, 3), "44"
        area = rng.choice(["020", "0113", "0161", "0117", "0131"])
        rest = "79460" + figures(rng, 3) if area == "020" else "4960" + figures(rng, 3)
        return area + rest, (len(area), len(rest) - 4, 4), "44"
    if region == "DE":
        area = rng.choice(["030", "089", "040", "0151", "0176", "0160"])
        return area + figures(rng, 8), (len(area), 4, 4), "49"
    area = rng.choice(TOLL_FREE if rng.random() < 0.06 else AREA_CODES)
    if rng.random() < 0.6:
        return area + "55501" + figures(rng, 2), (3, 3, 4), "1"
    return area + str(rng.randrange(2, 10)) + figures(rng, 6), (3, 3, 4), "1"


def iban(rng: random.Random) -> str:
    """A number of ten countries, with its check digits by ISO 7064 mod 97-10."""
    country = rng.choice(sorted(IBANS))
    head, count = IBANS[country]
    body = "".join(rng.choices("ABCEHLMNRSTWX", k=int(head[1:]))) if head else ""
    body += figures(rng, count)
    value = int("".join(str(int(char, 36)) for char in f"{body}{country}00"))
    return f"{country}{98 - value % 97:02d}{body}"


def account(rng: random.Random) -> str:
    """An account, member, policy or customer number: digits mostly, some with letters first."""
    shape = rng.random()
    if shape < 0.62:
        return figures(rng, rng.choice([7, 8, 8, 9, 10, 10, 12]))
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTWXYZ", k=rng.choice([1, 2, 2, 3])))
    body = figures(rng, rng.choice([5, 6, 7, 8, 9]))
    if shape < 0.75:
        return f"{letters}-{body[:3]}-{body[3:]}"
    return letters + body


def record(rng: random.Random) -> str:
    """A medical record number: six to ten digits, half with a letter or two before."""
    letters = "".join(rng.choices("ABEHKMNPRST", k=rng.choice([1, 1, 2]))) * (rng.random() < 0.45)
    return letters + figures(rng, rng.choice([6, 6, 7, 7, 8, 8, 9, 10]))


def ip(rng: random.Random) -> str:
    heads = ["192.168", "10.0", "172.16", f"{rng.randrange(11, 223)}.{rng.randrange(0, 255)}"]
    return f"{rng.choice(heads)}.{rng.randrange(0, 255)}.{rng.randrange(1, 255)}"


def ip6(rng: random.Random) -> str:
    return f"2001:db8:{rng.randrange(65536):x}::{rng.randrange(1, 65536):x}"
