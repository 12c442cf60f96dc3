"""What a language must say about its numbers, letters, dates, places and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import ascii_lowercase

# How a number word reads, besides `written` digits.
DIGIT, TEEN, TENS, HUNDRED, HUNDREDS, THOUSAND, REPEAT = (
    "digit", "teen", "tens", "hundred", "hundreds", "thousand", "repeat",
)  # fmt: skip
WRITTEN = "written"

NONE: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    """The words of a list written as prose."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Dates:
    """The words of a date. Numbers come from the language's numbers."""

    months: frozenset[str] = NONE
    ordinals: frozenset[str] = NONE
    """first, second, twentieth; and what is written behind a digit: st, nd, rd, th."""
    joints: frozenset[str] = NONE
    """Words inside a date: of, the."""
    openers: frozenset[str] = NONE
    """Words that belong to a date when they stand right before it: the."""
    before_years: frozenset[str] = NONE
    """Words before a year that is nobody's number: since, in."""
    times: frozenset[tuple[str, ...]] = frozenset()
    """What follows a time of day: a m, in the morning."""


@dataclass(frozen=True)
class Spelling:
    """How people spell: letters by their names, by alphabets, by "b as in boy"."""

    letters: Mapping[str, str] = field(default_factory=dict)
    """Words that stand for a letter in a spelling alphabet: alpha, bravo (ICAO, NATO)."""
    joints: frozenset[str] = NONE
    """Words between letters that are none themselves: dash, capital, letter."""
    as_in: frozenset[tuple[str, ...]] = frozenset()
    """What stands between a letter and a word that begins with it: as in, for, like."""
    doubtful: frozenset[str] = NONE
    """Letters that are words as well: a, i. Letters only beside others."""

    @cached_property
    def words(self) -> frozenset[str]:
        """All words that may stand for a letter, the letters themselves among them."""
        return frozenset(self.letters) | frozenset(ascii_lowercase)


@dataclass(frozen=True)
class Mail:
    """How e-mail addresses are read out."""

    at: frozenset[str] = NONE
    dots: frozenset[str] = NONE
    joints: frozenset[str] = NONE
    """Words for the signs of a local part: underscore, dash, plus."""
    asides: frozenset[str] = NONE
    """Words that describe the address and are no part of it: all, lowercase, one, word."""
    stops: frozenset[str] = NONE
    """Words before which an address begins."""
    providers: frozenset[str] = NONE
    back: frozenset[str] = NONE
    """Words by which a speaker takes back what came before: no, sorry, actually."""

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The words around which an address that is read out is looked for."""
        return self.at | self.providers | {"@"}


@dataclass(frozen=True)
class Passwords:
    """How passwords are told and asked for."""

    signs: frozenset[str] = NONE
    """Names of signs: dollar, asterisk, capital."""
    at_signs: frozenset[str] = NONE
    """What makes a sign of an "at" before it: sign, symbol."""
    where: frozenset[str] = NONE
    """Words behind the cue that say what it is the password of: on, for."""
    links: frozenset[str] = NONE
    """The verb behind those: is, was."""
    asks: frozenset[str] = NONE
    """Words of a question for the password: what, could, tell."""
    its: frozenset[str] = NONE
    """Words that begin an answer which nobody asked for: it's."""
    inside: frozenset[str] = NONE
    """Small words that may stand inside a password: all, one, number."""
    owners: frozenset[str] = NONE
    """Words right before a cue that follows its value: "falcon seven is *my* password"."""
    owned: frozenset[str] = NONE
    """Words before those: is, was."""
    refusals: frozenset[str] = NONE
    """Words of a turn that answers nothing: don't, forgot, rather."""


