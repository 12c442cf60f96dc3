"""Numbers, dates and things that are nobody's datum, in the form of the call's style."""

from __future__ import annotations

from collections.abc import Callable

from bench.masking_corpus.identifiers import figures
from bench.masking_corpus.letters import code
from bench.masking_corpus.numbers import ordinal, suffixed, words
from bench.masking_corpus.persons import MONTHS
from bench.masking_corpus.places import US
from bench.masking_corpus.values import Voice, choose_form

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def _written(voice: Voice) -> bool:
    return choose_form(voice) == "written" or (
        voice.style.name == "mixed" and voice.rng.random() < 0.5
    )


def amount(voice: Voice) -> str:
    rng = voice.rng
    whole = rng.choice([rng.randrange(2, 99), rng.randrange(100, 999), rng.randrange(1000, 9999)])
    cents = rng.choice([0, 0, 99, 50, rng.randrange(1, 100)])
    pound = voice.region == "GB"
    if _written(voice):
        sign = "£" if pound else "$"
        return f"{sign}{whole:,}" + (f".{cents:02d}" if cents else "")
    text = f"{words(whole, voice.speaker.hyphen, pound)} {'pounds' if pound else 'dollars'}"
    return text + (f" and {words(cents)} {'pence' if pound else 'cents'}" if cents else "")


def date(voice: Voice) -> str:
    rng = voice.rng
    month, day = rng.choice(MONTHS), rng.randrange(1, 29)
    if rng.random() < 0.3:
        return rng.choice(DAYS)
    if _written(voice):
        return rng.choice([f"{month} {suffixed(day)}", f"{month} {day}", f"the {suffixed(day)}"])
    nth = ordinal(day)
    return rng.choice([f"{month} {nth}", f"the {nth} of {month}", f"{rng.choice(DAYS)} the {nth}"])


def full_date(voice: Voice) -> str:
    rng, year = voice.rng, voice.rng.randrange(2019, 2028)
    month, day = rng.randrange(1, 13), rng.randrange(1, 29)
    if _written(voice):
        return rng.choice([f"{MONTHS[month - 1]} {suffixed(day)}, {year}", f"{month}/{day}/{year}"])
    spoken = f"twenty {words(year - 2000)}"
    return f"{MONTHS[month - 1]} {ordinal(day)} {spoken}"


def time(voice: Voice) -> str:
    rng = voice.rng
    hour, minute = rng.randrange(1, 12), rng.choice([0, 15, 30, 45, 10])
    if _written(voice):
        return f"{hour}:{minute:02d} {rng.choice(['AM', 'PM'])}"
    half = rng.choice(["a m", "p m", "in the morning", "in the evening"])
    return f"{words(hour)} {words(minute) + ' ' if minute else ''}{half}"


def small(voice: Voice) -> str:
    number = voice.rng.choice([2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 20, 30, 45])
    return str(number) if _written(voice) else words(number, voice.speaker.hyphen)


def big(voice: Voice) -> str:
    number = voice.rng.randrange(101, 9999)
    return f"{number:,}" if _written(voice) else words(number, voice.speaker.hyphen)


def year(voice: Voice) -> str:
    number = voice.rng.randrange(1985, 2027)
    if _written(voice):
        return str(number)
    head, tail = divmod(number, 100)
    if 2000 <= number < 2010:
        return f"two thousand {words(tail)}" if tail else "two thousand"
    return f"{words(head)} {words(tail) if tail > 9 else 'oh ' + words(tail)}"


def expiry(voice: Voice) -> str:
    month, short = voice.rng.randrange(1, 13), voice.rng.randrange(27, 33)
    if _written(voice):
        return f"{month:02d}/{short}"
    return f"{MONTHS[month - 1]} twenty {words(short)}"


def short_code(voice: Voice) -> str:
    """Three to six characters: a flight, a model, a room."""
    rng = voice.rng
    raw = "".join(rng.choices("ABDFKLMNRSTUX", k=rng.choice([1, 2]))) + figures(
        rng, rng.choice([2, 3])
    )
    if _written(voice):
        return raw
    return " ".join(code(rng, raw, voice.style, voice.speaker))


def room(voice: Voice) -> str:
    number = voice.rng.randrange(101, 999)
    return str(number) if _written(voice) else " ".join(voice.speaker.group(str(number)))


def version(voice: Voice) -> str:
    rng = voice.rng
    parts = [str(rng.randrange(1, 18)) for _ in range(rng.choice([2, 3, 3]))]
    if _written(voice):
        return ".".join(parts)
    return f" {rng.choice(['dot', 'point'])} ".join(words(int(part)) for part in parts)


def long_number(voice: Voice) -> str:
    """7 to 14 digits of an order, a parcel, an invoice; some with letters first."""
    rng = voice.rng
    raw = figures(rng, rng.choice([7, 8, 8, 9, 10, 12, 12, 14]))
    if _written(voice):
        head = rng.choice(["", "", "", "A", "INV-", "ORD-", "1Z", "TK"])
        return f"{head}{raw}"
    from bench.masking_corpus.numbers import breaths

    return " ".join(voice.speaker.groups(breaths(rng, raw), voice.style.name == "mixed"))


def city(voice: Voice) -> str:
    return voice.rng.choice(US)[0]


def month(voice: Voice) -> str:
    return voice.rng.choice(MONTHS)


DECOYS: dict[str, Callable[[Voice], str]] = {
    "amount": amount,
    "date": date,
    "full_date": full_date,
    "time": time,
    "small": small,
    "big": big,
    "year": year,
    "expiry": expiry,
    "code": short_code,
    "room": room,
    "version": version,
    "long": long_number,
    "city": city,
    "month": month,
}
