"""The values of Spanish and German calls. All of it is made up."""

from __future__ import annotations

import random

from bench.masking_corpus.model import MIXED, WRITTEN, Style, Value
from bench.masking_corpus_es_de import figures
from bench.masking_corpus_es_de.lists import LISTS, Lists

_LETTERS = "abcdefghjklmnprstuvz"
_SPOKEN_LETTERS = {
    "es": dict(zip(_LETTERS, (
        "a be ce de e efe ge hache jota ka ele eme ene pe erre ese te u uve zeta"
    ).split(), strict=True)),
    "de": {letter: letter for letter in _LETTERS},
}  # fmt: skip


class Values:
    """Makes the value of a slot for one call."""

    def __init__(self, language: str, rng: random.Random, style: Style) -> None:
        self.language, self.rng, self.style = language, rng, style
        self.lists: Lists = LISTS[language]
        self.written = style.name == WRITTEN or (style.name == MIXED and rng.random() < 0.5)

    def make(self, slot: str) -> Value:
        """The value of a slot by its name; LONG, SHORT and COUNT are nobody's numbers."""
        if slot in ("LONG", "SHORT", "COUNT"):
            digits = {
                "LONG": self._digits(self.rng.randint(7, 12)),
                "SHORT": self._digits(self.rng.randint(3, 5)),
                "COUNT": str(self.rng.randint(2, 89)),
            }
            return self._number("", digits[slot])
        return getattr(self, f"_{slot.lower()}")()

    def _form(self) -> str:
        return "written" if self.written else "spoken"

    def _digits(self, size: int) -> str:
        return str(self.rng.randint(1, 9)) + "".join(
            str(self.rng.randint(0, 9)) for _ in range(size - 1)
        )

    def _number(self, label: str, digits: str, groups: tuple[int, ...] = ()) -> Value:
        if self.written:
            if groups and self.rng.random() < 0.7:
                cut, at = [], 0
                for size in groups:
                    cut.append(digits[at : at + size])
                    at += size
                return Value(label, (" ".join(cut),), "written")
            return Value(label, (digits,), "written")
        if self.style.punctuated and len(digits) > 4 and self.rng.random() < 0.5:
            stretches = figures.read_out(self.language, digits, self.rng, ",")
        else:
            stretches = figures.read_out(self.language, digits, self.rng)
        if len(stretches) > 2 and self.rng.random() < 0.15:
            at = self.rng.randrange(1, len(stretches))
            stretches.insert(at, self.rng.choice(self.lists.fillers))
        return Value(label, tuple(stretches), "spoken")

    def _card(self) -> Value:
        prefix, size = self.rng.choice((("4", 16), ("52", 16), ("55", 16), ("37", 15)))
        body = prefix + "".join(str(self.rng.randint(0, 9)) for _ in range(size - len(prefix) - 1))
        total = 0
        for at, digit in enumerate(reversed(body)):
            number = int(digit) * (2 if at % 2 == 0 else 1)
            total += number - 9 if number > 9 else number
        digits = body + str(-total % 10)
        return self._number("CARD", digits, (4, 4, 4, 4) if size == 16 else (4, 6, 5))

    def _cvv(self) -> Value:
        return self._number("CVV", self._digits(3))

    def _pin(self) -> Value:
        return self._number("PIN", self._digits(4))

    def _phone(self) -> Value:
        if self.language == "es":
            return self._number("PHONE", self.rng.choice("679") + self._digits(8), (3, 3, 3))
        digits = self.rng.choice(("0171", "0151", "030", "089", "0221")) + self._digits(7)
        return self._number("PHONE", digits, (len(digits) - 7, 3, 4))

    def _ssn(self) -> Value:
        if self.language == "es":
            return self._lettered("SSN", self._digits(8), after=1)
        return self._number("SSN", self._digits(11), (2, 3, 3, 3))

    def _lettered(self, label: str, digits: str, before: int = 0, after: int = 0) -> Value:
        pick = [self.rng.choice(_LETTERS) for _ in range(before + after)]
        if self.written:
            text = "".join(pick[:before]).upper() + digits + "".join(pick[before:]).upper()
            return Value(label, (text,), "written")
        said = [_SPOKEN_LETTERS[self.language][letter] for letter in pick]
        stretches = figures.read_out(self.language, digits, self.rng)
        return Value(label, (*said[:before], *stretches, *said[before:]), "spoken")

    def _account(self) -> Value:
        if self.rng.random() < 0.3:
            return self._lettered("ACCOUNT", self._digits(7), before=2)
        return self._number("ACCOUNT", self._digits(self.rng.randint(7, 11)))

    def _mrn(self) -> Value:
        if self.rng.random() < 0.4:
            return self._lettered("MRN", self._digits(9), before=1)
        return self._number("MRN", self._digits(self.rng.randint(6, 9)))

    def _iban(self) -> Value:
        country, size = ("ES", 20) if self.language == "es" else ("DE", 18)
        body = self._digits(size)
        check = 98 - int(body + "".join(str(ord(char) - 55) for char in country) + "00") % 97
        digits = f"{check:02}{body}"
        if self.written:
            text = country + digits
            if self.rng.random() < 0.6:
                text = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
            return Value("IBAN", (text,), "written")
        spelled = "e ese" if self.language == "es" else "d e"
        if self.rng.random() < 0.5:
            spelled = country if self.style.cased else country.lower()
        return Value(
            "IBAN", (spelled, *figures.read_out(self.language, digits, self.rng)), "spoken"
        )

    def _ip(self) -> Value:
        octets = [self.rng.randint(1, 254) for _ in range(4)]
        if self.written:
            return Value("IP", (".".join(map(str, octets)),), "written")
        dot = " punto " if self.language == "es" else " Punkt "
        one = self.rng.random() < 0.5
        said = [
            figures.three(self.language, octet)
            if one
            else " ".join(figures.UNITS[self.language][int(digit)] for digit in str(octet))
            for octet in octets
        ]
        return Value("IP", (dot.join(said),), "spoken")

    def _name(self) -> Value:
        return Value("NAME", (self._full_name(),), self._form())

    def _first(self) -> Value:
        return Value("NAME", (self.rng.choice(self.lists.first),), self._form())

    def _last(self) -> Value:
        return Value("NAME", (self.rng.choice(self.lists.last),), self._form())

    def _full_name(self) -> str:
        name = f"{self.rng.choice(self.lists.first)} {self.rng.choice(self.lists.last)}"
        if self.language == "es" and self.rng.random() < 0.6:
            name += f" {self.rng.choice(self.lists.last)}"
        return name

    def _spelled(self) -> Value:
        name = self.rng.choice(self.lists.plain_last)
        if self.language == "de" and self.rng.random() < 0.5:
            table = dict(self.lists.alphabet)
            said = [f"{letter} wie {table[letter]}" for letter in name if letter in table]
            return Value("NAME", tuple(said), "spoken")
        said = [_SPOKEN_LETTERS[self.language].get(letter, letter) for letter in name]
        return Value("NAME", tuple(said), "spoken")

    def _email(self) -> Value:
        first, last = self.rng.choice(self.lists.mail_first), self.rng.choice(self.lists.plain_last)
        provider = self.rng.choice(self.lists.providers)
        digits = str(self.rng.randint(10, 99)) if self.rng.random() < 0.3 else ""
        sign = self.rng.choice(".._-" if not digits else ". ").strip()
        if self.written:
            return Value("EMAIL", (f"{first}{sign}{last}{digits}@{provider}",), "written")
        words = self.lists.signs
        middle = f" {words[sign]} " if sign else " "
        number = f" {figures.two(self.language, int(digits))}" if digits else ""
        at = self.rng.choice(self.lists.at)
        host = provider.replace(".", f" {words['.']} ")
        return Value("EMAIL", (f"{first}{middle}{last}{number} {at} {host}",), "spoken")

    def _dob(self) -> Value:
        day, month = self.rng.randint(1, 28), self.rng.randint(1, 12)
        born = self.rng.randint(1942, 2006)
        name = self.lists.months[month - 1]
        if self.written:
            text = self.rng.choice(
                (f"{day:02}/{month:02}/{born}", f"{day} de {name} de {born}")
                if self.language == "es"
                else (f"{day:02}.{month:02}.{born}", f"{day}. {name} {born}")
            )
            return Value("DOB", (text,), "written")
        said = figures.year(self.language, born)
        if self.language == "es":
            text = f"{figures.two('es', day)} de {name} de {said}"
            if self.rng.random() < 0.3:
                text = f"{figures.two('es', day)} del {figures.two('es', month)} del {said}"
        else:
            ordinals = self.lists.ordinals
            text = f"{ordinals[day - 1]} {name} {said}"
            if self.rng.random() < 0.4:
                text = f"{ordinals[day - 1]} {ordinals[month - 1]} {said}"
            if self.rng.random() < 0.2:
                text = f"{ordinals[day - 1]} {name} {figures.two('de', born % 100)}"
        return Value("DOB", (text.strip(),), "spoken")

    def _address(self) -> Value:
        street, town = self.rng.choice(self.lists.streets), self.rng.choice(self.lists.towns)
        house, code = self.rng.randint(1, 180), f"{self.rng.randint(10_000, 49_999)}"
        with_town = self.rng.random() < 0.6
        if self.written:
            number, post = str(house), code
        else:
            number = figures.three(self.language, house)
            post = " ".join(figures.UNITS[self.language][int(digit)] for digit in code)
        if self.language == "es":
            text = f"{street}, {number}" if self.written else f"{street} {number}"
            if self.rng.random() < 0.4:
                text = f"{street} número {number}"
            if self.rng.random() < 0.4:
                text += self.rng.choice((", piso 3", ", 2º B") if self.written
                                        else (" piso tres", " segundo be", " tercero izquierda"))
            tail = (f", {post} {town}" if self.written
                    else self.rng.choice((f" en {town}", f" código postal {post}")))
        else:
            text = f"{street} {number}"
            if self.rng.random() < 0.2 and self.written:
                text += "a"
            tail = f", {post} {town}" if self.written else f" in {post} {town}"
        text += tail if with_town else ""
        if not self.style.punctuated:
            text = text.replace(",", "")
        return Value("ADDRESS", (text,), self._form())

    def _password(self) -> Value:
        word = self.rng.choice(self.lists.passwords)
        digits = str(self.rng.randint(10, 99))
        if self.written:
            return Value("PASSWORD", (f"{word}{digits}",), "written")
        if self.rng.random() < 0.5:
            return Value("PASSWORD", (word,), "spoken")
        return Value("PASSWORD", (f"{word} {figures.two(self.language, int(digits))}",), "spoken")
