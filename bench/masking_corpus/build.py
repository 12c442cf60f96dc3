"""Puts one call together: who speaks, what is asked, what is said of it, and its gold."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from bench.masking_corpus import frames_more as more
from bench.masking_corpus import identifiers, people, persons, talk, values
from bench.masking_corpus.decoys import DECOYS
from bench.masking_corpus.frames_account import FRAMES as ACCOUNT
from bench.masking_corpus.frames_payment import FRAMES as PAYMENT
from bench.masking_corpus.frames_person import FRAMES as PERSON
from bench.masking_corpus.frames_reach import FRAMES as REACH
from bench.masking_corpus.model import Builder, Value, make_style, split_frame
from bench.masking_corpus.negatives import LONG, ORDINARY
from bench.masking_corpus.numbers import Speaker, filler_before
from bench.masking_corpus.values import Voice, choose_form

FRAMES = PAYMENT | REACH | PERSON | ACCOUNT
LABELS = tuple(sorted(FRAMES))


def _lines(frames: dict[str, str], mark: str) -> dict[str, list[str]]:
    return {
        label: [line[2:] for line in text.split("\n") if line.startswith(mark)]
        for label, text in frames.items()
    }


QUESTIONS, STATEMENTS = _lines(FRAMES, "? "), _lines(FRAMES, "- ")
PART_QUESTIONS, PART_STATEMENTS = _lines(more.PARTS, "? "), _lines(more.PARTS, "- ")
# Cards are what the library is for; a CVV follows a card more often than it comes alone.
WEIGHTS = {"CARD": 22, "SSN": 11, "PHONE": 12, "EMAIL": 12, "NAME": 12, "ADDRESS": 9, "DOB": 8}
WEIGHTS |= {"CVV": 6, "PIN": 6, "ACCOUNT": 9, "MRN": 7, "PASSWORD": 6, "IBAN": 6, "IP": 5}
REGIONS = (["US", "GB", "DE"], (80, 15, 5))
NUMBERS = {"CARD", "SSN", "PHONE", "ACCOUNT", "MRN", "IBAN"}
Say = Callable[[str], Value]


class Call:
    """One call while it is made."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        region = rng.choices(*REGIONS)[0]
        style = make_style(rng)
        self.voice = Voice(rng, style, Speaker(rng, british=region == "GB"), region)
        self.builder = Builder(style)
        self.first, self.last = people.full(rng)
        self.other = people.full(rng)
        self.agent = rng.choice(people.FIRST)
        self.domain = rng.choice(sorted(talk.ORGS))
        self.org = rng.choice(talk.ORGS[self.domain])
        self.brand = "Visa"

    def source(self, label: str) -> Say:
        """One datum that can be said again in another form."""
        voice, first, last = self.voice, self.first, self.last
        if label == "CARD":
            raw, sizes = identifiers.card(self.rng)
            self.brand = identifiers.brand(raw)
            return values.card(voice, raw, sizes)
        simple: dict[str, Callable[[Voice], Say]] = {
            "CVV": values.cvv, "PIN": values.pin, "SSN": values.ssn,
            "PHONE": values.phone, "ACCOUNT": values.account, "MRN": values.record,
            "IBAN": values.iban, "IP": values.ip, "DOB": persons.birth,
            "ADDRESS": persons.address, "PASSWORD": persons.password,
        }  # fmt: skip
        if label in simple:
            return simple[label](voice)
        if label == "EMAIL":
            return persons.email(voice, first, last)
        which = {"FIRST": "first", "OFIRST": "first", "LAST": "last", "OLAST": "last"}
        who = self.other if label.startswith("O") else (first, last)
        if label == "AGENT":
            return persons.name(voice, self.agent, "", "first")
        if label == "SPELL":
            return lambda form: persons.spelled(voice, last)
        return persons.name(voice, *who, which.get(label, "full"))

    def parts(self, frame: str, known: dict[str, Say], x: Say | None = None) -> list[str | Value]:
        """The frame with its slots filled; X is the datum that was asked for."""
        parts: list[str | Value] = []
        for kind, piece in split_frame(frame):
            if kind == "text":
                parts.append(piece)
            elif piece == "X" and x is not None:
                parts.append(x(choose_form(self.voice)))
            elif piece in ("org", "brand"):
                text = self.org if piece == "org" else self.brand
                parts.append(text[0].upper() + text[1:] if not parts else text)
            elif piece in DECOYS:
                parts.append(self._cased(DECOYS[piece](self.voice)))
            else:
                say = known.setdefault(piece, self.source(piece))
                parts.append(say(choose_form(self.voice)))
        return parts

    def _cased(self, text: str) -> str:
        return text if self.voice.style.cased else text.lower()

    def exchange(self, lines: str) -> None:
        """`A> ... | C> ...` without a datum."""
        for turn in lines.split(" | "):
            speaker = "agent" if turn.startswith("A>") else "caller"
            self.builder.say(speaker, self.parts(turn[3:], {}))

    def matter(self, label: str) -> None:
        """The datum is asked for or volunteered, at once or in pieces, and perhaps read back."""
        rng = self.rng
        say = self.source(label)
        if rng.random() < 0.55:
            self.builder.say("agent", self.parts(rng.choice(QUESTIONS[label]), {}))
            if rng.random() < 0.08:
                self.builder.say("caller", self.parts("Sorry, what was that?", {}))
                self.builder.say("agent", self.parts(rng.choice(QUESTIONS[label]), {}))
            if label in NUMBERS and rng.random() < 0.2 and self._pieces(say):
                pass
            else:
                answers = more.NAME_ANSWERS_ALL if label == "NAME" else talk.ANSWERS_ALL
                answer = rng.choice(answers)
                if answer.endswith(".") and rng.random() < 0.15:
                    answer += rng.choice(talk.TAILS_ALL)
                self.builder.say("caller", self.parts(answer, {}, say))
        else:
            frame = self.framed(rng.choice(STATEMENTS[label]))
            self.builder.say("caller", self.parts(frame, {label: say}))
            if f"{{{label}}}" not in frame:
                return
        if rng.random() < 0.15:
            self.builder.say("agent", self.parts(rng.choice(talk.BACKS_ALL), {}, say))
            self.builder.say("caller", self.parts(rng.choice(["Yes.", "Correct.", "Yep."]), {}))

    def framed(self, frame: str) -> str:
        """The sentence as people run into it and on from it."""
        rng = self.rng
        if rng.random() < 0.3 and not frame.startswith("{"):
            keep = frame.startswith(("I ", "I'"))
            frame = rng.choice(talk.LEADS_ALL) + (frame if keep else frame[0].lower() + frame[1:])
        if rng.random() < 0.25 and frame[-1] in ".?":
            frame += rng.choice(talk.TAILS_ALL)
        return frame

    def part(self) -> None:
        """The last four digits, asked for or volunteered."""
        rng = self.rng
        label = rng.choices(list(more.PARTS), (5, 2, 1, 1))[0]
        say = values.last_four(self.voice, label)
        if rng.random() < 0.5:
            self.builder.say("agent", self.parts(rng.choice(PART_QUESTIONS[label]), {}))
            self.builder.say("caller", self.parts(rng.choice(talk.ANSWERS_ALL), {}, say))
        else:
            frame = rng.choice(PART_STATEMENTS[label])
            self.builder.say("caller", self.parts(self.framed(frame), {"PART": say}))

    def combined(self) -> None:
        """Several data in one turn."""
        if self.rng.random() < 0.6:
            question = self.rng.choice(["Can I get your details?", "Go ahead.", "Please identify"])
            self.builder.say("agent", self.parts(question, {}))
        self.builder.say("caller", self.parts(self.framed(self.rng.choice(more.COMBINED)), {}))

    def _pieces(self, say: Say) -> bool:
        """A number over several turns, with a word of the agent's between. False: in one piece."""
        value = say(choose_form(self.voice))
        if len(value.chunks) < 2 or not all(value.chunks) or value.joint == "":
            return False
        cuts = sorted(self.rng.sample(range(1, len(value.chunks)), min(2, len(value.chunks) - 1)))
        group, at = self.builder.group(), 0
        for end in [*cuts, len(value.chunks)]:
            if at:
                self.builder.say("agent", self.parts(self.rng.choice(talk.GO_ON), {}))
            head, first = filler_before(value.chunks[at])
            chunks = (first, *value.chunks[at + 1 : end])
            piece = Value(value.label, chunks, value.form, value.joint)
            self.builder.say("caller", [f"{head} ", piece] if head else [piece], group)
            at = end
        return True

    def opening(self, named: bool = False) -> None:
        """`named`: somebody may introduce himself."""
        rng = self.rng
        if named and rng.random() < 0.12:
            self.builder.say("agent", self.parts(rng.choice(more.GREETINGS), {}))
        elif rng.random() < 0.85:
            self.builder.say("agent", self.parts(rng.choice(talk.GREETINGS), {}))
        reasons = [r for line in talk.REASONS[self.domain].split("\n") for r in line.split("|")]
        if rng.random() < 0.85:
            start = rng.choice(["", "Hi. ", "Hello, yes. ", "Yeah, hi. ", "Hey, so, um, "])
            self.builder.say("caller", self.parts(start + rng.choice(reasons), {}))

    def done(self, number: int, seed: int, kind: str, long: bool) -> dict[str, Any]:
        rng, gold = self.rng, self.builder.gold
        names = any(each["label"] == "NAME" for each in gold) and rng.random() < 0.3
        made: dict[str, Any] = {
            "id": f"{seed}-{number}",
            "kind": kind,
            "style": self.voice.style.name,
            "region": self.voice.region,
            "language": "en",
            "names": [f"{self.first} {self.last}"] if names else [],
            "turns": self.builder.turns,
            "gold": gold,
        }
        if long:
            made["long_digits"] = True
        return made


