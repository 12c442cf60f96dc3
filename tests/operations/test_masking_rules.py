"""The organisation's masking rules: each verb, who may, what is refused, and that a change holds at
once wherever rules are read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import COMPLIANCE_OFFICER, ROLES
from core.actors import PERSON, Actor
from core.errors import Forbidden, Invalid, NotFound
from core.ids import uuid7
from masking.rules import MAX_RULES
from operations import maskingrules
from operations.maskingrules import active_rules
from operations.models import MaskingRule, MaskingRuleSet
from operations.services import (
    add_masking_rule,
    change_masking_rule,
    remove_masking_rule,
    switch_masking_rule,
)
from operations.services.maskingrules import KEEP

pytestmark = pytest.mark.django_db

CLUB = {
    "name": "club-card",
    "label": "ACCOUNT",
    "kind": "pattern",
    "text": r"\bkc-?[0-9]{6}\b",
    "note": "Numbers of the club's cards.",
}
CHANGED = {"label": "MRN", "kind": "cue", "text": "club card number", "note": "Said, not shown."}


@pytest.fixture
def keeper(person: Any) -> Actor:
    return person("kay", KEEP)


@pytest.fixture
def rule(keeper: Actor) -> MaskingRule:
    return add_masking_rule(actor=keeper, **CLUB)


def names() -> list[str]:
    return [rule.name for rule in active_rules()]


ACTS: dict[str, Callable[[Actor, UUID], Any]] = {
    "add": lambda actor, _: add_masking_rule(actor=actor, **{**CLUB, "name": "another"}),
    "change": lambda actor, pk: change_masking_rule(actor=actor, rule_id=pk, **CHANGED),
    "off": lambda actor, pk: switch_masking_rule(actor=actor, rule_id=pk, on=False, reason="r"),
    "remove": lambda actor, pk: remove_masking_rule(actor=actor, rule_id=pk, reason="r"),
}


def test_added(keeper: Actor, events: Any) -> None:
    rule = add_masking_rule(actor=keeper, **{**CLUB, "note": "  Why.  "})
    assert (rule.is_on, rule.added_by_name, rule.note) == (True, "kay", "Why.")
    [event] = events("masking_rule")
    assert (event.action, event.severity, event.object_id) == ("added", "INFO", str(rule.pk))
    assert event.details == {
        "rule": "club-card",
        "label": "ACCOUNT",
        "kind": "pattern",
        "text": CLUB["text"],
        "text_sha256": sha256(CLUB["text"].encode()).hexdigest(),
        "note": "Why.",
    }
    assert names() == ["club-card"]


def test_changed(keeper: Actor, rule: MaskingRule, events: Any) -> None:
    changed = change_masking_rule(actor=keeper, rule_id=rule.pk, **CHANGED)
    assert (changed.name, changed.text) == ("club-card", "club card number")
    [event] = events("masking_rule", "changed")
    assert event.severity == "WARNING"
    assert event.details["before"]["text"] == CLUB["text"]
    assert event.details["after"]["text"] == "club card number"
    [held] = active_rules()
    assert (held.label, held.words) == ("MRN", ("club", "card", "number"))


def test_a_change_to_the_same_is_none(keeper: Actor, rule: MaskingRule, events: Any) -> None:
    same = {name: CLUB[name] for name in CHANGED}
    with pytest.raises(Invalid, match="Nothing would change"):
        change_masking_rule(actor=keeper, rule_id=rule.pk, **same)
    assert events("masking_rule", "changed") == []


def test_switched_off_and_on(keeper: Actor, rule: MaskingRule, events: Any) -> None:
    for _ in range(2):  # the second time nothing is left to do
        switch_masking_rule(actor=keeper, rule_id=rule.pk, on=False, reason=" Too wide. ")
        assert names() == []
    [event] = events("masking_rule", "switched_off")
    assert (event.severity, event.details["reason"]) == ("WARNING", "Too wide.")
    switch_masking_rule(actor=keeper, rule_id=rule.pk, on=True, reason="Needed.")
    [event] = events("masking_rule", "switched_on")
    assert event.severity == "INFO"
    assert names() == ["club-card"]


def test_removed(keeper: Actor, rule: MaskingRule, events: Any) -> None:
    remove_masking_rule(actor=keeper, rule_id=rule.pk, reason="Not needed.")
    assert not MaskingRule.objects.exists()
    assert names() == []
    [event] = events("masking_rule", "removed")
    assert event.object_id == str(rule.pk)
    assert event.severity == "WARNING"
    assert event.details["text"] == CLUB["text"]
    assert event.details["reason"] == "Not needed."
    with pytest.raises(NotFound):
        remove_masking_rule(actor=keeper, rule_id=rule.pk, reason="Again.")
    # Its name is free again.
    add_masking_rule(actor=keeper, **CLUB)


@pytest.mark.parametrize("act", ACTS)
def test_others_may_not(act: str, rule: MaskingRule, stranger: Actor, system: Actor) -> None:
    for actor in (stranger, system, Actor("application", str(uuid7()), "app")):
        with pytest.raises(Forbidden):
            ACTS[act](actor, rule.pk)
    rule.refresh_from_db()
    assert rule.is_on
    assert MaskingRule.objects.count() == 1


@pytest.mark.parametrize("role", ROLES)
def test_officers_keep_the_rules(role: str, rule: MaskingRule, make_person: Any) -> None:
    user = make_person("somebody", role)
    actor = Actor(PERSON, str(user.pk), user.username)
    if role == COMPLIANCE_OFFICER:
        ACTS["change"](actor, rule.pk)
    else:
        with pytest.raises(Forbidden):
            ACTS["change"](actor, rule.pk)


@pytest.mark.parametrize("act", ["change", "off", "remove"])
def test_of_no_rule(act: str, keeper: Actor) -> None:
    with pytest.raises(NotFound):
        ACTS[act](keeper, uuid4())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "Club", "small letters"),
        ("name", "", "small letters"),
        ("label", "OTHER", "no label"),
        ("kind", "regex", "cue or a pattern"),
        ("text", "(?=a)b", "ahead or behind"),
        ("text", "a*", "where there is nothing"),
        ("text", "", "1 to 500"),
        ("text", r"4242424242424242", "about many"),
        ("text", r"ada@example\.com", "about many"),
        ("text", "call me at 415-555-0132", "about many"),
        ("note", " ", "Say why"),
        ("note", "a" * 501, "Say why"),
    ],
)
def test_bad_values(field: str, value: str, said: str, keeper: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        add_masking_rule(actor=keeper, **{**CLUB, field: value})
    assert list(refused.value.errors) == [field]
    assert said in str(refused.value.errors)
    assert not MaskingRule.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        r"[0-9]{3}-[0-9]{2}-[0-9]{4}", r"\b[A-Z]{2}\d{2}(?:\s?\d{4}){4}\b", r"\d{16}",
        r"[a-z.]+@club\.example", "1234[0-9]{5}", "(?:[0-9]{4}[ -]?){3}",
    ],
)  # fmt: skip
def test_patterns_of_many_numbers_are_nobodys(text: str, keeper: Actor) -> None:
    add_masking_rule(actor=keeper, **{**CLUB, "text": text})


@pytest.mark.parametrize("reason", ["", "  ", "a" * 501])
def test_what_takes_a_rule_away_needs_a_reason(
    reason: str, keeper: Actor, rule: MaskingRule
) -> None:
    for act in (
        lambda: switch_masking_rule(actor=keeper, rule_id=rule.pk, on=False, reason=reason),
        lambda: remove_masking_rule(actor=keeper, rule_id=rule.pk, reason=reason),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert list(refused.value.errors) == ["reason"]
    assert names() == ["club-card"]


def test_a_name_is_one_rules(keeper: Actor, rule: MaskingRule) -> None:
    with pytest.raises(Invalid) as refused:
        add_masking_rule(actor=keeper, **{**CLUB, "text": "x"})
    assert list(refused.value.errors) == ["name"]


def test_no_more_than_there_may_be(keeper: Actor, rule: MaskingRule) -> None:
    values = {name: getattr(rule, name) for name in (*CLUB, "added_at", "changed_at")}
    MaskingRule.objects.bulk_create(
        MaskingRule(**{**values, "name": f"r{place}"}) for place in range(MAX_RULES - 1)
    )
    with pytest.raises(Invalid, match="Remove one"):
        add_masking_rule(actor=keeper, **{**CLUB, "name": "one-more"})


# What is read ------------------------------------------------------------------------------------


def test_rules_are_read_once_and_looked_after_by_one_query(rule: MaskingRule) -> None:
    active_rules()
    with CaptureQueriesContext(connection) as asked:
        first, second = active_rules(), active_rules()
    assert first is second
    assert len(asked) == 2
    assert all("maskingruleset" in each["sql"] for each in asked)


def test_another_processs_change_holds_at_once(rule: MaskingRule) -> None:
    """What another process does to the rows is told by the version alone."""
    assert names() == ["club-card"]
    MaskingRule.objects.update(is_on=False)
    assert names() == ["club-card"], "nothing said so"
    MaskingRuleSet.objects.update(version=uuid7())
    assert names() == []


@pytest.mark.parametrize("act", ACTS)
def test_every_verb_changes_the_version(act: str, keeper: Actor, rule: MaskingRule) -> None:
    before = MaskingRuleSet.objects.get().version
    ACTS[act](keeper, rule.pk)
    assert MaskingRuleSet.objects.get().version != before


def test_a_change_that_is_rolled_back_leaves_nothing(keeper: Actor, rule: MaskingRule) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        remove_masking_rule(actor=keeper, rule_id=rule.pk, reason="r")
        assert names() == []
        raise RuntimeError
    assert names() == ["club-card"]


def test_a_rule_that_the_library_refuses_is_told_and_left_out(
    rule: MaskingRule, caplog: pytest.LogCaptureFixture
) -> None:
    MaskingRule.objects.bulk_create(
        [MaskingRule(name="old", label="ACCOUNT", kind="pattern", text="(?=a)", note="n",
                     added_at=rule.added_at, changed_at=rule.changed_at)]
    )  # fmt: skip
    MaskingRuleSet.objects.update(version=uuid7())
    assert names() == ["club-card"]
    assert "masking rule old is left out" in caplog.text


def test_there_need_be_none() -> None:
    assert active_rules() == ()
    assert maskingrules._held == (None, ())


# Several at once ---------------------------------------------------------------------------------


@pytest.fixture
def committed(transactional_db: None, make_person: Any) -> Actor:
    user = make_person("officer-at-once", COMPLIANCE_OFFICER)
    return Actor(PERSON, str(user.pk), user.username)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """The results or errors of acts in threads of their own, begun together."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_that_add_one_name_one_does(committed: Actor) -> None:
    add = lambda: add_masking_rule(actor=committed, **CLUB)  # noqa: E731
    results = at_once(add, add)
    assert sorted(type(each).__name__ for each in results) == ["Invalid", "MaskingRule"]
    assert MaskingRule.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_remove_one_does(committed: Actor) -> None:
    rule = add_masking_rule(actor=committed, **CLUB)
    remove = lambda: remove_masking_rule(actor=committed, rule_id=rule.pk, reason="r")  # noqa: E731
    results = at_once(remove, remove)
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "NotFound"]


@pytest.mark.django_db(transaction=True)
def test_a_change_in_another_connection_holds_here_at_once(committed: Actor) -> None:
    rule = add_masking_rule(actor=committed, **CLUB)
    assert names() == ["club-card"]
    at_once(
        lambda: switch_masking_rule(actor=committed, rule_id=rule.pk, on=False, reason="r"),
    )
    assert names() == []
