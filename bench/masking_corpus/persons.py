"""What is said for the labels that are words: names, births, addresses, e-mails, passwords."""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.masking_corpus import people, places
from bench.masking_corpus.identifiers import figures
from bench.masking_corpus.letters import secret, spell
from bench.masking_corpus.model import Value
from bench.masking_corpus.numbers import ordinal, suffixed, words
from bench.masking_corpus.values import Voice

MONTHS = "January February March April May June July August September October November \
December".split()
DOMAINS = """gmail.com gmail.com gmail.com yahoo.com outlook.com hotmail.com icloud.com aol.com
proton.me
hotmail.co.uk btinternet.com comcast.net brightleaf.org northgate-health.com fernhill.edu
pemberley.co.uk tidewater.io mail.example.com""".split()
NOUNS = """sunflower tiger guitar falcon pepper captain dragon maple ocean cricket bumble panda
rocket
biscuit marble violet thunder pickle harbor comet""".split()
WORDS = """bluebird tangerine wisteria Rover Tigger Bramble Meadowlark Gibraltar sapphire
butterscotch
Waterloo cinnamon Excalibur snowflake Montague peppermint Whiskers lighthouse Cadbury
marigold""".split()


def name(voice: Voice, first: str, last: str, which: str = "full") -> Callable[[str], Value]:
    shown = {"first": first, "last": last}.get(which) or people.said(voice.rng, first, last)
    return lambda form: Value("NAME", (shown,), "written" if voice.style.cased else "spoken")


def spelled(voice: Voice, word: str) -> Value:
    letters = "".join(char for char in word if char.isascii() and char.isalpha())
    return Value("NAME", (spell(voice.rng, letters, voice.style),), "spoken")


def _year(rng: random.Random, year: int, hyphen: bool) -> str:
    tail = year % 100
    if rng.random() < 0.2:
        return ("oh " if tail < 10 else "") + words(tail, hyphen) if tail else "two thousand"
    if year >= 2000:
        if rng.random() < 0.3 and tail > 9:
            return f"twenty {words(tail, hyphen)}"
        return (
            f"two thousand {rng.choice(['and ', ''])}{words(tail, hyphen)}"
            if tail
            else ("two thousand")
        )
    return f"nineteen {'oh ' if tail < 10 else ''}{words(tail, hyphen)}"


def birth(voice: Voice) -> Callable[[str], Value]:
    rng = voice.rng
    month, day, year = rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(1934, 2019)
    british = voice.region != "US"

    def say(form: str) -> Value:
        name, two = MONTHS[month - 1], f"{year % 100:02d}"
        if form == "written" or (form == "mixed" and rng.random() < 0.5):
            first, second = (day, month) if british else (month, day)
            shapes = [
                f"{first:02d}/{second:02d}/{year}", f"{first}/{second}/{two}",
                f"{first}-{second}-{year}", f"{name} {suffixed(day)}, {year}",
                f"{name} {day}, {year}", f"{suffixed(day)} of {name} {year}",
                f"{day} {name} {year}", f"{year}-{month:02d}-{day:02d}",
                f"{name} {suffixed(day)} {year}", f"{first:02d} {second:02d} {year}",
            ]  # fmt: skip
            return Value("DOB", (rng.choice(shapes),), "written")
        hyphen, spoken = voice.speaker.hyphen, _year(rng, year, voice.speaker.hyphen)
        if form == "mixed":
            spoken = str(year)
        shown, nth = name if voice.style.cased else name.lower(), ordinal(day, hyphen)
        oh = voice.speaker.digit("0")

        def number(n: int) -> str:
            return f"{oh} {words(n)}" if n < 10 and rng.random() < 0.5 else words(n, hyphen)

        order = (number(day), number(month)) if british else (number(month), number(day))
        shapes = [
            f"{shown} {nth} {spoken}", f"{shown} {nth} {spoken}", f"{shown} the {nth} {spoken}",
            f"the {nth} of {shown} {spoken}", f"{nth} {shown} {spoken}",
            f"{shown} {words(day, hyphen)} {spoken}", f"{order[0]} {order[1]} {spoken}",
            f"{order[0]} {order[1]} {spoken}", f"{nth} of {shown} {spoken}",
            f"{spoken} {shown} {nth}", f"{order[0]} slash {order[1]} slash {spoken}",
        ]  # fmt: skip
        return Value("DOB", (rng.choice(shapes),), "spoken")

    return say


