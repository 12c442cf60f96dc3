"""German."""

from __future__ import annotations

from masking.languages.de.cues import CUES
from masking.languages.de.figures import DIGITS, HUNDREDS, STEMS, TEENS
from masking.languages.de.forms import mapped, words
from masking.languages.de.people import PEOPLE
from masking.languages.de.places import PLACES
from masking.languages.de.speech import (
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
from masking.languages.table import Language

TABLE = Language(
    code="de",
    digits=DIGITS,
    teens=TEENS,
    tens={},
    hundred=frozenset({"hundert"}),
    hundreds=HUNDREDS,
    thousand=frozenset({"tausend"}),
    repeat={"doppel": 2, "doppelt": 2, "zweimal": 2, "dreimal": 3, "viermal": 4, "dreifach": 3},
    homophones=mapped({"sex": "6", "fier": "4", "fir": "4", "fünfe": "5", "sechse": "6"}),
    fillers=FILLERS,
    neutral=NEUTRAL,
    units=UNITS,
    cues=CUES,
    stems=STEMS,
    parts=PARTS,
    denials=DENIALS,
    bridges=BRIDGES,
    leads=LEADS,
    links=LINKS,
    linked=LINKED,
    copulas=COPULAS,
    stops=STOPS,
    repairs=REPAIRS,
    extensions=frozenset({"durchwahl", "nebenstelle"}),
    joints=words("und"),
    plus=words("plus"),
    ends=words("endet endend endziffern"),
    moments=MOMENTS,
    figures=FIGURES,
    prepositions=PREPOSITIONS,
    codes={"ACCOUNT": 5, "MRN": 4, "IBAN": 8, "SSN": 7},
    passwords=PASSWORDS,
    dates=DATES,
    spelling=SPELLING,
    mail=MAIL,
    places=PLACES,
    people=PEOPLE,
)
