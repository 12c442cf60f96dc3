"""First names and surnames that many people bear: United States Census Bureau, 1990 (in the public
domain), with common names of other origins. A word on a list is evidence and no more."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def first_names() -> frozenset[str]:
    """First names that are hardly ever anything else."""
    return _read("first_names")


@cache
def doubtful_first_names() -> frozenset[str]:
    """First names that are words, places, months or brands as well: may, austin, chase."""
    return _read("doubtful_first_names")


@cache
def surnames() -> frozenset[str]:
    """Surnames, without those that are among the commonest words."""
    return _read("surnames")


@cache
def doubtful_surnames() -> frozenset[str]:
    """Surnames that are common words as well; ones only behind a first name."""
    return _read("doubtful_surnames")


def _read(name: str) -> frozenset[str]:
    return frozenset((files("masking") / "gazetteers" / f"{name}.txt").read_text("ascii").split())
