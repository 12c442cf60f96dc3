"""What callers and people wrote stands on the admin's pages as text, wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.urls import reverse

from consent.models import Notice, Purpose
from core.actors import Actor
from retention.services import place_hold

pytestmark = pytest.mark.django_db

HOSTILE = """<script>alert('x')</script>"'><img src=x onerror=alert(1)>{{ 7|add:7 }}{% now %}"""
TURNS = [{"speaker": HOSTILE[:40], "text": f"Hello {HOSTILE}", "start_ms": 0, "end_ms": 9}]


@pytest.fixture
def filled(make_caller, make_person, officer, give_consent, subject, open_call, api):
    """Rows that hold it in every field that takes it."""
    from accounts.services import change_application

    shop = make_caller("Shop")
    change_application(
        actor=Actor.system("tests"),
        application=shop.application,
        name=HOSTILE[:100],
        id_space="organisation",
        takes_cards=True,
        is_active=True,
    )
    make_person("other-one", "auditor", name=HOSTILE[:100])
    place_hold(
        actor=Actor("person", str(officer.pk), officer.username),
        matter=HOSTILE[:100],
        reason=HOSTILE,
        custodian=HOSTILE[:100],
        subject_id=subject.pk,
    )
    Notice.objects.create(
        purpose=Purpose.objects.first(), language="en", version=9, text=HOSTILE, sha256="x"
    )
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose, evidence={"answer_text": HOSTILE})
    told = open_call(subject=str(subject.id), model_version=HOSTILE[:100])
    answer = api.post(
        f"/api/v1/calls/{told['id']}/transcript", {"language": "en", "turns": TURNS}, format="json"
    )
    assert answer.status_code == 201, answer.content
    event = {"event_type": HOSTILE[:70], "action": HOSTILE[:70], "details": {HOSTILE: HOSTILE}}
    assert api.post("/api/v1/audit/events", event, format="json").status_code == 201
    api.post("/api/v1/subjects", {"external_id": "2", "name": HOSTILE}, format="json")


class _Reader(HTMLParser):
    """What a browser would make of a page: inline scripts, pictures and handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self._script = tag == "script"
        self.found += [name for name in names if name.startswith("on")]
        if names.get("src") == "x" or (names.get("href") or "").startswith("javascript:"):
            self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if self._script and "alert(" in data:
            self.found.append("script")


def alive(page: str) -> Iterator[str]:
    """What of the planted text came to life."""
    reader = _Reader()
    reader.feed(page)
    yield from reader.found


def test_the_reader_sees_what_is_alive():
    assert set(alive(HOSTILE)) == {"script", "onerror", "img"}


def test_what_callers_and_people_wrote_is_text_on_every_page(
    filled, officer_client, make_person, sign_in
):
    clients = [
        officer_client,
        sign_in(make_person("admin-one", "administrator", "security officer")),
    ]
    shown = 0
    for model in admin.site._registry:
        meta = model._meta
        for client in clients:
            pages = [reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")]
            pages += [f"{pages[0]}?q={HOSTILE}"]
            pages += [
                reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
                for row in model._default_manager.all()[:30]
            ]
            for path in pages:
                answer = client.get(path)
                if answer.status_code != 200:
                    continue
                page = answer.content.decode()
                assert list(alive(page)) == [], path
                shown += "&lt;script&gt;alert" in page
    # It was there to be seen, in many places.
    assert shown >= 10
