"""Trying masking and keeping the organisation's rules, in the browser, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from audit.models import AuditEvent
from masking.reasons import TITLES
from operations.models import MaskingRule

pytestmark = pytest.mark.django_db(transaction=True)

CALL = """Agent: Thanks. What is the security code on the back?
Caller: um, four eight two
Agent: And your card number?
Caller: 4242 4242 4242 4242, and my club card is KC-204815. Write to ada@example.com.
Agent: Your social?
Caller: 123-45-6789.
Agent: And your phone number?
Caller: 415 555 0132."""


def faults(page: Any) -> list[str]:
    """What axe finds on the page, by rule and element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context="#content-main").response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def tries(page: Any) -> None:
    page.get_by_role("button", name="Try it").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_officer_tries_a_text_and_adds_a_rule(
    theme: str, signed_in: Any, officer: Any, shot: Any
) -> None:
    page = signed_in(officer)
    page.emulate_media(color_scheme=theme)
    page.goto("/admin/operations/maskingrule/")
    shot(page, f"masking-rules-none-{theme}")
    page.locator("#content-main, main").first.wait_for()
    page.get_by_role("link", name="Try masking").first.click()
    shot(page, f"masking-empty-{theme}")
    assert faults(page) == []
    tries(page)
    expect(page.locator("#try-text_error")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("Nothing to hide.")
    tries(page)
    expect(page.get_by_role("status")).to_have_text("Nothing is masked in this text.")
    shot(page, f"masking-nothing-{theme}")
    page.get_by_label("Text", exact=True).fill(CALL)
    page.get_by_label("Region").fill("us-ca")
    tries(page)
    text = page.locator("#tried")
    for label in ("CVV", "CARD", "EMAIL", "SSN", "PHONE"):
        expect(text.locator(f'mark[data-label="{label}"]').first).to_contain_text(label)
        expect(page.locator("#counts")).to_contain_text(TITLES[label])
    expect(page.locator("#findings")).to_contain_text("Its check digit and its first digits")
    assert "4242 4242" not in page.get_by_label("The masked text, to copy").input_value()
    assert "[CVV]" in page.get_by_label("The masked text, to copy").input_value()
    assert faults(page) == []
    shot(page, f"masking-found-{theme}")
    # A rule: refused, tried, added.
    page.get_by_label("Kind of rule").select_option("pattern")
    page.get_by_label("What it is").select_option("ACCOUNT")
    page.get_by_label("Words or pattern").fill("(?=kc)")
    tries(page)
    expect(page.locator("#try-pattern_error")).to_contain_text("Looking ahead or behind")
    shot(page, f"masking-refused-{theme}")
    page.get_by_label("Words or pattern").fill(r"\bkc-\d{4}")
    tries(page)
    expect(page.locator("#draft-result")).to_contain_text("masked that w")
    expect(page.locator("mark.masked-new").first).to_contain_text("KC-2048")
    assert faults(page) == []
    shot(page, f"masking-rule-tried-{theme}")
    page.get_by_role("button", name="Add this rule").click()
    expect(page.locator("#try-name_error")).to_be_visible()
    expect(page.locator("#try-note_error")).to_be_visible()
    page.get_by_label("Words or pattern").fill(r"\bkc-?\d{6}\b")
    page.get_by_label("Name of the rule").fill("club-card")
    page.get_by_label("Why there is this rule").fill("Numbers of the club's cards.")
    page.get_by_role("button", name="Add this rule").click()
    expect(page.get_by_text("club-card is added")).to_be_visible()
    assert MaskingRule.objects.get().text == r"\bkc-?\d{6}\b"
    shot(page, f"masking-rules-{theme}")
    page.get_by_role("link", name="club-card").click()
    shot(page, f"masking-rule-{theme}")
    page.get_by_label("Why off").fill("Too wide.")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    # The text went nowhere.
    for event in AuditEvent.objects.all():
        assert "4242" not in str(event.details)
        assert "204815" not in str(event.details)


def test_a_data_protection_officer_tries_and_adds_nothing(signed_in: Any, make_person: Any) -> None:
    page = signed_in(make_person("dora", "DPO"))
    page.goto("/admin/operations/maskingrule/try/")
    page.get_by_label("Text", exact=True).fill("my pin is 4821")
    tries(page)
    expect(page.locator("#tried mark")).to_contain_text("PIN")
    expect(page.get_by_role("button", name="Add this rule")).to_have_count(0)