@dataclass(frozen=True)
class Places:
    """How postal addresses are said."""

    kinds: frozenset[str] = NONE
    """Words that make a street of what stands before them: street, avenue."""
    weak_kinds: frozenset[str] = NONE
    """The same, with other uses: way, place, court. They need other evidence beside them."""
    leading_kinds: frozenset[str] = NONE
    """Words that make a street of what follows: calle, rue."""
    suffixes: tuple[str, ...] = ()
    """Ends of a street's single word: strasse, weg."""
    number_last: bool = False
    """Whether the house number follows the street."""
    parts: frozenset[str] = NONE
    """Parts of a building, before their number: apartment, suite, floor."""
    openers: frozenset[tuple[str, ...]] = frozenset()
    """What opens an address without a street: p o box, rural route."""
    regions: frozenset[tuple[str, ...]] = frozenset()
    """States and provinces by name."""
    abbreviations: frozenset[str] = NONE
    """The same by abbreviation."""
    asked: Mapping[str, bool] = field(default_factory=dict)
    """Words by which a part of an address is asked for, and whether it is a town or state."""
    post_codes: frozenset[tuple[str, ...]] = frozenset()
    """What announces a postal code within an address: zip, zip code."""
    numbered: frozenset[str] = NONE
    """Kinds with a number for a name: highway, route."""
    whole: frozenset[str] = NONE
    """Streets that are one word: broadway."""
    inside_numbers: frozenset[str] = NONE
    """Words inside a house number that is read out: and, dash."""
    inside_names: frozenset[str] = NONE
    """Small words of a street's name: the, of."""
    directions: frozenset[str] = NONE
    """Words behind a street: north, nw."""
    number_words: frozenset[str] = NONE
    """Words before a number, behind a part of a building or a street: number, no."""
    within: frozenset[str] = NONE
    """Words before a town: in."""
    asking: frozenset[str] = NONE
    """Words before a part of an address that is asked for: the, what, your."""
    breaks: frozenset[str] = NONE
    """Words that end an address without a street: and, but, is."""
    doors: frozenset[str] = NONE
    """Words behind a house number or floor: izquierda, links."""
    floors: frozenset[str] = NONE
    """Floors by their ordinal, with a door behind them: tercero B."""
    ambiguous: frozenset[str] = NONE
    """Abbreviations of regions that are words or syllables as well: in, or, me."""

    @cached_property
    def streets(self) -> frozenset[str]:
        """Words that may make a street of what stands beside them."""
        return self.kinds | self.weak_kinds | self.leading_kinds

    @cached_property
    def areas(self) -> frozenset[str]:
        """Words with which a region's name or abbreviation begins."""
        return self.abbreviations | {region[0] for region in self.regions}


@dataclass(frozen=True)
class People:
    """How names are said. The gazetteer is common to all languages."""

    strong: frozenset[tuple[str, ...]] = frozenset()
    """Phrases after which a name stands, whatever it is: my name is."""
    weak: frozenset[tuple[str, ...]] = frozenset()
    """Phrases after which a name that the gazetteer knows is a name: this is, speaking with."""
    others: frozenset[tuple[str, ...]] = frozenset()
    """What looks like a name and is none: brands that bear one."""
    places: frozenset[str] = NONE
    """Words before the second half of a town's name: San, Fort."""
    medium: frozenset[tuple[str, ...]] = frozenset()
    """Phrases after which a name stands more often than not: speaking with, make it out to."""
    titles: frozenset[str] = NONE
    sure_titles: frozenset[str] = NONE
    """Titles that hardly stand without a name: mr, dr."""
    determiners: frozenset[str] = NONE
    """Words before a title that is no part of a name: "my doctor"."""
    name_words: frozenset[str] = NONE
    """The word by which a name is asked for: name."""
    other_names: frozenset[str] = NONE
    """Words before it where it is nobody's: file name, brand name."""
    tells: frozenset[str] = NONE
    """Words behind it in a turn that tells and does not ask: is, was, says."""
    things: frozenset[str] = NONE
    """Words that make a place or a thing of a name before them: Park, branch, cup."""
    asked_for: frozenset[str] = NONE
    """Words before a name that is asked about at a turn's end: "is this Mark?"."""
    kin: frozenset[str] = NONE
    """Relatives, who are named right behind: "my wife Joy"."""
    hails: frozenset[str] = NONE
    """Words before it: okay, thanks."""
    vocatives: frozenset[str] = NONE
    """Words behind the name of whom one talks to: "okay Frank, I've found it"."""
    answering: frozenset[str] = NONE
    """First words of those phrases of `after` before which a capital is a name: speaking."""
    unknown: int = 1
    """How many words behind the first may be ones that nobody knows: two where people bear two
    surnames."""
    capital_nouns: bool = False
    """Whether every noun is written with a capital, which is then no evidence for a name."""
    first_names: frozenset[str] = NONE
    """First names and surnames that the gazetteer does not have, and words on it that are
    hardly ever names in this language."""
    surnames: frozenset[str] = NONE
    no_names: frozenset[str] = NONE
    after: frozenset[tuple[str, ...]] = frozenset()
    """Phrases behind a name: speaking, on the line."""
    questions: frozenset[tuple[str, ...]] = frozenset()
    """What asks for a name."""
    particles: frozenset[str] = NONE
    """Words inside a name: de, van, la."""
    answers: frozenset[str] = NONE
    """Words before the name in an answer: yes, sure, it's."""


