"""German is written here as it is written: every form that callers' recognisers make of it follows.

`fold` takes the dots off an umlaut and leaves an "ß" alone; where there are no umlauts, people
write "ue" and "ss".
"""

from __future__ import annotations

from collections.abc import Mapping

_PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
_LONG = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def forms(text: str) -> tuple[str, ...]:
    """The forms of a word or phrase: without dots, with "ue", each with "ß" and with "ss"."""
    made: dict[str, None] = {}
    for table in (_PLAIN, _LONG):
        form = text.translate(table)
        made |= {form: None, form.replace("ß", "ss"): None}
    return tuple(made)


def words(text: str) -> frozenset[str]:
    """The words of a list written as prose, in every form."""
    return frozenset(form for word in text.split() for form in forms(word))


def phrases(text: str) -> frozenset[tuple[str, ...]]:
    """Phrases from a list with a comma between them, in every form."""
    return frozenset(
        tuple(form.split())
        for phrase in text.split(",")
        if phrase.strip()
        for form in forms(phrase)
    )


def cues(text: str) -> tuple[str, ...]:
    """The same as a label's cues."""
    return tuple(
        " ".join(form.split())
        for phrase in text.split(",")
        if phrase.strip()
        for form in forms(phrase)
    )


def mapped(pairs: Mapping[str, str]) -> dict[str, str]:
    """A table of words in every form, each with its value."""
    return {form: value for word, value in pairs.items() for form in forms(word)}
