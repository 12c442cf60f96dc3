from accounts.models.applications import ApiKey, VoiceApplication
from accounts.models.devices import RecoveryCode, RecoveryCodeDevice, TotpDevice
from accounts.models.people import User
from accounts.models.sessions import AdminSession
from accounts.models.tokens import SessionToken

__all__ = (
    "AdminSession",
    "ApiKey",
    "RecoveryCode",
    "RecoveryCodeDevice",
    "SessionToken",
    "TotpDevice",
    "User",
    "VoiceApplication",
)
