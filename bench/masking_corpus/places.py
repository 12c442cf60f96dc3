"""Postal addresses of the United States and the United Kingdom, made up, written and spoken."""

from __future__ import annotations

import random

from bench.masking_corpus.letters import spell
from bench.masking_corpus.model import Style
from bench.masking_corpus.numbers import Speaker, ordinal, suffixed, words

STREETS = """Maple Oak Cedar Elm Washington Lincoln Jefferson Madison Park Lake Hill Sunset Willow
River
Ridge Church Main Highland Forest Meadow Chestnut Spruce Franklin Magnolia Dogwood Hickory Sycamore
Birchwood Foxglove Quail Hollow Peachtree Mission Valencia Juniper Bluebonnet Saddleback Larkspur
Winding Creek Orchard Pine Needle Old Mill Copper Canyon Eagle Crest Silver Spring""".split()
PAIRS = ["Old Mill", "Pine Needle", "Copper Canyon", "Eagle Crest", "Winding Creek", "Quail Hollow"]
TYPES = (
    "Street Avenue Road Drive Lane Court Boulevard Place Way Circle Terrace Parkway Trail".split()
)
SHORT = {"Street": "St", "Avenue": "Ave", "Road": "Rd", "Drive": "Dr", "Lane": "Ln"}
SHORT |= {"Court": "Ct", "Boulevard": "Blvd", "Place": "Pl", "Parkway": "Pkwy"}
CITIES = """Springfield,Illinois,IL,627|Columbus,Ohio,OH,432|Austin,Texas,TX,787
Portland,Oregon,OR,972
Tampa,Florida,FL,336|Boise,Idaho,ID,837|Raleigh,North Carolina,NC,276|Fresno,California,CA,937
Buffalo,New York,NY,142|Tucson,Arizona,AZ,857|Omaha,Nebraska,NE,681|Savannah,Georgia,GA,314
Des Moines,Iowa,IA,503|Santa Fe,New Mexico,NM,875|Grand Rapids,Michigan,MI,495
Spokane,Washington,WA,992
Baton Rouge,Louisiana,LA,708|Madison,Wisconsin,WI,537|Worcester,Massachusetts,MA,016
Knoxville,Tennessee,TN,379|San Antonio,Texas,TX,782|Salt Lake City,Utah,UT,841"""
US = [row.split(",") for line in CITIES.split("\n") for row in line.split("|")]
UK_ROADS = """Kings Road|Station Road|Victoria Street|Church Lane|High Street|Queensway|Mill Lane
Park View
Albert Terrace|Windsor Close|Orchard Grove|The Crescent|Grange Avenue|Castle Street|Abbey Gardens
Wellington Mews|Primrose Hill|Beech Drive|Manor Way|Chapel Walk""".replace("\n", "|").split("|")
UK = """Leeds,LS|Manchester,M|Bristol,BS|Cardiff,CF|Glasgow,G|Sheffield,S|Norwich,NR|Exeter,EX
Brighton,BN|Nottingham,NG|Edinburgh,EH|Liverpool,L|Reading,RG|York,YO""".replace("\n", "|")
UK_TOWNS = [row.split(",") for row in UK.split("|")]


def _house(rng: random.Random, speaker: Speaker, form: str) -> str:
    number = rng.choice([rng.randrange(2, 99), rng.randrange(100, 999), rng.randrange(1000, 9999)])
    if form == "written" or (form == "mixed" and speaker.rng.random() < 0.6):
        return str(number)
    digits = str(number)
    shape = speaker.rng.random()
    if number < 100:
        return words(number, speaker.hyphen)
    if shape < 0.35 and "0" not in digits[-2:-1] and digits[-2:] != "00":
        head, tail = digits[:-2], digits[-2:]
        return f"{words(int(head), speaker.hyphen)} {words(int(tail), speaker.hyphen)}"
    if shape < 0.55:
        return words(number, speaker.hyphen)
    return " ".join(speaker.group(digits))


def _digits(rng: random.Random, speaker: Speaker, form: str, digits: str) -> str:
    if form == "written" or (form == "mixed" and speaker.rng.random() < 0.6):
        return digits
    return " ".join(speaker.group(digits))


def american(rng: random.Random, style: Style, speaker: Speaker, form: str) -> list[str]:
    """House and street, apartment, city and state, zip: each where the caller gives it."""
    kind = rng.choice(TYPES)
    if form == "written" and speaker.rng.random() < 0.3:
        kind = SHORT.get(kind, kind)
    shape = rng.random()
    if shape < 0.05:
        box = rng.randrange(10, 9999)
        box_said = str(box) if form == "written" else " ".join(speaker.group(str(box)))
        parts = [f"{'PO Box' if style.cased else 'p o box'} {box_said}"]
    else:
        if shape < 0.2:
            number = rng.randrange(2, 90)
            name = suffixed(number) if form == "written" else ordinal(number).title()
        else:
            name = rng.choice(PAIRS) if shape < 0.3 else rng.choice(STREETS)
        side = rng.choice(["North ", "South ", "East ", "West "]) if rng.random() < 0.12 else ""
        parts = [f"{_house(rng, speaker, form)} {side}{name} {kind}"]
    if "box" not in parts[0].lower() and rng.random() < 0.35:
        unit = _digits(rng, speaker, form, str(rng.randrange(1, 420)))
        if rng.random() < 0.4:
            letter = rng.choice("ABCDEF")
            unit += letter if unit.isdigit() else " " + (letter if style.cased else letter.lower())
        word = rng.choice(["Apartment", "Apt", "Unit", "Suite", "Apartment", "Apartment number"])
        parts.append(f"{word} {unit}")
    city, state, short, code = rng.choice(US)
    if rng.random() < 0.75:
        if rng.random() < 0.8:
            shown = short if form == "written" and speaker.rng.random() < 0.6 else state
            comma = "," if style.punctuated and rng.random() < 0.6 else ""
            parts.append(f"{city}{comma} {shown}")
            if rng.random() < 0.7:
                code += f"{rng.randrange(100):02d}"
                parts[-1] += f" {_digits(rng, speaker, form, code)}"
        else:
            parts.append(city)
    return parts


def british(rng: random.Random, style: Style, speaker: Speaker, form: str) -> list[str]:
    """Flat, house and road, town, postcode."""
    parts = []
    if rng.random() < 0.25:
        flat = str(rng.randrange(1, 60))
        parts.append(f"Flat {_digits(rng, speaker, form, flat)}")
    parts.append(f"{_house(rng, speaker, form)} {rng.choice(UK_ROADS)}")
    town, area = rng.choice(UK_TOWNS)
    if rng.random() < 0.8:
        parts.append(town)
    if rng.random() < 0.7:
        out, digit, tail = (
            str(rng.randrange(1, 20)),
            str(rng.randrange(1, 9)),
            "".join(rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2)),
        )
        if form == "written" or (form == "mixed" and speaker.rng.random() < 0.5):
            parts.append(f"{area}{out} {digit}{tail}")
        else:
            said = [spell(rng, area, style, "bare"), words(int(out)), words(int(digit))]
            parts.append(" ".join([*said, spell(rng, tail, style, "bare")]))
    return parts