@dataclass(frozen=True)
class Language:
    """One language's words, lower-case and without accents, as `fold` leaves them."""

    code: str
    digits: Mapping[str, str]
    """A word for one digit: zero, oh, one."""
    teens: Mapping[str, str]
    """A word for two digits that takes no unit after it: ten, seventeen, veintidos."""
    tens: Mapping[str, str]
    """A word for tens, with the first digit: twenty is 2."""
    hundred: frozenset[str]
    """Multiplies what stands before it: hundred."""
    hundreds: Mapping[str, str]
    """A word for a whole number of hundreds, with the first digit: doscientos is 2."""
    thousand: frozenset[str]
    repeat: Mapping[str, int]
    """double, triple."""
    homophones: Mapping[str, str]
    """Words that a recogniser writes for a digit; read so only between two single digits."""
    fillers: frozenset[str]
    """Words inside a number that a speaker reads out; they neither end it nor add to it."""
    neutral: frozenset[str]
    """A turn of these alone (and digits) does not interrupt the other speaker's number."""
    units: frozenset[str]
    """A number before one of these counts something: dollars, days."""
    cues: Mapping[str, tuple[str, ...]]
    """Label to the phrases that announce it; OTHER announces something that is not
    masked, EXPIRY a card's expiry, CODE some code: a card's, when a card was just read out.
    A label with "~" behind it announces weakly: it is evidence for a number that has the right
    form, and for no other."""
    parts: frozenset[str] = NONE
    """Words before a count of digits, "first four", "last two": the count is no digit."""
    moments: frozenset[str] = NONE
    """Words behind "one" that ask to wait: moment, second."""
    figures: frozenset[str] = NONE
    """What a number counts where it is none itself: digits, numbers, letters."""
    denials: frozenset[str] = NONE
    """Words after "password" that say something of it: expired, reset, wrong."""
    bridges: frozenset[str] = NONE
    """Fillers, and the words of "hang on" or "you know", inside a number of one turn."""
    leads: frozenset[str] = NONE
    """Words right before the value in an answer: it's, sure, um."""
    links: frozenset[str] = NONE
    """Words right before it behind one of `linked`: "the number is"."""
    linked: frozenset[str] = NONE
    prepositions: frozenset[str] = NONE
    """Words before a number that is a time, a place or a quantity: at, since, about."""
    copulas: frozenset[str] = NONE
    """Words between a cue and its value: is, it's, would, be."""
    stops: frozenset[str] = NONE
    """Words that are no part of a free value such as a name, a street or a password."""
    joints: frozenset[str] = NONE
    """Words inside one number: "two hundred and three"."""
    repairs: frozenset[str] = NONE
    """Words by which a speaker takes back what was just said: no, sorry, oops, wrong."""
    extensions: frozenset[str] = NONE
    """Words before the number of an extension: extension, ext."""
    plus: frozenset[str] = NONE
    """The sign before a country's code, in words."""
    ends: frozenset[str] = NONE
    """First words of cues behind which stands a number's end or beginning: ending, starts."""
    interjections: frozenset[str] = NONE
    """Number words that are exclamations where they stand alone: oh."""
    codes: Mapping[str, int] = field(
        default_factory=lambda: {"ACCOUNT": 5, "MRN": 4, "IBAN": 8, "SSN": 8, "ZIP": 5}
    )
    """The labels whose numbers may hold letters, and the fewest characters of each."""
    passwords: Passwords = field(default_factory=Passwords)
    dates: Dates = field(default_factory=Dates)
    spelling: Spelling = field(default_factory=Spelling)
    mail: Mail = field(default_factory=Mail)
    places: Places = field(default_factory=Places)
    people: People = field(default_factory=People)
    stems: frozenset[str] = NONE
    """What compound number words have in them, where a language writes them as one: hundert."""
    numbers: Mapping[str, tuple[str, str]] = field(init=False)
    """Every number word with its kind and value, made from the tables above."""

    def __post_init__(self) -> None:
        numbers: dict[str, tuple[str, str]] = {}
        numbers.update((word, (DIGIT, value)) for word, value in self.digits.items())
        numbers.update((word, (TEEN, value)) for word, value in self.teens.items())
        numbers.update((word, (TENS, value)) for word, value in self.tens.items())
        numbers.update((word, (HUNDRED, "")) for word in self.hundred)
        numbers.update((word, (HUNDREDS, value)) for word, value in self.hundreds.items())
        numbers.update((word, (THOUSAND, "")) for word in self.thousand)
        numbers.update((word, (REPEAT, str(times))) for word, times in self.repeat.items())
        object.__setattr__(self, "numbers", numbers)

    @cached_property
    def counted(self) -> frozenset[str]:
        """Words behind a number that make none of it: moments and figures."""
        return self.moments | self.figures


def phrases(text: str) -> frozenset[tuple[str, ...]]:
    """Phrases from a list with a comma between them."""
    return frozenset(tuple(phrase.split()) for phrase in text.split(",") if phrase.strip())
