"""Accounts are the organisation's own people and systems: no callers' data."""

from django_otp_webauthn.models import (
    WebAuthnAttestation,
    WebAuthnCredential,
    WebAuthnUserHandle,
)

from accounts.models import (
    AdminSession,
    ApiKey,
    AttemptTally,
    Invitation,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    RecoveryCodeDevice,
    SessionToken,
    TotpDevice,
    User,
    VoiceApplication,
)
from core import inventory

inventory.exempt(
    User,
    reason="Staff, not callers: kept as long as audit events name them, because accountability"
    " (GDPR art. 5(2), 45 CFR 164.312(a)(2)(i)) needs an id to mean one person for good.",
)
inventory.exempt(User.groups.through, reason="Which member of staff has which role.")
inventory.exempt(TotpDevice, reason="A staff member's second factor, ended by a reset.")
inventory.exempt(Passkey, reason="The public key of a staff member's second factor.")
inventory.exempt(PasskeyChallenge, reason="Random bytes that wait five minutes for an answer.")
for _unused in (WebAuthnCredential, WebAuthnAttestation, WebAuthnUserHandle):
    inventory.exempt(_unused, reason="The library's own table; Passkey is used in its place.")
inventory.exempt(RecoveryCodeDevice, reason="A staff member's recovery codes, ended by a reset.")
inventory.exempt(RecoveryCode, reason="Hashes of a staff member's recovery codes.")
inventory.exempt(
    SessionToken, reason="Staff sessions with the API; deleted 30 days after their end."
)
inventory.exempt(
    AdminSession, reason="Staff sessions with the admin; deleted 30 days after their end."
)
inventory.exempt(
    AttemptTally,
    reason="Keyed hashes and counts: an account's is forgotten when somebody signs in, others are"
    " deleted after 30 days.",
)
inventory.exempt(
    Invitation, reason="Who asked a member of staff in and when; of the link only a hash."
)
inventory.exempt(VoiceApplication, reason="Names of systems, not of people.")
inventory.exempt(ApiKey, reason="Hashed credentials of systems.")
