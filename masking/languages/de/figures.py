"""German number words. A unit stands before its tens, and up to the thousands all is one word."""

from __future__ import annotations

from masking.languages.de.forms import forms, mapped

DIGITS = mapped({
    "null": "0", "ein": "1", "eins": "1", "eine": "1", "einen": "1", "zwei": "2", "zwo": "2",
    "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9",
})  # fmt: skip
_UNITS = {
    "ein": "1", "zwei": "2", "zwo": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6",
    "sieben": "7", "acht": "8", "neun": "9",
}  # fmt: skip
_TENS = {
    "zwanzig": "2", "dreißig": "3", "dreizig": "3", "vierzig": "4", "fünfzig": "5",
    "sechzig": "6", "siebzig": "7", "achtzig": "8", "neunzig": "9",
}  # fmt: skip
_TEENS = {
    "zehn": "10", "elf": "11", "zwölf": "12", "dreizehn": "13", "vierzehn": "14",
    "fünfzehn": "15", "sechzehn": "16", "siebzehn": "17", "achtzehn": "18", "neunzehn": "19",
}  # fmt: skip
_TWO = {
    **_TEENS,
    **{tens: f"{first}0" for tens, first in _TENS.items()},
    **{
        f"{unit}und{tens}": f"{first}{digit}"
        for unit, digit in _UNITS.items()
        for tens, first in _TENS.items()
    },
}
_REST = {"": "00", **{word: f"0{value}" for word, value in DIGITS.items()}, **_TWO}
_YEARS = {
    **{f"neunzehnhundert{rest}": f"19{value}" for rest, value in _REST.items()},
    **{f"achtzehnhundert{rest}": f"18{value}" for rest, value in _REST.items() if value > "89"},
    **{
        f"{thousand}{rest}": f"20{value}"
        for thousand in ("zweitausend", "zweitausendund")
        for rest, value in _REST.items()
        if value < "40"
    },
}
_HUNDREDS = {"hundert": "1", **{f"{unit}hundert": digit for unit, digit in _UNITS.items()}}
TEENS = mapped({
    **_TWO,
    **_YEARS,
    **{
        f"{hundred}{rest}": f"{first}{value}"
        for hundred, first in _HUNDREDS.items()
        for rest, value in _REST.items()
        # An octet of an IP address is the largest that is commonly read out as one number.
        if rest and first in "12"
    },
})  # fmt: skip
HUNDREDS = mapped(
    {f"{unit}hundert": digit for unit, digit in _UNITS.items()}
)
STEMS = frozenset(
    {"hundert", "tausend", *(form for tens in _TENS for form in forms(f"und{tens}"))}
)
"""Each compound above has one of these in it."""
