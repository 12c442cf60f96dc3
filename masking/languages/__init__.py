"""Languages as data: number words, fillers and cues. To add one, add a module and register it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from masking.languages import de, en, es
from masking.languages.table import Language

LANGUAGES: Mapping[str, Language] = {table.code: table for table in (en.TABLE, es.TABLE, de.TABLE)}


def is_known(tag: str) -> bool:
    """Whether the language of this BCP 47 tag has a table."""
    return tag.replace("_", "-").split("-")[0].lower() in LANGUAGES


@lru_cache(maxsize=256)
def language(tag: str) -> Language:
    """The table for a BCP 47 tag such as `en-GB`; English where there is none.

    Written numbers and the international cues (CVV, PIN) are found in any language.
    """
    return LANGUAGES.get(tag.replace("_", "-").split("-")[0].lower(), en.TABLE)
