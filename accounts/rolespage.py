"""The page of roles: what each may, who has which, what takes two people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from accounts import secondpair
from accounts.models import User
from accounts.proving import page
from accounts.roles import ROLES, titles_of
from accounts.rolesmatrix import drift, matrix, people, roles_of
from accounts.scopes import SCOPES
from accounts.services.rights import ENTRUSTED
from accounts.stepup import recent_factor
from audit.services import record
from core.actors import actor_of
from core.reports import csv_bytes

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite

PER_PAGE = 50
HEADER = ("user name", "name", "standing", "second factor", "last sign-in", "last act")


def may_see(request: HttpRequest) -> bool:
    """Who sees people sees what they may do."""
    return bool(request.user.has_perm("accounts.view_user"))  # type: ignore[union-attr]


@transaction.atomic
def roles(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """The tables; nothing here is changed."""
    if not may_see(request):
        raise PermissionDenied
    found = Paginator(people(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Roles",
        "roles": [
            {"title": role.title, "entrusted": code in ENTRUSTED} for code, role in ROLES.items()
        ],
        "apps": matrix(),
        "drift": drift(),
        "scopes": [
            (code, words, [code in role.scopes for role in ROLES.values()])
            for code, words in SCOPES.items()
        ],
        "people": found,
        "rows": [(person, titles_of(roles_of(person))) for person in found],
        "acts": secondpair.acts(),
    }
    response = page(site, request, "accounts/roles.html", context).render()
    record(
        actor=actor_of(request),
        event_type="admin",
        action="listed",
        object_type=User._meta.label,
        details={"page": "roles"},
    )
    return response


@recent_factor("download who has which role")
@transaction.atomic
def people_csv(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Everybody with their roles as CSV, by POST: a file leaves the house with its event."""
    if not may_see(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    titles = [role.title for role in ROLES.values()]
    rows = [_line(person) for person in people()]
    content = csv_bytes((*HEADER, *titles), rows)
    record(
        actor=actor_of(request),
        event_type="access_rights",
        action="exported",
        object_type=User._meta.label,
        details={"rows": len(rows)},
    )
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"people-and-roles-{timezone.now():%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _line(person: Any) -> list[str]:
    held = roles_of(person)
    return [
        person.username,
        person.name,
        str(person.standing.label),
        "yes" if person.enrolled else "no",
        _moment(person.last_login),
        _moment(person.last_act),
        *("yes" if code in held else "" for code in ROLES),
    ]


def _moment(value: datetime | None) -> str:
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M:%S")
