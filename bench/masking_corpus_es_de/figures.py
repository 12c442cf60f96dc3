"""Numbers in words as Spanish and German callers read them out; written apart from the library."""

from __future__ import annotations

import random

UNITS = {
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve".split(),
    "de": "null eins zwei drei vier fünf sechs sieben acht neun".split(),
}
_ES_TEENS = (
    "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte "
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho "
    "veintinueve"
).split()
_ES_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
    "novecientos"
).split()
_DE_TEENS = (
    "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
).split()
_DE_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()


def two(language: str, number: int) -> str:
    """A number below 100 in words."""
    if number < 10:
        return UNITS[language][number]
    tens, unit = divmod(number, 10)
    if language == "es":
        if number < 30:
            return _ES_TEENS[number - 10]
        return _ES_TENS[tens - 3] + (f" y {UNITS['es'][unit]}" if unit else "")
    if number < 20:
        return _DE_TEENS[number - 10]
    word = "ein" if unit == 1 else UNITS["de"][unit]
    return f"{word}und{_DE_TENS[tens - 2]}" if unit else _DE_TENS[tens - 2]


def three(language: str, number: int) -> str:
    """A number below 1000 in words."""
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return two(language, number)
    if language == "es":
        if number == 100:
            return "cien"
        return _ES_HUNDREDS[hundreds - 1] + (f" {two('es', rest)}" if rest else "")
    word = "ein" if hundreds == 1 else UNITS["de"][hundreds]
    return f"{word}hundert" + (two("de", rest) if rest else "")


def year(language: str, number: int) -> str:
    """A year in words."""
    thousands, rest = divmod(number, 1000)
    if language == "es":
        return ("mil " if thousands == 1 else "dos mil ") + (three("es", rest) if rest else "")
    if thousands == 1:
        return f"neunzehnhundert{two('de', rest - 900) if rest > 900 else ''}"
    return "zweitausend" + (two("de", rest) if rest else "")


def read_out(language: str, digits: str, rng: random.Random, pause: str = "") -> list[str]:
    """A number as it is read out: digit by digit, in pairs, or in groups; its stretches."""
    how = rng.choice(("digits", "digits", "pairs", "mixed"))
    size = rng.choice((3, 4)) if len(digits) % 4 == 0 else 3
    if how == "pairs" and len(digits) % 2:
        how = "mixed"
    stretches = []
    at = 0
    while at < len(digits):
        width = 2 if how == "pairs" else size
        group = digits[at : at + width]
        at += width
        pair = how == "pairs" or (how == "mixed" and len(group) == 2)
        if pair and group[0] != "0":
            stretches.append(two(language, int(group)))
        elif how == "mixed" and len(group) == 3 and group[0] != "0" and rng.random() < 0.3:
            stretches.append(three(language, int(group)))
        else:
            stretches.append(" ".join(_digit(language, digit, rng) for digit in group))
    return [stretch + (pause if at + 1 < len(stretches) else "")
            for at, stretch in enumerate(stretches)]  # fmt: skip


def _digit(language: str, digit: str, rng: random.Random) -> str:
    if language == "de" and digit == "2" and rng.random() < 0.3:
        return "zwo"
    return UNITS[language][int(digit)]
