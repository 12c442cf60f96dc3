"""English."""

from __future__ import annotations

from masking.languages.en.cues import CUES
from masking.languages.en.people import PEOPLE
from masking.languages.en.places import PLACES
from masking.languages.en.speech import (
    BRIDGES,
    COPULAS,
    DATES,
    DENIALS,
    ENDS,
    FIGURES,
    FILLERS,
    LEADS,
    LINKED,
    LINKS,
    MAIL,
    MOMENTS,
    NEUTRAL,
    PARTS,
    PASSWORDS,
    PREPOSITIONS,
    REPAIRS,
    SPELLING,
    STOPS,
    UNITS,
)
from masking.languages.table import Language

TABLE = Language(
    code="en",
    digits={
        "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "null": "0",
        "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
        "seven": "7", "eight": "8", "nine": "9", "niner": "9",
    },
    teens={
        "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
        "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    },
    tens={
        "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6",
        "seventy": "7", "eighty": "8", "ninety": "9",
    },
    hundred=frozenset({"hundred"}),
    hundreds={},
    thousand=frozenset({"thousand"}),
    repeat={"double": 2, "triple": 3, "treble": 3, "quadruple": 4},
    homophones={
        "for": "4", "fore": "4", "to": "2", "too": "2", "ate": "8", "won": "1", "tree": "3",
        "sex": "6", "sicks": "6", "nein": "9", "owe": "0",
    },
    fillers=FILLERS,
    neutral=NEUTRAL,
    units=UNITS,
    parts=PARTS,
    moments=MOMENTS,
    figures=FIGURES,
    prepositions=PREPOSITIONS,
    copulas=COPULAS,
    bridges=BRIDGES,
    leads=LEADS,
    links=LINKS,
    linked=LINKED,
    denials=DENIALS,
    stops=STOPS,
    repairs=REPAIRS,
    extensions=frozenset({"extension", "ext", "extn", "x"}),
    joints=frozenset({"and"}),
    plus=frozenset({"plus"}),
    ends=ENDS,
    interjections=frozenset({"oh", "o"}),
    passwords=PASSWORDS,
    dates=DATES,
    spelling=SPELLING,
    mail=MAIL,
    places=PLACES,
    people=PEOPLE,
    cues=CUES,
)  # fmt: skip
