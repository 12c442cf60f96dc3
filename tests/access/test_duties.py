"""Nobody edits the audit log, and an auditor edits nothing: tried on every route there is."""

from __future__ import annotations

import pytest

from accounts import roles
from tests.access.callers import Caller, changed_since, undone, written
from tests.access.conftest import Cast
from tests.access.routes import routes
from tests.access.rows import UNSAFE
from tests.access.table import ROWS
from tests.conftest import verified_client

pytestmark = pytest.mark.django_db

ROUTES = {route.key: route for route in routes()}

# What an auditor may send, each with its reason. Nothing here changes what others recorded.
OWN_ACTS = {
    "auth-token": "signing in",
    "auth-logout": "ending one's own session",
    "admin:login": "signing in",
    "admin:verify": "signing in",
    "admin:enrol": "one's own second factor",
    "admin:logout": "ending one's own session",
    "admin:recovery_codes": "one's own codes",
    "auth-factor": "proving one's own factor again",
    "admin:welcome": "coming in by an invitation",
    "admin:passkey_options": "a challenge for one's own passkey",
    "admin:second_factors": "proving one's own factor again",
    "admin:passkey_add": "one's own passkey",
    "admin:app_add": "one's own app",
    "admin:app_start": "one's own app",
    "admin:app_remove": "one's own app",
    "admin:sessions": "ending one's own sessions",
    "admin:roles_csv": "a reading, as a file",
    "admin:phi_healthrecord_accesses": "a reading, as a file",
    "admin:password_change": "one's own password",
    "admin:operations_notification_changelist": "one's own messages, marked as read",
    "admin:operations_notification_read": "one's own message, marked as read",
    "admin:phi_access_export": "a reading, as a file",
    "admin:operations_job_report": "a report is a reading; its job is one's own",
    "admin:audit_checkpoint_seal_now": "what happens every few seconds anyway: the log commits to"
    " what it holds, and nothing recorded changes",
}
# What may be done in the audit app's admin by a request that writes; all else there is refused.
ACTS_ON_AUDIT = {
    "admin:audit_accessreview_sign_off": "adds who reviewed an access; events are untouched",
    "admin:audit_checkpoint_seal_now": OWN_ACTS["admin:audit_checkpoint_seal_now"],
}


def test_no_role_may_add_change_or_delete_in_the_log() -> None:
    declared = {each for each in roles.declared_permissions() if each.startswith("audit.")}
    assert declared
    for role in roles.ROLES.values():
        held = {each for each in declared if roles.allows(role, each)}
        edits = {each for each in held if not each.startswith("audit.view_")}
        assert edits <= {"audit.sign_off_access"}, (role.title, edits)


def test_nobody_edits_the_log(cast: Cast) -> None:
    """Not even somebody who has every role."""
    everything = verified_client(cast.world.people["everything"], raise_request_exception=False)
    caller = Caller("everything", everything, "everything")
    tried, wrong = 0, []
    for row in ROWS:
        route = ROUTES[row.route]
        if not route.pattern.startswith("admin/audit/") or row.route in ACTS_ON_AUDIT:
            continue
        before = written()
        status = caller.send(route, row, "POST", cast.world.ids, cast.world).status_code
        tried += 1
        if status not in {403, 405} or changed_since(before):
            wrong.append(f"{row.id}: {status}")
    assert not wrong
    assert tried >= 20


def test_the_api_adds_to_the_log_and_no_more() -> None:
    for row in ROWS:
        route = ROUTES[row.route]
        if route.pattern.startswith("api/v1/audit/"):
            assert not row.uses.keys() & {"PUT", "PATCH", "DELETE"}
            assert "POST" not in row.uses or row.route == "audit-events"


def test_an_auditor_edits_nothing(cast: Cast) -> None:
    """In the admin and by the API, whatever the table says that others may."""
    token = next(each for each in cast.people if each.role == roles.AUDITOR)
    tried, wrong = 0, []
    for row in ROWS:
        route = ROUTES[row.route]
        if row.route in OWN_ACTS:
            continue
        caller = token if route.is_api else cast.page(roles.AUDITOR)
        before = written()
        for method in UNSAFE:
            status = caller.send(route, row, method, cast.world.ids, cast.world).status_code
            tried += 1
            if status not in {403, 404, 405}:
                wrong.append(f"{method} {row.id}: {status}")
        if tables := changed_since(before):
            wrong.append(f"{row.id} wrote to {sorted(tables)}")
    assert not wrong
    assert tried > 4 * 200


def test_each_allowed_act_is_one_that_is_there(cast: Cast) -> None:
    """A reason for a route that refuses an auditor, or that is gone, is no reason."""
    token = next(each for each in cast.people if each.role == roles.AUDITOR)
    assert {*OWN_ACTS, *ACTS_ON_AUDIT} <= ROUTES.keys()
    for row in ROWS:
        if row.route in OWN_ACTS:
            route = ROUTES[row.route]
            caller = token if route.is_api else cast.page(roles.AUDITOR)
            with undone():
                answer = caller.send(route, row, "POST", cast.world.ids, cast.world)
            # Another's message is not there.
            there = answer.status_code not in {403, 405}
            assert there, row.id
