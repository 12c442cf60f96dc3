"""Every reason that a detector gives is told in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import masking
from masking import LABELS, Turn, compile_rule, find
from masking.reasons import HOW, REASONS, TITLES, explain, is_known
from tests.masking.test_masking_properties import CVV_FRAMES, PIN_FRAMES

ROOT = Path(masking.__file__).parent
# Calls that make something found: their texts are labels, in capitals, and reasons.
MAKERS = {"Finding", "Span", "_accept"}


def written() -> Iterator[tuple[str, str]]:
    """Each reason, or half of one, that the code names, with the file that does."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if getattr(node.func, "id", getattr(node.func, "attr", "")) not in MAKERS:
                continue
            for each in (*node.args, *(keyword.value for keyword in node.keywords)):
                for part in ast.walk(each):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        text = part.value.strip(".")
                        if text and text.islower():
                            yield text, path.name


def test_every_code_that_is_written_down_is_told() -> None:
    found = dict(written())
    assert {"card.luhn", "cue_after", "read_back", "email.address", "track"} <= set(found)
    for code, place in found.items():
        if code.upper() in LABELS:
            continue  # the first half of one that is put together
        assert is_known(code) or code in HOW, f"{place} gives {code}: tell it in masking/reasons.py"


CALLS = [
    *([frame.replace("{}", "1234") for frame in call] for call in (*CVV_FRAMES, *PIN_FRAMES)),
    ["4242 4242 4242 4242 1230 123", "4111 1111 1111 1112", "my card number is 4111 1111 1111 11"],
    ["123-45-6789", "social 123456789", "the last four of my social 6789", "1 22 333 4444 5"],
    ["call me at 415 555 0132", "+44 20 7946 0958", "555 0132", "415 555 9999 99"],
    ["ada@example.com", "account 123456", "mrn 123456", "born 01021980", "1234567 8"],
    [";4111111111111111=30121010000012345678?", "%B4111111111111111^A/B^3012101000000?"],
]


def test_every_code_that_is_given_is_told() -> None:
    given = {
        span.reason
        for call in CALLS
        for span in find(
            [Turn("ab"[place % 2], text) for place, text in enumerate(call)], region="US"
        )
    }
    assert len(given) > 12
    for reason in given:
        assert is_known(reason), reason


AGREED = (
    "email.spoken dob.cue dob.question name.cue name.known name.gazetteer name.spelled"
    " address.street address.cue account.cue mrn.cue password.cue password.question iban.checked"
    " iban.cue ip.written ip.spoken name.read_back card.read_back phone.cue phone.valid"
    " phone.question phone.plus phone.hint email.domain address.box card.length"
    " ssn.cue ssn.question card.cue card.question cvv.question pin.question"
).split()


@pytest.mark.parametrize("reason", [*AGREED, *REASONS, "rule.club-code"])
def test_a_code_has_its_own_sentence(reason: str) -> None:
    assert is_known(reason)
    said = explain(reason)
    assert said.endswith(".")
    assert "recognised as" not in said
    assert said != explain("unheard.of")


def test_every_label_has_its_words() -> None:
    assert set(TITLES) == LABELS
    for label in LABELS:
        for how in HOW:
            said = explain(f"{label.lower()}.{how}", label)
            assert said[0].isupper()
            assert "{" not in said
            assert not any(wrong in said for wrong in (" a a", " a e", " a IBAN", " a data"))


def test_an_organisations_own_rule_is_named() -> None:
    [span] = find([Turn("", "kd-1")], rules=[compile_rule("ACCOUNT", "pattern", "kd-1", "club")])
    assert explain(span.reason) == "A pattern of your own found it: club."


@pytest.mark.parametrize(
    ("reason", "label", "said"),
    [
        ("iban.wondrous", "IBAN", "It was recognised as a bank account number (IBAN)."),
        ("plugin.cue", "EMAIL", "Words beside it announce an e-mail address."),
        ("wondrous", "ACCOUNT", "It was recognised as an account number or other long number."),
        ("wondrous", "", "It was recognised as personal data."),
        ("", "", "It was recognised as personal data."),
        ("x.y", "TRACK", "It was recognised as data of a card's magnetic stripe."),
    ],
)
def test_a_code_that_nobody_knows_is_told_by_what_is(reason: str, label: str, said: str) -> None:
    assert not is_known(reason)
    assert explain(reason, label) == said
