"""What is done to accounts: one verb, one function, one transaction, one audit event."""

from accounts.services.applications import (
    change_application,
    create_api_key,
    create_application,
    note_use,
    revoke_api_key,
    rotate_api_key,
)
from accounts.services.attempts import delete_old_tallies
from accounts.services.factors import (
    add_app,
    confirm_enrolment,
    remove_app,
    renew_recovery_codes,
    reset_factor,
    start_app,
    start_enrolment,
    use_code,
)
from accounts.services.invitations import (
    accept_invitation,
    invite_person,
    renew_invitation,
    withdraw_invitation,
)
from accounts.services.passkeys import (
    add_passkey,
    delete_expired_challenges,
    enrol_passkey,
    put_challenge,
    remove_passkey,
    rename_passkey,
    use_passkey,
    use_passkey_alone,
)
from accounts.services.people import (
    change_person,
    create_first_officer,
    create_person,
    new_password,
    set_password,
)
from accounts.services.rights import give_roles
from accounts.services.sessions import (
    delete_ended_sessions,
    end_admin_session,
    end_others,
    end_stale_sessions,
    note_proof,
    start_admin_session,
)
from accounts.services.standing import off_board_person, restore_person, suspend_person
from accounts.services.tokens import (
    check_own_password,
    check_password,
    delete_expired_tokens,
    issue_session_token,
    prove_token_again,
    revoke_session_token,
)

__all__ = (
    "accept_invitation",
    "add_app",
    "add_passkey",
    "change_application",
    "change_person",
    "check_own_password",
    "check_password",
    "confirm_enrolment",
    "create_api_key",
    "create_application",
    "create_first_officer",
    "create_person",
    "delete_ended_sessions",
    "delete_expired_challenges",
    "delete_expired_tokens",
    "delete_old_tallies",
    "end_admin_session",
    "end_others",
    "end_stale_sessions",
    "enrol_passkey",
    "give_roles",
    "invite_person",
    "issue_session_token",
    "new_password",
    "note_proof",
    "note_use",
    "off_board_person",
    "prove_token_again",
    "put_challenge",
    "remove_app",
    "remove_passkey",
    "rename_passkey",
    "renew_invitation",
    "renew_recovery_codes",
    "reset_factor",
    "restore_person",
    "revoke_api_key",
    "revoke_session_token",
    "rotate_api_key",
    "set_password",
    "start_admin_session",
    "start_app",
    "start_enrolment",
    "suspend_person",
    "use_code",
    "use_passkey",
    "use_passkey_alone",
    "withdraw_invitation",
)
