"""Routes beside the models' admin: the process, signing in, and what is one's own."""

from __future__ import annotations

from accounts import roles
from tests.access.rows import (
    ADMINISTRATOR,
    AUDITOR,
    CARE,
    DPO,
    NOBODY,
    OFFICER,
    SECURITY,
    STAFF,
    Use,
    by,
    row,
)

PEOPLE = OFFICER | DPO | SECURITY | AUDITOR | ADMINISTRATOR
# To see the page of an app is to have at least one of its models to see.
APPS = {
    "audit": OFFICER | DPO | SECURITY | AUDITOR,
    "vault": OFFICER | DPO | SECURITY | AUDITOR,
    "accounts": OFFICER | DPO | SECURITY | AUDITOR | ADMINISTRATOR,
    "operations": OFFICER | DPO | SECURITY | AUDITOR | ADMINISTRATOR,
    "retention": OFFICER | DPO | AUDITOR,
    "consent": OFFICER | DPO | AUDITOR | CARE,
    "phi": OFFICER | DPO | SECURITY | AUDITOR | CARE,
    "aiethics": OFFICER | DPO | AUDITOR,
}

NOT_SHOWN = by(NOBODY, refused=405, anonymous=405)

ROWS = [
    # The process ------------------------------------------------------------------------------
    row("home", open=True, GET=Use(answer=302)),
    row("healthz", open=True, GET=Use()),
    row("readyz", open=True, GET=Use()),
    # With a token of its own, which none of these callers has: not there.
    row("metrics", open=True, GET=Use(answer=404)),
    # Signing in and out -----------------------------------------------------------------------
    row(
        "admin:login",
        GET=by(STAFF, 302, anonymous=200),
        HEAD=by(STAFF, anonymous=200),
        POST=by(STAFF, anonymous=200),
    ),
    row("admin:verify", GET=by(STAFF, 302), POST=by(STAFF, 302)),
    row("admin:enrol", GET=by(STAFF, 302), POST=by(STAFF, 302)),
    row("admin:welcome", GET=by(STAFF, anonymous=200), POST=by(STAFF, anonymous=200)),
    # Options to sign in are for anybody; to register, for who has just proved a factor.
    row(
        "admin:passkey_options",
        GET=NOT_SHOWN,
        POST=by(STAFF, anonymous=200, form={"ceremony": "sign_in"}),
        case="to sign in",
    ),
    row(
        "admin:passkey_options",
        GET=NOT_SHOWN,
        POST=by(STAFF, anonymous=403, form={"ceremony": "registration"}),
        case="to register",
    ),
    row("admin:logout", POST=by(STAFF, anonymous=302)),
    # One's own --------------------------------------------------------------------------------
    row("admin:recovery_codes", GET=by(STAFF), POST=by(STAFF)),
    row("admin:second_factors", GET=by(STAFF), POST=by(STAFF)),
    row("admin:passkey_add", GET=by(STAFF, 302), POST=by(STAFF)),
    *(
        row(
            f"admin:{name}",
            of="accounts.passkey",
            owner=roles.COMPLIANCE_OFFICER,
            GET=by(STAFF),
            POST=by(STAFF, answer),
        )
        for name, answer in (("passkey_rename", 200), ("passkey_remove", 302))
    ),
    # They have an app already, and nothing waits to be confirmed.
    row("admin:app_add", GET=by(STAFF, 302), POST=by(STAFF, 302)),
    row("admin:app_start", POST=by(STAFF, 302)),
    row("admin:app_remove", GET=by(STAFF), POST=by(STAFF, 302)),
    row("admin:sessions", GET=by(STAFF), POST=by(STAFF, 302, form={"others": "yes"})),
    row("admin:password_change", GET=by(STAFF), POST=by(STAFF)),
    row("admin:password_change_done", GET=by(STAFF)),
    # Who sees people sees what they may do.
    row("admin:roles", GET=by(PEOPLE)),
    row("admin:roles_csv", POST=by(PEOPLE)),
    # The site ---------------------------------------------------------------------------------
    row("admin:index", GET=by(STAFF)),
    row("admin:search", GET=by(STAFF, query={"s": "call"})),
    row("admin:jsi18n", GET=by(STAFF)),
    # Shut: it would look people up unseen.
    row("admin:autocomplete", GET=by(NOBODY, refused=404)),
    # No object here has a page outside the admin.
    row(
        "admin:view_on_site",
        values={"content_type_id": "1", "object_id": "1"},
        GET=by(NOBODY, refused=404),
    ),
    row("admin/(?P<url>.*)$", values={"url": "nothing/"}, GET=by(NOBODY, refused=404)),
    *(row(f"admin:app_list/{label}", GET=by(who, refused=404)) for label, who in APPS.items()),
]
