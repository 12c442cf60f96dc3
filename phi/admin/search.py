"""Searching what was said: a page beside the list of transcripts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from core.actors import actor_of
from core.errors import Problem
from operations.modeladmin import told
from operations.services import start_job
from phi.days import zone
from phi.fulltext import CONFIGURATIONS
from phi.jobs import INDEX_JOB
from phi.services.search import MAX_QUERY, MOST_TURNS, Found, Hit, Place, search

PERMISSION = "phi.search_transcripts"
_LANGUAGES = {title.capitalize(): code for code, title in CONFIGURATIONS.items()}
OTHER = "und"


class SearchForm(forms.Form):
    """What is looked for. Sent by POST: words are nothing for an address."""

    text = forms.CharField(
        label="Words",
        max_length=MAX_QUERY,
        help_text='All of them; "in quotes" one after the other; OR between two; - before one that'
        " must not be there.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label="Language of the call",
        choices=[
            ("en", "English"),
            *sorted((code, name) for name, code in _LANGUAGES.items() if code != "en"),
            (OTHER, "Another language: exact words"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    since = forms.DateField(
        label="From", required=False, widget=UnfoldAdminDateWidget(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="To", required=False, widget=UnfoldAdminDateWidget(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        held: dict[str, Any] = super().clean() or {}
        first, last = held.get("since"), held.get("until")
        if first and last and last < first:
            self.add_error("until", "Is before the first day.")
        return held

    def span(self) -> tuple[datetime | None, datetime | None]:
        """From the start of the first day until the end of the last, the controller's days."""
        first, last = self.cleaned_data["since"], self.cleaned_data["until"]
        here = zone()
        return (
            datetime.combine(first, time(), here) if first else None,
            datetime.combine(last + timedelta(days=1), time(), here) if last else None,
        )


def urls(admin: Any) -> list[URLPattern]:
    """The addresses under the list of transcripts."""
    wrap = admin.admin_site.admin_view

    def shown(request: HttpRequest) -> HttpResponse:
        return search_page(admin, request)

    def started(request: HttpRequest) -> HttpResponse:
        return start_indexing(request)

    get_or_post = require_http_methods(["GET", "HEAD", "POST"])
    return [
        path("search/", wrap(get_or_post(shown)), name="phi_transcript_search"),
        path("search/index/", wrap(require_POST(started)), name="phi_transcript_index"),
    ]


def _refuse(request: HttpRequest) -> None:
    person: Any = request.user
    if not (person.has_perm("phi.view_transcript") and person.has_perm(PERMISSION)):
        raise PermissionDenied


@transaction.atomic
def search_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """The form, and what was found. Raises PermissionDenied."""
    _refuse(request)
    found: Found | None = None
    is_on = settings.TRANSCRIPT_SEARCH
    asked = request.method == "POST" and is_on
    form = SearchForm(request.POST if asked else None, auto_id="search-%s")
    if asked and form.is_valid():
        since, until = form.span()
        found = search(
            actor=actor_of(request),
            text=form.cleaned_data["text"],
            language=form.cleaned_data["language"],
            since=since,
            until=until,
            after=_place(request.POST.get("after", "")),
        )
    response: HttpResponse = admin.page(
        request,
        "admin/phi/transcript_search.html",
        title="Search what was said",
        is_on=is_on,
        form=form,
        found=found,
        hits=[_line(hit) for hit in found.hits] if found else [],
        carried=[(name, request.POST.get(name, "")) for name in form.fields] if found else [],
        after=f"{found.after[0].isoformat()}|{found.after[1]}" if found and found.after else "",
        zone=zone(),
        index=reverse("admin:phi_transcript_index"),
        back=reverse("admin:phi_transcript_changelist"),
    )
    return response


def _line(hit: Hit) -> dict[str, Any]:
    return {
        "transcript": hit.transcript,
        "refused": hit.refused,
        "turns": hit.turns[:MOST_TURNS],
        "more": max(0, len(hit.turns) - MOST_TURNS),
        "href": reverse("admin:phi_transcript_change", args=[hit.transcript.pk]),
    }


def _place(text: str) -> Place | None:
    moment, _, id_ = text.partition("|")
    try:
        when = datetime.fromisoformat(moment)
        return (when, UUID(id_)) if when.tzinfo else None
    except ValueError:
        return None


def start_indexing(request: HttpRequest) -> HttpResponse:
    """Start the job that indexes what was stored before search was turned on."""
    _refuse(request)
    if not settings.TRANSCRIPT_SEARCH:
        messages.error(request, "Search is turned off: there is nothing to index for.")
        return HttpResponseRedirect(reverse("admin:phi_transcript_search"))
    try:
        job = start_job(actor=actor_of(request), kind=INDEX_JOB)
    except Problem as problem:
        messages.error(request, told(problem))
        return HttpResponseRedirect(reverse("admin:phi_transcript_search"))
    messages.success(request, "The job waits for a worker.")
    return HttpResponseRedirect(reverse("admin:operations_job_change", args=[job.pk]))