def address(voice: Voice) -> Callable[[str], Value]:
    state, make = (
        voice.rng.getrandbits(32),
        (places.british if voice.region == "GB" else places.american),
    )

    def say(form: str) -> Value:
        parts = make(random.Random(state), voice.style, voice.speaker, form)
        link = ", " if voice.style.punctuated and voice.rng.random() < 0.85 else " "
        shown = link.join(parts)
        written = not any(
            part in words_of_numbers for part in shown.lower().replace("-", " ").split()
        )
        return Value("ADDRESS", tuple(parts), "written" if written else "spoken", link)

    return say


words_of_numbers = {word for n in range(100) for word in words(n).split()} | {"oh", "double"}


def email(voice: Voice, first: str, last: str) -> Callable[[str], Value]:
    rng = voice.rng
    a, b = (
        "".join(char for char in each.lower() if char.isascii() and char.isalpha())
        for each in (first, last)
    )
    number = rng.choice([figures(rng, 2), str(rng.randrange(1950, 2010)), figures(rng, 3)])
    noun = rng.choice(NOUNS)
    pieces = rng.choice(
        [[a, ".", b], [a, ".", b], [a[0], b], [a, b], [a, "_", b], [a, "-", b], [a, b, number],
         [a, number], [noun, number], [a, ".", b, number], [a, "+", rng.choice(NOUNS)],
         [a[0], ".", b], [noun, ".", rng.choice(NOUNS)], [b, ".", a], [a, "_", number]]
    )  # fmt: skip
    domain = rng.choice(DOMAINS)

    def say(form: str) -> Value:
        if form == "written" or (form == "mixed" and rng.random() < 0.35):
            return Value("EMAIL", (f"{''.join(pieces)}@{domain}",), "written")
        names = {".": "dot", "_": "underscore", "-": rng.choice(["dash", "hyphen"]), "+": "plus"}
        said: list[str] = []
        spelling = rng.random() < 0.18
        for piece in pieces:
            if piece in names:
                said.append(names[piece])
            elif piece.isdigit():
                mixed = form == "mixed" or rng.random() < 0.15
                said.append(piece if mixed else " ".join(voice.speaker.group(piece)))
            elif spelling or len(piece) == 1:
                said.append(spell(rng, piece, voice.style, "bare" if len(piece) == 1 else None))
            else:
                said.append(piece)
        if all(piece.isalpha() for piece in pieces) and rng.random() < 0.35:
            said.append("all one word")
        host = domain.replace(".", " dot ").replace("-", rng.choice([" dash ", " hyphen "]))
        host = host.replace("gmail", rng.choice(["gmail", "gmail", "g mail"]))
        tail = f"{rng.choice(['at', 'at', 'at', 'at sign'])} {host}"
        return Value("EMAIL", (" ".join(said), tail), "spoken", " ")

    return say


def password(voice: Voice) -> Callable[[str], Value]:
    rng = voice.rng
    noun, number = rng.choice(NOUNS), figures(rng, rng.choice([2, 2, 3, 4]))
    mark = rng.choice(["!", "#", "$", "*", "-", "_", ""])
    kind = rng.choice(["word", "noun", "noun", "letters"])
    raw = rng.choice(WORDS) if kind == "word" else f"{noun.title()}{number}{mark}"
    if kind == "letters":
        raw = "".join(rng.choices("abcdefghkmnpqrstwxyzABCDEFGH23456789", k=8))

    def say(form: str) -> Value:
        if kind == "word":
            return Value("PASSWORD", (raw,), "written" if voice.style.cased else "spoken")
        if form == "written":
            return Value("PASSWORD", (raw,), "written")
        if kind == "letters":
            return Value("PASSWORD", tuple(secret(rng, raw, voice.style, voice.speaker)), "spoken")
        said = (
            [noun] if rng.random() < 0.6 else [f"capital {spell(rng, noun, voice.style, 'bare')}"]
        )
        said.append(number if form == "mixed" else " ".join(voice.speaker.group(number)))
        said += secret(rng, mark, voice.style, voice.speaker) if mark else []
        return Value("PASSWORD", tuple(said), "spoken", " ")

    return say
