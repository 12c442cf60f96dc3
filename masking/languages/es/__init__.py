"""Spanish, without accents: they are folded away before look-up."""

from __future__ import annotations

from masking.languages.es.cues import CUES
from masking.languages.es.people import PEOPLE
from masking.languages.es.places import PLACES
from masking.languages.es.speech import (
    BRIDGES,
    COPULAS,
    DATES,
    DENIALS,
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
from masking.languages.table import Language, words

_HUNDREDS = {
    "doscient": "2", "trescient": "3", "cuatrocient": "4", "quinient": "5", "seiscient": "6",
    "setecient": "7", "ochocient": "8", "novecient": "9",
}  # fmt: skip

TABLE = Language(
    code="es",
    digits={
        "cero": "0", "un": "1", "uno": "1", "una": "1", "dos": "2", "tres": "3", "cuatro": "4",
        "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
    },
    teens={
        "diez": "10", "once": "11", "doce": "12", "trece": "13", "catorce": "14",
        "quince": "15", "dieciseis": "16", "diecisiete": "17", "dieciocho": "18",
        "diecinueve": "19", "veintiuno": "21", "veintiun": "21", "veintiuna": "21",
        "veintidos": "22", "veintitres": "23", "veinticuatro": "24", "veinticinco": "25",
        "veintiseis": "26", "veintisiete": "27", "veintiocho": "28", "veintinueve": "29",
    },
    tens={
        "veinte": "2", "treinta": "3", "cuarenta": "4", "cincuenta": "5", "sesenta": "6",
        "setenta": "7", "ochenta": "8", "noventa": "9",
    },
    hundred=frozenset(),
    hundreds={
        "cien": "1", "ciento": "1",
        **{f"{word}{end}": first for word, first in _HUNDREDS.items() for end in ("os", "as")},
    },
    thousand=frozenset({"mil"}),
    repeat={"doble": 2, "triple": 3, "cuadruple": 4},
    homophones={"sinco": "5", "sero": "0", "ciete": "7", "oncho": "8", "nuebe": "9", "trez": "3"},
    fillers=FILLERS,
    neutral=NEUTRAL,
    units=UNITS,
    cues=CUES,
    parts=PARTS,
    denials=DENIALS,
    bridges=BRIDGES,
    leads=LEADS,
    links=LINKS,
    linked=LINKED,
    copulas=COPULAS,
    stops=STOPS,
    repairs=REPAIRS,
    extensions=frozenset({"extension", "ext", "anexo"}),
    joints=words("y"),
    plus=words("mas"),
    ends=words("termina terminada terminado terminacion acaba acabada"),
    moments=MOMENTS,
    figures=FIGURES,
    prepositions=PREPOSITIONS,
    interjections=frozenset({"once"}),
    codes={"ACCOUNT": 5, "MRN": 4, "IBAN": 8, "SSN": 7},
    passwords=PASSWORDS,
    dates=DATES,
    spelling=SPELLING,
    mail=MAIL,
    places=PLACES,
    people=PEOPLE,
)  # fmt: skip
