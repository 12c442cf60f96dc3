"""Masking rules in the admin: the list, a rule's page, and trying a text."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from core.actors import PERSON, Actor
from masking import Turn, compile_rule
from operations.maskingtrial import MAX_TEXT, MOST_SHOWN, attempt, parse
from operations.models import MaskingRule
from operations.services import add_masking_rule

pytestmark = pytest.mark.django_db

ADD = reverse("admin:operations_maskingrule_add")
LIST = reverse("admin:operations_maskingrule_changelist")
TRY = reverse("admin:operations_maskingrule_try")
CLUB = {
    "name": "club-card",
    "label": "ACCOUNT",
    "kind": "pattern",
    "text": r"\bkc-?[0-9]{6}\b",
    "note": "Numbers of the club's cards.",
}
TRIED = {"text": "it is kc-204815", "policy": "strict", "language": "en"}
DRAFT = {
    "kind": CLUB["kind"], "label": CLUB["label"], "pattern": CLUB["text"], "name": CLUB["name"],
    "note": CLUB["note"],
}  # fmt: skip


@pytest.fixture
def rule(officer: Any) -> MaskingRule:
    return add_masking_rule(actor=Actor(PERSON, str(officer.pk), officer.username), **CLUB)


def page_of(rule: MaskingRule, verb: str = "change") -> str:
    return reverse(f"admin:operations_maskingrule_{verb}", args=[rule.pk])


# Rules -------------------------------------------------------------------------------------------


def test_a_rule_is_added(officer_client: Any) -> None:
    assert officer_client.post(ADD, CLUB).status_code == 302
    rule = MaskingRule.objects.get()
    assert rule.added_by_name == "officer-one"
    page = officer_client.get(LIST).content.decode()
    assert "club-card" in page
    assert "Try masking" in page


def test_what_the_verb_refuses_is_said_beside_its_field(officer_client: Any) -> None:
    answer = officer_client.post(ADD, {**CLUB, "text": "(?=a)b", "note": "x"})
    assert answer.status_code == 200
    assert "ahead or behind" in str(answer.context["adminform"].form.errors["text"])
    assert not MaskingRule.objects.exists()


def test_a_rule_is_changed_and_keeps_its_name(officer_client: Any, rule: MaskingRule) -> None:
    page = page_of(rule)
    assert officer_client.get(page).status_code == 200
    changed = {**CLUB, "name": "other", "text": r"\bkd[0-9]+"}
    assert officer_client.post(page, changed).status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.text) == ("club-card", r"\bkd[0-9]+")
    same = officer_client.post(page, changed)
    assert same.status_code == 200
    assert "Nothing would change." in str(same.context["adminform"].form.errors)


def test_a_rule_is_switched_and_removed_with_a_reason(
    officer_client: Any, rule: MaskingRule
) -> None:
    for verb, on in (("switch_off", False), ("switch_on", True)):
        officer_client.post(page_of(rule, verb), {"reason": ""})
        rule.refresh_from_db()
        assert rule.is_on is not on, "switched without a reason"
        assert officer_client.post(page_of(rule, verb), {"reason": "r"})["Location"] == page_of(
            rule
        )
        rule.refresh_from_db()
        assert rule.is_on is on
    assert officer_client.post(page_of(rule, "remove"), {"reason": "r"})["Location"] == LIST
    assert not MaskingRule.objects.exists()
    assert officer_client.post(page_of(rule, "remove"), {"reason": "r"}).status_code == 404


@pytest.mark.parametrize("role", ["DPO", "auditor", "security officer"])
def test_others_only_see_the_rules(
    role: str, rule: MaskingRule, make_person: Any, sign_in: Any
) -> None:
    client = sign_in(make_person("somebody", role))
    assert client.get(LIST).status_code == 200
    page = client.get(page_of(rule)).content.decode()
    assert "Switch off" not in page
    assert client.post(ADD, CLUB).status_code == 403
    assert client.post(page_of(rule), {**CLUB, "text": "x"}).status_code == 403
    for verb in ("switch_off", "remove"):
        assert client.post(page_of(rule, verb), {"reason": "r"}).status_code == 403
    rule.refresh_from_db()
    assert (rule.is_on, rule.text) == (True, CLUB["text"])


def test_taking_a_rule_away_asks_for_a_recent_factor(
    officer_client: Any, rule: MaskingRule, settings: Any
) -> None:
    settings.STEP_UP_SECONDS = 0
    for url, form in (
        (page_of(rule, "switch_off"), {"reason": "r"}),
        (page_of(rule, "remove"), {"reason": "r"}),
        (page_of(rule), {**CLUB, "text": "x"}),
        (ADD, {**CLUB, "name": "other"}),
        (TRY, {**TRIED, **DRAFT, "name": "other", "act": "add"}),
    ):
        answer = officer_client.post(url, form)
        assert answer.status_code == 403, url
        assert b"Confirm that it is you" in answer.content
    assert officer_client.post(TRY, {**TRIED, "act": "try"}).status_code == 200
    rule.refresh_from_db()
    assert (rule.is_on, rule.text, MaskingRule.objects.count()) == (True, CLUB["text"], 1)


# Trying ------------------------------------------------------------------------------------------


def test_a_text_is_tried_and_nowhere_kept(officer_client: Any, rule: MaskingRule) -> None:
    before = AuditEvent.objects.count()
    answer = officer_client.post(
        TRY, {**TRIED, "text": "it is kc-204815, write to ada@example.com"}
    )
    assert answer.status_code == 200
    trial = answer.context["trial"]
    assert trial.masked == "it is [ACCOUNT], write to [EMAIL]"
    assert [(each.label, each.reason) for each in trial.findings] == [
        ("ACCOUNT", "rule.club-card"),
        ("EMAIL", "email.address"),
    ]
    page = answer.content.decode()
    assert "A pattern of your own found it: club-card." in page
    assert "90 %" in page
    assert AuditEvent.objects.count() == before
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("who", ["auditor", "security officer", "care staff", "administrator"])
def test_others_try_nothing(who: str, make_person: Any, sign_in: Any) -> None:
    client = sign_in(make_person("somebody", who))
    assert client.get(TRY).status_code == 403
    assert client.post(TRY, TRIED).status_code == 403


def test_a_data_protection_officer_adds_nothing(make_person: Any, sign_in: Any) -> None:
    client = sign_in(make_person("somebody", "DPO"))
    answer = client.post(TRY, {**TRIED, **DRAFT})
    assert answer.context["trial"].added == 1
    assert b"Add this rule" not in answer.content
    assert client.post(TRY, {**TRIED, **DRAFT, "act": "add"}).status_code == 403
    assert not MaskingRule.objects.exists()


def test_a_rule_is_tried_before_it_is_added(officer_client: Any) -> None:
    without = officer_client.post(TRY, TRIED)
    assert b"Nothing is masked in this text." in without.content
    tried = officer_client.post(TRY, {**TRIED, **DRAFT, "name": "", "note": ""})
    assert tried.context["trial"].masked == "it is [ACCOUNT]"
    assert b"one place is masked" in tried.content
    assert not MaskingRule.objects.exists()
    nothing = officer_client.post(TRY, {**TRIED, **DRAFT, "pattern": "zebra"})
    assert b"This rule changes nothing in this text." in nothing.content
    assert officer_client.post(TRY, {**TRIED, **DRAFT, "act": "add"})["Location"] == LIST
    assert MaskingRule.objects.get().note == CLUB["note"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "a" * (MAX_TEXT + 1)}, "text"),
        ({"policy": "loose"}, "policy"),
        ({"language": "xx"}, "language"),
        ({"region": "nowhere"}, "region"),
        ({"region": "XX"}, "region"),
        ({**DRAFT, "pattern": "a*"}, "pattern"),
        ({**DRAFT, "name": "Not a slug"}, "name"),
        ({**DRAFT, "kind": "regex"}, "kind"),
        ({**DRAFT, "label": "OTHER"}, "label"),
        ({**DRAFT, "pattern": "", "act": "add"}, "pattern"),
        ({**DRAFT, "name": "", "act": "add"}, "name"),
        ({**DRAFT, "note": "", "act": "add"}, "note"),
        ({**DRAFT, "pattern": "4242424242424242", "act": "add"}, "pattern"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    given: dict[str, str], field: str, officer_client: Any
) -> None:
    answer = officer_client.post(TRY, {**TRIED, **given})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not MaskingRule.objects.exists()


def test_a_name_that_is_taken_is_said(officer_client: Any, rule: MaskingRule) -> None:
    answer = officer_client.post(TRY, {**TRIED, **DRAFT, "act": "add"})
    assert list(answer.context["form"].errors) == ["name"]


# The text as a call ------------------------------------------------------------------------------


def test_lines_are_turns_where_somebody_speaks() -> None:
    assert parse("one\ntwo: three") == [Turn("", "one\ntwo: three")]
    said = "Notes\nAgent: The CVV?\nwell\n\nCALLER:  123\nSpeaker 2:"
    assert parse(said) == [
        Turn("", "Notes"),
        Turn("Agent", "The CVV?\nwell\n"),
        Turn("CALLER", "123"),
        Turn("Speaker 2", ""),
    ]
    trial = attempt(said, policy="strict", language="en", region=None, rules=())
    assert trial.masked.splitlines()[-2:] == ["CALLER: [CVV]", "Speaker 2: "]
    assert "".join(piece.text for _, pieces in trial.turns for piece in pieces) == "".join(
        turn.text for turn in parse(said)
    )


def test_a_draft_of_a_rules_name_takes_its_place() -> None:
    old = compile_rule("ACCOUNT", "pattern", "kc", "club")
    draft = compile_rule("ACCOUNT", "pattern", "kd", "club")
    trial = attempt("kc kd", policy="strict", language="en", region=None, rules=[old], draft=draft)
    assert trial.masked == "kc [ACCOUNT]"
    assert trial.added == 1


def test_more_than_are_told_are_counted() -> None:
    text = "kc " * (MOST_SHOWN + 7)
    rules = [compile_rule("ACCOUNT", "pattern", "kc", "club")]
    trial = attempt(text, policy="strict", language="en", region=None, rules=rules)
    assert (len(trial.findings), trial.more) == (MOST_SHOWN, 7)
    assert trial.counts == [("ACCOUNT", "account number or other long number", MOST_SHOWN + 7)]
