"""Numbers as people say them and as recognisers write what they heard."""

from __future__ import annotations

import random

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
fifteen sixteen seventeen eighteen nineteen".split()
TENS = ["", "", *"twenty thirty forty fifty sixty seventy eighty ninety".split()]
ORDINALS = {
    1: "first",
    2: "second",
    3: "third",
    5: "fifth",
    8: "eighth",
    9: "ninth",
    12: "twelfth",
    20: "twentieth",
    30: "thirtieth",
}
HOMOPHONES = {"one": ["won"], "two": ["to", "too"], "four": ["for"], "eight": ["ate"]}
FILLERS = "um|uh|er|like|let me see|hold on|and then|and|uh huh|then|okay|let's see".split("|")
CORRECTIONS = "no sorry|sorry|no wait|scratch that|actually|i mean|wait no|no".split("|")


def words(number: int, hyphen: bool = False, british: bool = False) -> str:
    """A whole number below a million in words."""
    if number < 20:
        return ONES[number]
    if number < 100:
        tens, one = divmod(number, 10)
        return TENS[tens] + ((("-" if hyphen else " ") + ONES[one]) if one else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        link = " and " if british else " "
        return f"{ONES[hundreds]} hundred" + (link + words(rest, hyphen) if rest else "")
    thousands, rest = divmod(number, 1000)
    link = " and " if british and rest < 100 else " "
    head = f"{words(thousands, hyphen, british)} thousand"
    return head + (link + words(rest, hyphen, british) if rest else "")


def ordinal(number: int, hyphen: bool = False) -> str:
    """The day of a month, or a street's number below a hundred, in words."""
    if number in ORDINALS:
        return ORDINALS[number]
    if number < 20:
        return ONES[number] + "th"
    tens, one = divmod(number, 10)
    if not one:
        return TENS[tens][:-1] + "ieth"
    return TENS[tens] + ("-" if hyphen else " ") + ordinal(one)


def suffixed(number: int) -> str:
    """5th, 22nd."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


class Speaker:
    """One caller's habits: the word for 0, doubles, pairs, hyphens, and how often he stumbles."""

    def __init__(self, rng: random.Random, british: bool = False) -> None:
        self.rng = rng
        self.zero = rng.choices(
            ["oh", "zero", "nought", "o", "both"], (40, 40, 8 if british else 1, 4, 15)
        )[0]
        self.repeats = rng.random() < (0.7 if british else 0.25)
        self.pairs = rng.choices([0.0, 0.35, 0.9], (60, 25, 15))[0]
        self.hyphen = rng.random() < 0.3
        self.stumbles = rng.random() < 0.25

    def digit(self, digit: str) -> str:
        if digit != "0":
            return ONES[int(digit)]
        return self.rng.choice(["oh", "zero"]) if self.zero == "both" else self.zero

    def group(self, digits: str, mixed: bool = False) -> list[str]:
        """The words of one breath. Mixed: some of them as figures."""
        rng, said, at = self.rng, list[str](), 0
        while at < len(digits):
            rest = digits[at:]
            run = len(rest) - len(rest.lstrip(rest[0]))
            if mixed and rng.random() < 0.45:
                size = rng.choice([1, 1, 2, len(rest)])
                said.append(rest[:size])
                at += size
            elif self.repeats and run >= 2 and rng.random() < 0.8:
                size = min(run, rng.choice([2, 2, 3, 4])) if run != 3 else 3
                name = {2: "double", 3: "triple", 4: "quadruple"}[size]
                word = self.digit(rest[0])
                said.append(f"{name} {rest[0] if mixed and rng.random() < 0.3 else word}")
                at += size
            elif len(rest) == 4 and rest[1:] == "000" and rest[0] != "0" and rng.random() < 0.6:
                said.append(f"{self.digit(rest[0])} thousand")
                at += 4
            elif (
                len(rest) in (3, 4)
                and rest.endswith("00")
                and rest[-3] != "0"
                and (rest[0] != "0" and rng.random() < 0.6)
            ):
                said.append(f"{words(int(rest[:-2]), self.hyphen)} hundred")
                at += len(rest)
            elif len(rest) >= 2 and len(rest) % 2 == 0 and rng.random() < self.pairs:
                said.append(self._pair(rest[:2]))
                at += 2
            elif len(rest) == 3 and rest[0] != "0" and rng.random() < self.pairs / 2:
                said.append(self.digit(rest[0]) + " " + self._pair(rest[1:]))
                at += 3
            else:
                said.append(self.digit(rest[0]))
                at += 1
        return said

    def _pair(self, two: str) -> str:
        if two[0] == "0":
            return f"{self.digit('0')} {self.digit(two[1])}"
        return words(int(two), self.hyphen)

    def groups(self, parts: list[str], mixed: bool = False) -> list[str]:
        """Each group's words as one text, with this caller's stumbles and the recogniser's."""
        rng = self.rng
        out = [" ".join(self.group(part, mixed)) for part in parts]
        if self.stumbles and len(out) > 1 and rng.random() < 0.6:
            at = rng.randrange(1, len(out))
            out[at] = f"{rng.choice(FILLERS)} {out[at]}"
        if self.stumbles and rng.random() < 0.3 and len(parts[-1]) > 1:
            at = rng.randrange(len(out))
            wrong = parts[at][:-1] + str((int(parts[at][-1]) + rng.randrange(1, 9)) % 10)
            out[at] = f"{' '.join(self.group(wrong))} {rng.choice(CORRECTIONS)} {out[at]}"
        if rng.random() < 0.08:
            self._mishear(out)
        return out

    def _mishear(self, out: list[str]) -> None:
        """A homophone somewhere inside, never as the first or the last word of a breath."""
        for at, text in enumerate(out):
            said = text.split(" ")
            for place in range(1, len(said) - 1):
                if said[place] in HOMOPHONES and self.rng.random() < 0.4:
                    said[place] = self.rng.choice(HOMOPHONES[said[place]])
                    out[at] = " ".join(said)
                    return


def filler_before(breath: str) -> tuple[str, str]:
    """A filler that starts the breath, and the rest: between turns it is no part of the datum."""
    for filler in FILLERS:
        if breath.startswith(f"{filler} "):
            return filler, breath.removeprefix(f"{filler} ")
    return "", breath


def cut(digits: str, sizes: tuple[int, ...]) -> list[str]:
    """The digits in groups of these sizes; what is left over joins the last."""
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    if digits[at:]:
        parts[-1] += digits[at:]
    return [part for part in parts if part]


def breaths(rng: random.Random, digits: str) -> list[str]:
    """Groups as a caller takes breath when the number itself has none: twos, threes, fours."""
    parts, at, size = [], 0, rng.choice([2, 3, 3, 4])
    while at < len(digits):
        parts.append(digits[at : at + size])
        at += size
    if len(parts) > 1 and len(parts[-1]) == 1:
        last = parts.pop()
        parts[-1] += last
    return parts


def slip(rng: random.Random, digits: str) -> str:
    """What the recogniser heard: now and then a digit too few or too many."""
    if rng.random() > 0.06:
        return digits
    at = rng.randrange(1, len(digits))
    return digits[:at] + (digits[at + 1 :] if rng.random() < 0.6 else digits[at] + digits[at:])