def positive(rng: random.Random, number: int, seed: int) -> dict[str, Any]:
    """One to four data among small talk."""
    call = Call(rng)
    call.opening(named=True)
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        if rng.random() < 0.4:
            call.exchange(rng.choice(talk.SMALL))
        if rng.random() < 0.16:
            rng.choice([call.part, call.combined])()
            continue
        label = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        call.matter(label)
        if label == "CARD" and rng.random() < 0.25:
            call.matter("CVV")
        if rng.random() < 0.15:
            call.exchange(rng.choice(ORDINARY))
        if rng.random() < 0.07:
            call.exchange(rng.choice(more.PASSING))
    call.exchange(rng.choice(talk.CLOSINGS))
    return call.done(number, seed, "positive", long=False)


def negative(rng: random.Random, number: int, seed: int) -> dict[str, Any]:
    """Nothing personal; one call in five holds a long number of a parcel or an order."""
    call = Call(rng)
    long = rng.random() < 0.2
    call.opening()
    exchanges = rng.sample(ORDINARY, rng.choice([1, 2, 3, 4]))
    if rng.random() < 0.6:
        exchanges.append(rng.choice(talk.SMALL))
    if long:
        exchanges.append(rng.choice(LONG))
    rng.shuffle(exchanges)
    for lines in exchanges:
        call.exchange(lines)
    call.exchange(rng.choice(talk.CLOSINGS))
    return call.done(number, seed, "negative", long)
