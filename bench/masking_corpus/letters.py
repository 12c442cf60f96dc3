"""Letters and marks as they are spelled over the telephone."""

from __future__ import annotations

import random

from bench.masking_corpus.model import Style
from bench.masking_corpus.numbers import Speaker

NATO = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november \
oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu".split()
HOME = "apple boy cat dog edward frank george henry ida john king larry mary nancy oliver peter \
queen robert sam tom union victor william xray yellow zebra".split()
MARKS = {
    "!": ["exclamation mark", "exclamation point", "bang"],
    "#": ["hash", "pound sign", "hashtag"],
    "$": ["dollar sign"],
    "*": ["star", "asterisk"],
    "-": ["dash", "hyphen"],
    "_": ["underscore"],
    ".": ["dot"],
    "+": ["plus"],
    "&": ["ampersand", "and sign"],
    "@": ["at sign", "at"],
    "?": ["question mark"],
}


def spell(rng: random.Random, letters: str, style: Style, manner: str | None = None) -> str:
    """Letters one after the other: bare, NATO, or "b as in boy"."""
    manner = manner or rng.choices(["bare", "nato", "as in"], (60, 22, 18))[0]
    said = []
    for letter in letters.lower():
        at = ord(letter) - 97
        shown = letter.upper() if style.cased else letter
        if manner == "nato":
            said.append(NATO[at].title() if style.cased and rng.random() < 0.5 else NATO[at])
        elif manner == "as in" and rng.random() < 0.7:
            said.append(f"{shown} {rng.choice(['as in', 'for', 'like'])} {HOME[at]}")
        else:
            said.append(shown)
    if manner == "bare" and style.cased and rng.random() < 0.4:
        return "-".join(said)
    return " ".join(said)


def code(
    rng: random.Random, text: str, style: Style, speaker: Speaker, mixed: bool = False
) -> list[str]:
    """Letters and digits of an identifier as breaths: letters together, digits in groups."""
    from bench.masking_corpus.numbers import breaths

    manner = rng.choices(["bare", "nato", "as in"], (65, 25, 10))[0]
    said, run = [], ""
    for char in text + "\0":
        if run and (char == "\0" or char.isdigit() != run[-1].isdigit() or not char.isalnum()):
            if run.isdigit():
                said += speaker.groups(breaths(rng, run), mixed)
            else:
                said.append(spell(rng, run, style, manner))
            run = ""
        if char.isalnum():
            run += char
        elif char != "\0" and rng.random() < 0.5:
            said.append(rng.choice(MARKS[char]))
    return said


def secret(rng: random.Random, text: str, style: Style, speaker: Speaker) -> list[str]:
    """A password letter by letter, capitals and marks named."""
    said: list[str] = []
    for char in text:
        if char.isdigit():
            said.append(speaker.digit(char))
        elif char in MARKS:
            said.append(rng.choice(MARKS[char]))
        elif char.isupper():
            said.append(f"{rng.choice(['capital', 'uppercase', 'capital'])} {char.lower()}")
        else:
            said.append(char)
    return said
