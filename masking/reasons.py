"""Reason codes in words for people: why something was masked.

A code is the label it is about and how it was known, `card.luhn`; that of an organisation's own
pattern is `rule.<name>`. Codes are stable; the sentences may change.
"""

from __future__ import annotations

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "CARD": "payment card number",
    "CVV": "card security code",
    "PIN": "PIN",
    "SSN": "Social Security number",
    "PHONE": "telephone number",
    "EMAIL": "e-mail address",
    "DOB": "date of birth",
    "NAME": "name",
    "ADDRESS": "postal address",
    "ACCOUNT": "account number or other long number",
    "MRN": "medical record number",
    "PASSWORD": "password",
    "IBAN": "bank account number (IBAN)",
    "IP": "IP address",
    "NUMBER": "number",
    "TRACK": "data of a card's magnetic stripe",
}
"""Labels in words."""

_LABELS = {
    **{label.lower(): title for label, title in TITLES.items()},
    "account": "account number",
}

HOW: Mapping[str, str] = {
    "cue": "Words beside it announce {}.",
    "cue_after": "Words just behind it say that it was {}.",
    "question": "It answers a question for {}.",
    "after_card": "It follows a card number in the same breath.",
    "after_expiry": "It follows a card's expiry date.",
    "code": "It was announced as a code, and is as long as {}.",
    "hint": "Words near it are those of {}.",
    "length": "Its first digits and its length may be those of {}.",
    "correction": "It corrects an answer to a question for {}.",
    "read_back": "It repeats {} said elsewhere in the call.",
    "part": "It is a part of {}, announced as such.",
    "grouping": "It is grouped as {} is.",
    "valid": "The numbering plan knows it as {}.",
    "checked": "Its check digits are those of {}.",
    "luhn": "Its check digit and its first digits are those of {}.",
    "issuer": "Its first digits and its length are those of {}.",
    "spoken": "It is {} spelled out in words.",
    "written": "It is written as {} is.",
    "spelled": "It is {}, spelled letter by letter.",
    "known": "It is {} that is known to belong to this call.",
    "gazetteer": "It is in the list of words that are usual in {}.",
    "address": "It is written as {} is.",
    "long_run": "So many digits in a row may be {}.",
    "recogniser": "An outside recogniser takes it for {}.",
}
"""The second half of a code to a sentence with room for the label's title and its article."""

REASONS: Mapping[str, str] = {
    "account.cue": "Words beside it announce an account, member or policy number.",
    "account.long_run": "So many digits in a row are masked whatever they are.",
    "address.street": "A number and words as in a street's name, such as road or avenue.",
    "address.box": "A post office box.",
    "address.post_code": "A postal code, said where an address is.",
    "address.question": "It answers the question for an address.",
    "address.region": "A place and its state or postal code.",
    "address.cue": "Words beside it announce an address.",
    "email.domain": "The second half of an e-mail address, behind the at.",
    "email.address": "It is written as an e-mail address is.",
    "email.spoken": "An e-mail address spelled out in words, such as at and dot.",
    "ip.written": "It is written as an IP address is.",
    "ip.spoken": "An IP address spelled out in words.",
    "name.cue": "Words before it announce a name, such as my name is.",
    "name.question": "It answers the question for a name.",
    "name.read_back": "A name said elsewhere in the call, said again.",
    "name.title": "It follows a title, such as Mrs or Doctor.",
    "name.known": "The name of somebody known to take part in this call.",
    "name.gazetteer": "It is a usual first name or surname, where a name stands.",
    "name.spelled": "A name, spelled letter by letter.",
    "phone.plus": "A plus before it makes it an international telephone number.",
    "ssn.part": "A part of a Social Security number, such as its last four digits.",
    "track": "It has the form of a card's magnetic stripe.",
    "placeholder": "The text came with a placeholder there: what it stands for was said.",
}
"""Codes that a sentence of their own tells better than their two halves do."""


def explain(reason: str, label: str = "") -> str:
    """The sentence for a reason code; for one that is not known, the best that its halves and the
    span's label say."""
    said = REASONS.get(reason)
    if said is not None:
        return said
    what, _, how = reason.partition(".")
    if what == "rule":
        return f"A pattern of your own found it: {how}." if how else "A rule of your own found it."
    title = _LABELS.get(what) or TITLES.get(label, "")
    if how in HOW and title:
        return HOW[how].replace("{}", _article(title))
    if title:
        return f"It was recognised as {_article(title)}."
    return "It was recognised as personal data."


def is_known(reason: str) -> bool:
    """Whether the code is in the catalogue, by itself or by its two halves."""
    what, _, how = reason.partition(".")
    return reason in REASONS or (what in _LABELS and how in HOW) or (what == "rule" and bool(how))


def _article(title: str) -> str:
    if title.startswith("data "):
        return title
    return f"{'an' if title[0] in 'aeI' else 'a'} {title}"
