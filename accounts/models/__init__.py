# isort: off
from accounts.models.people import User  # The library of passkeys asks for it as it is imported.

# isort: on
from accounts.models.applications import ApiKey, VoiceApplication
from accounts.models.attempts import AttemptTally
from accounts.models.devices import RecoveryCode, RecoveryCodeDevice, TotpDevice
from accounts.models.invitations import Invitation
from accounts.models.passkeys import Passkey, PasskeyChallenge
from accounts.models.sessions import AdminSession
from accounts.models.tokens import SessionToken

__all__ = (
    "AdminSession",
    "ApiKey",
    "AttemptTally",
    "Invitation",
    "Passkey",
    "PasskeyChallenge",
    "RecoveryCode",
    "RecoveryCodeDevice",
    "SessionToken",
    "TotpDevice",
    "User",
    "VoiceApplication",
)
