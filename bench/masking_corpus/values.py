"""What is said for each label that is a number: written, spoken, or in words and figures."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.masking_corpus import identifiers as made
from bench.masking_corpus.letters import code
from bench.masking_corpus.model import MIXED, PLAIN, Style, Value
from bench.masking_corpus.numbers import Speaker, breaths, cut, slip


@dataclass(frozen=True)
class Voice:
    """Who speaks in this call and how it is written down."""

    rng: random.Random
    style: Style
    speaker: Speaker
    region: str


def choose_form(voice: Voice) -> str:
    """Mostly the style's own; recognisers are not of one mind within a call."""
    weights = {PLAIN: (10, 88, 2), "written": (84, 10, 6), MIXED: (12, 18, 70)}[voice.style.name]
    return voice.rng.choices(["written", "spoken", "mixed"], weights)[0]


def joint(voice: Voice) -> str:
    """Between two breaths."""
    if not voice.style.punctuated:
        return " "
    return voice.rng.choices([", ", " ", ". ", "... "], (45, 45, 6, 4))[0]


def settled(voice: Voice, label: str, chunks: list[str], form: str, link: str) -> Value:
    """The value; a mix that has no word in it is written after all."""
    if form == "mixed":
        words = any(char.isalpha() for char in "".join(chunks))
        form = "spoken" if words else "written"
    return Value(label, tuple(chunks), form, link)


def digits(
    voice: Voice, label: str, raw: str, sizes: tuple[int, ...], form: str, seps: list[str]
) -> Value:
    """A number of this many groups. `seps` are what may stand between them in writing."""
    rng = voice.rng
    if form == "written":
        link = rng.choice(seps)
        if link == " " and rng.random() < 0.08:
            return Value(label, tuple(raw), "written", rng.choice([" ", "-"]))
        return Value(label, tuple(cut(raw, sizes)), "written", link)
    raw = slip(rng, raw) if len(raw) > 6 else raw
    parts = cut(raw, sizes) if rng.random() < 0.75 else breaths(rng, raw)
    if form == "spoken" and rng.random() < 0.04:
        return settled(voice, label, list(raw), "written", rng.choice([" ", "-"]))
    return settled(voice, label, voice.speaker.groups(parts, form == "mixed"), form, joint(voice))


def card(voice: Voice, raw: str, sizes: tuple[int, ...]) -> Callable[[str], Value]:
    return lambda form: digits(
        voice, "CARD", raw, sizes, form, [" ", " ", " ", "-", "", "", ", ", ". "]
    )


def last_four(voice: Voice, label: str) -> Callable[[str], Value]:
    raw = made.figures(voice.rng, 4)
    return lambda form: replace(digits(voice, label, raw, (4,), form, [""]), partial=True)


def cvv(voice: Voice) -> Callable[[str], Value]:
    raw = made.figures(voice.rng, voice.rng.choice([3, 3, 3, 4]))
    return lambda form: digits(voice, "CVV", raw, (len(raw),), form, [""])


def pin(voice: Voice) -> Callable[[str], Value]:
    raw = made.figures(voice.rng, voice.rng.choice([4, 4, 4, 4, 4, 6]))
    return lambda form: digits(voice, "PIN", raw, (len(raw),), form, [""])


def ssn(voice: Voice) -> Callable[[str], Value]:
    raw = made.ssn(voice.rng)
    return lambda form: digits(voice, "SSN", raw, (3, 2, 4), form, ["-", "-", " ", "", ", ", " - "])


def phone(voice: Voice) -> Callable[[str], Value]:
    rng, (raw, sizes, country) = voice.rng, made.phone(voice.rng, voice.region)
    abroad = rng.random() < 0.12

    def say(form: str) -> Value:
        if form != "written":
            value = digits(voice, "PHONE", raw, sizes, form, [" "])
            if not abroad:
                return value
            head = ["one"] if country == "1" else ["plus " + " ".join(voice.speaker.group(country))]
            return Value("PHONE", (*head, *value.chunks), "spoken", value.joint)
        groups = cut(raw, sizes)
        if abroad:
            groups[0] = groups[0].lstrip("0") if country != "1" else groups[0]
            return Value("PHONE", (f"+{country}", *groups), "written", rng.choice([" ", "-"]))
        shape = rng.random()
        if voice.region == "US" and shape < 0.2:
            return Value("PHONE", (f"({groups[0]}) {groups[1]}-{groups[2]}",), "written")
        link = rng.choice(["-", "-", ".", " ", ""] if voice.region == "US" else [" ", " ", ""])
        return Value("PHONE", tuple(groups), "written", link)

    return say


def identifier(voice: Voice, label: str, raw: str) -> Callable[[str], Value]:
    """Digits or letters with digits: an account, a record."""

    def say(form: str) -> Value:
        plain = raw.replace("-", "")
        if plain.isdigit():
            half = (len(plain) + 1) // 2
            sizes = voice.rng.choice([(len(plain),), (len(plain),), (3, 3, 3, 3), (half, half)])
            return digits(voice, label, plain, sizes, form, ["", "", " ", "-"])
        if form == "written":
            shown = raw if "-" in raw or voice.rng.random() < 0.7 else plain
            return Value(label, (shown,), "written")
        chunks = code(voice.rng, raw, voice.style, voice.speaker, form == "mixed")
        # Spelled letters are speech, however the digits after them are written.
        return Value(label, tuple(chunks), "spoken", joint(voice))

    return say


def account(voice: Voice) -> Callable[[str], Value]:
    return identifier(voice, "ACCOUNT", made.account(voice.rng))


def record(voice: Voice) -> Callable[[str], Value]:
    return identifier(voice, "MRN", made.record(voice.rng))


def iban(voice: Voice) -> Callable[[str], Value]:
    raw = made.iban(voice.rng)

    def say(form: str) -> Value:
        if form == "written":
            groups = cut(raw, (4,) * (len(raw) // 4 + 1))
            return Value("IBAN", tuple(groups), "written", voice.rng.choice([" ", " ", "", "-"]))
        chunks = code(voice.rng, raw, voice.style, voice.speaker, form == "mixed")
        return Value("IBAN", tuple(chunks), "spoken", joint(voice))

    return say


def ip(voice: Voice) -> Callable[[str], Value]:
    rng = voice.rng
    raw, six, dot = made.ip(rng), made.ip6(rng), rng.choice(["dot", "dot", "dot", "point"])

    def say(form: str) -> Value:
        if form == "written":
            return Value("IP", (six if rng.random() < 0.12 else raw,), "written")
        said = [" ".join(voice.speaker.group(part, form == "mixed")) for part in raw.split(".")]
        return Value("IP", (f" {dot} ".join(said),), "spoken")

    return say
