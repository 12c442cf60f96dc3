"""Web Authentication by django-otp-webauthn, with this system's rules: the user is verified, no
attestation is kept, and what is refused is refused with a reason for the log."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django_otp_webauthn.exceptions import (
    CredentialNotFound,
    CredentialUserMismatch,
    OTPWebAuthnApiError,
)
from django_otp_webauthn.helpers import WebAuthnHelper
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_authenticator_data,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import Passkey, User

LONGEST_ID = 1023
"""Bytes of a credential's id at most (WebAuthn Level 3, 7.1 step 25)."""
LOCAL = "localhost"

# What the library's parts raise for an answer that does not hold; beside its own errors those of
# JSON and CBOR of another shape than it looks for.
_NOT_GOOD = (
    OTPWebAuthnApiError,
    WebAuthnException,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)


class Refused(Exception):
    """An authenticator's answer that does not hold. ``reason`` is a word for the audit log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Ceremony(WebAuthnHelper):  # type: ignore[misc]
    """Registration and authentication for one request, which came from ``origin``.

    ``origin`` counts where the relying party is localhost alone, whose port may be any;
    elsewhere only the origins of PASSKEY_ORIGINS do.
    """

    def __init__(self, origin: str = "") -> None:
        super().__init__(request=None)
        self.origin = origin
        self.name = ""

    def get_allowed_origins(self) -> list[str]:
        allowed = list(settings.OTP_WEBAUTHN_ALLOWED_ORIGINS)
        if self.get_relying_party_domain() == LOCAL and _is_local(self.origin):
            allowed.append(self.origin)
        return allowed

    def get_user_entity(self, user: User) -> PublicKeyCredentialUserEntity:
        # The id of the row is random enough and says nothing (WebAuthn 14.6.1).
        return PublicKeyCredentialUserEntity(
            id=user.pk.bytes, name=user.get_username(), display_name=user.title
        )

    def get_discoverable_credentials_preference(self) -> ResidentKeyRequirement:
        # So that each passkey opens by itself, whatever strangers do with names and passwords.
        return ResidentKeyRequirement.REQUIRED

    def get_generate_registration_options_kwargs(self, *, user: User) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_generate_registration_options_kwargs(user=user)
        kwargs["authenticator_selection"].user_verification = UserVerificationRequirement.REQUIRED
        return kwargs

    def create_credential(self, user: User, response: Any, *args: Any) -> Passkey:
        if len(response.credential_id) > LONGEST_ID:
            raise Refused("too_long")
        # Unique in the database too; asked first for a sentence in place of a fault.
        sha256 = Passkey.get_credential_id_sha256(response.credential_id)
        if Passkey.objects.filter(credential_id_sha256=sha256).exists():
            raise Refused("known")
        passkey: Passkey = super().create_credential(user, response, *args)
        passkey.name = self.name
        return passkey

    def create_attestation(self, *args: Any) -> None:
        """None is asked for, so none is kept: it would tell one device from all others."""

    def registration(self, user: User) -> tuple[dict[str, Any], str]:
        """What ``navigator.credentials.create`` takes, and the challenge in it."""
        options, state = self.register_begin(user)
        return options, state["challenge"]

    def authentication(self, user: User | None) -> tuple[dict[str, Any], str]:
        """What ``navigator.credentials.get`` takes, and the challenge in it."""
        options, state = self.authenticate_begin(user, require_user_verification=True)
        return options, state["challenge"]

    def register(self, user: User, *, challenge: str, answer: str, name: str) -> Passkey:
        """The new passkey, saved. Raises Refused."""
        self.name = name
        try:
            with transaction.atomic():
                state = _state(challenge)
                passkey: Passkey = self.register_complete(user, state, _read(answer))
        except IntegrityError:
            raise Refused("known") from None
        except _NOT_GOOD as error:
            raise Refused("answer") from error
        return passkey

    @staticmethod
    def owner_of(answer: str) -> User:
        """Whose passkey answers where nobody was named (WebAuthn 7.2, step 6): the credential's
        owner, and the user handle must say so too. Raises Refused."""
        try:
            parsed = parse_authentication_credential_json(_read(answer))
            passkey = Passkey.get_by_credential_id(parsed.raw_id)
        except Passkey.DoesNotExist:
            raise Refused("unknown") from None
        except _NOT_GOOD as error:
            raise Refused("answer") from error
        user: User = passkey.user
        if parsed.response.user_handle != user.pk.bytes:
            raise Refused("handle")
        return user

    def authenticate(self, user: User, *, challenge: str, answer: str) -> Passkey:
        """The passkey that the answer proves, its counter moved on. Raises Refused.

        The person's passkeys must be locked: of two answers with one counter one is right.
        """
        try:
            passkey: Passkey = self.authenticate_complete(user, _state(challenge), _read(answer))
        except CredentialNotFound:
            raise Refused("unknown") from None
        except CredentialUserMismatch:
            raise Refused("another_person") from None
        except _NOT_GOOD as error:
            raise Refused("counter" if _went_back(answer) else "answer") from error
        if not passkey.confirmed:
            raise Refused("unknown")
        return passkey


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "require_user_verification": True}


def _read(answer: str) -> dict[str, Any]:
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("an answer is an object")
    return read


def _is_local(origin: str) -> bool:
    return origin == f"http://{LOCAL}" or origin.startswith(f"http://{LOCAL}:")


def _went_back(answer: str) -> bool:
    """Whether a refused answer's counter is one that was seen before (WebAuthn 7.2 step 22: a
    copy of the authenticator may be about). Said by the library in words alone."""
    try:
        parsed = parse_authentication_credential_json(answer)
        passkey = Passkey.get_by_credential_id(parsed.raw_id)
        told = parse_authenticator_data(parsed.response.authenticator_data).sign_count
    except (*_NOT_GOOD, Passkey.DoesNotExist):
        return False
    return bool((told or passkey.sign_count) and told <= passkey.sign_count)
