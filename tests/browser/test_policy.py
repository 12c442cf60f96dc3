"""The Content Security Policy in a real Chromium: no page breaks it, and it holds."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from audit.sealing import seal
from consent.models import Call
from phi.models import Transcript, VoiceRecording
from voicecompliance import demo

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = (
    *("consent/datasubject", "consent/call", "consent/consentrecord", "consent/notice"),
    *("consent/purpose", "consent/jurisdiction", "phi/voicerecording", "phi/transcript"),
    *("aiethics/disclosure", "aiethics/spokendisclosure", "retention/retentionpolicy"),
    *("retention/legalhold", "retention/retentionrun", "retention/tombstone"),
    *("operations/approval", "operations/job", "operations/notification"),
    "operations/maskingrule",
    *("audit/auditevent", "audit/accessreview", "audit/checkpoint", "audit/publication"),
    *("vault/datakey", "accounts/user", "accounts/voiceapplication", "accounts/apikey"),
    "accounts/sessiontoken",
)
FORMS = (
    *("accounts/user/add", "accounts/voiceapplication/add", "accounts/apikey/add"),
    *("consent/notice/add", "consent/jurisdiction/add", "retention/legalhold/add"),
    *("aiethics/disclosure/add", "retention/retentionpolicy/ask/voice_recordings"),
    *("operations/maskingrule/add", "operations/maskingrule/try"),
    *("operations/job/reports", "audit/checkpoint/seal_now", "recovery-codes", "password_change"),
)
# Reported by the browser itself, whatever a page does with its console.
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => window.violations.push(
    `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@pytest.fixture
def walk(page):
    """Open an address; what the policy refused on it."""
    page.add_init_script(LISTEN)

    def go(path):
        answer = page.goto(path, wait_until="load")
        assert answer.status == 200, path
        return page.evaluate("window.violations")

    return go


@pytest.fixture
def everything(make_person):
    """Somebody who may open every page."""
    return make_person("everything", "compliance officer", "security officer", "DPO")


def test_no_page_breaks_the_policy(walk, signed_in, everything, live_server, caller, page):
    headers = {"Authorization": f"Bearer {caller.token}"}
    with httpx.Client(base_url=live_server.url, headers=headers, timeout=60) as client:
        for script, audio in demo.scripts():
            demo.play(client, script, audio)
    seal()
    signed_in(everything)
    pages = ["/admin/", *(f"/admin/{path}/" for path in (*LISTS, *FORMS))]
    for model in (Call, Transcript, VoiceRecording):
        name = model._meta.label_lower.replace(".", "/")
        pages.append(f"/admin/{name}/{model.objects.order_by('id')[0].pk}/change/")
    pages.append(f"/admin/accounts/user/{everything.pk}/change/")
    broken = {path: found for path in pages if (found := walk(path))}
    assert not broken


def test_nor_do_those_outside_it(walk, page):
    assert walk("/admin/login/") == []
    # Its script is a file, so that the policy lets it run: the operations are listed.
    assert walk("/api/v1/docs/") == []
    expect(page.locator("#operations-auth-auth_token")).to_be_visible()


def test_a_script_in_a_page_does_not_run(browser, live_server):
    """The policy is there, and the listening of the tests above hears it."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.goto("/admin/login/")
    page.evaluate(
        "() => { const script = document.createElement('script');"
        " script.textContent = 'window.ran = true'; document.body.append(script); }"
    )
    assert page.evaluate("window.ran") is None
    page.wait_for_function("window.violations.length > 0")
    assert "script-src-elem inline" in page.evaluate("window.violations")[0]
    context.close()
