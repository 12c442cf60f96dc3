"""Roles: what each may do in the admin (permissions) and in the API (scopes).

A role is a group; the groups' permissions follow this table after every migration and are not
edited by hand. Permissions are named as text, because the apps above own them: ``phi.view_*``
means every permission of that shape that the app has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.db import transaction

COMPLIANCE_OFFICER = "compliance officer"
DPO = "DPO"
SECURITY_OFFICER = "security officer"
AUDITOR = "auditor"
CARE_STAFF = "care staff"
ADMINISTRATOR = "administrator"

OUR_APPS = (
    "audit",
    "vault",
    "accounts",
    "operations",
    "retention",
    "consent",
    "phi",
    "aiethics",
    "threats",
)


@dataclass(frozen=True, slots=True)
class Role:
    """One role: what people call it, its permissions and its API scopes."""

    title: str
    permissions: tuple[str, ...]
    scopes: frozenset[str]


def _see(*labels: str) -> tuple[str, ...]:
    return tuple(f"{label}.view_*" for label in labels)


def _scopes(names: str) -> frozenset[str]:
    return frozenset(names.split())


ROLES: dict[str, Role] = {
    COMPLIANCE_OFFICER: Role(
        "Compliance officer",
        (
            *_see("audit", "vault", "accounts"),
            *(f"{label}.*" for label in ("operations", "retention", "consent", "phi")),
            *(f"{label}.*" for label in ("aiethics", "threats")),
            "audit.sign_off_access",
        ),
        _scopes(
            "calls consents:read consents:write recordings:read transcripts:read phi:read "
            "decisions:read decisions:write audit:read requests:read requests:write threats "
            "mask"
        ),
    ),
    DPO: Role(
        "Data protection officer",
        (
            *_see(*OUR_APPS),
            "consent.add_*",
            "consent.change_*",
            "phi.add_disclosure*",
            "phi.add_statementissued",
            "phi.read_original",
            "phi.play_recording",
            "phi.mute_recording",
            "phi.search_transcripts",
            "phi.review_break_glass",
            "phi.keep_care_relationship",
            "phi.end_voice_profile",
            "phi.confirm_vendor_destruction",
            "retention.preview",
            "retention.place_hold",
            "retention.release_hold",
            "operations.decide_approval",
            "operations.try_masking",
            "audit.sign_off_access",
        ),
        _scopes(
            "calls consents:read consents:write recordings:read transcripts:read "
            "decisions:read decisions:write audit:read requests:read requests:write mask"
        ),
    ),
    SECURITY_OFFICER: Role(
        "Security officer",
        (
            *_see("audit", "vault", "operations", "threats"),
            "accounts.*",
            "vault.rotate_keys",
            "operations.decide_approval",
            "audit.sign_off_access",
            # Who reviews a look sees whom else was looked at.
            "phi.view_access",
        ),
        _scopes("audit:read audit:write threats mask"),
    ),
    # Read only: no original, no sound, and no scope that writes.
    AUDITOR: Role(
        "Auditor",
        _see(*OUR_APPS),
        _scopes("consents:read decisions:read audit:read requests:read"),
    ),
    CARE_STAFF: Role(
        "Care staff",
        (
            # What is needed for care; who looked and what was disclosed is for others.
            *_see("consent"),
            "phi.view_voicerecording",
            "phi.view_transcript",
            "phi.read_original",
            "phi.play_recording",
            "phi.view_healthrecord",
            "phi.view_carerelationship",
            "phi.view_breakglass",
            "phi.view_minimumnecessary",
            "phi.read_health",
            "phi.break_glass",
        ),
        _scopes("calls consents:read recordings:read transcripts:read phi:read mask"),
    ),
    # People and keys, and no callers' data by itself. Whoever makes a person or a key chooses its
    # roles or scopes, transcripts:read among them: trust in this role is trust with the data, and
    # the log of what was made is for another to read.
    ADMINISTRATOR: Role(
        "Administrator",
        ("accounts.*", "operations.view_job", "operations.view_notification"),
        frozenset(),
    ),
}


def scopes_of(role_codes: Iterable[str]) -> frozenset[str]:
    """Every scope that one of the roles gives."""
    return frozenset().union(*(ROLES[code].scopes for code in role_codes))


def titles_of(role_codes: Iterable[str]) -> str:
    """The roles for people to read, or a dash."""
    return ", ".join(ROLES[code].title for code in role_codes) or "–"


def allows(role: Role, permission: str) -> bool:
    """Whether ``role`` has ``permission`` (``app.codename``)."""
    return any(fnmatchcase(permission, pattern) for pattern in role.permissions)


def declared_permissions() -> set[str]:
    """Every permission that the installed models declare, as ``app.codename``."""
    found: set[str] = set()
    for model in apps.get_models():
        options = model._meta
        names = [f"{action}_{options.model_name}" for action in options.default_permissions]
        names += [codename for codename, _ in options.permissions]
        found.update(f"{options.app_label}.{name}" for name in names)
    return found


def unknown_permissions() -> list[str]:
    """Exact names in ROLES that their installed app does not declare; patterns may be empty."""
    known = declared_permissions()
    named = {name for role in ROLES.values() for name in role.permissions if "*" not in name}
    return sorted(
        name
        for name in named - known
        if apps.is_installed(name.partition(".")[0]) and name not in known
    )


def check_roles(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """System check: a role names no permission that its app does not have."""
    return [
        checks.Warning(f"accounts.roles names {name}, which no model declares.", id="accounts.W001")
        for name in unknown_permissions()
    ]


def reconcile() -> None:
    """Make the groups and their permissions what ROLES says: adds and removes. Idempotent."""
    from django.contrib.auth.models import Group, Permission

    with transaction.atomic():
        rows = list(Permission.objects.select_related("content_type"))
        for code, role in ROLES.items():
            group, _ = Group.objects.get_or_create(name=code)
            wanted = [p for p in rows if allows(role, f"{p.content_type.app_label}.{p.codename}")]
            group.permissions.set(wanted)


def reconcile_after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """Receiver of post_migrate: acts on the last app's signal, when all permissions are there."""
    configs = [config for config in apps.get_app_configs() if config.models_module is not None]
    # A plan that stops half-way (``migrate app 0001``) may lack our tables.
    if sender.label == configs[-1].label and _tables_exist():
        reconcile()


def _tables_exist() -> bool:
    from django.contrib.auth.models import Group, Permission
    from django.db import connection

    needed = {
        Group._meta.db_table,
        Permission._meta.db_table,
        Group.permissions.through._meta.db_table,
        "accounts_user",
    }
    return needed <= set(connection.introspection.table_names())
