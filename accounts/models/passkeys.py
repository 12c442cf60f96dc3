"""Second factors that cannot be phished: passkeys, by Web Authentication (W3C WebAuthn Level 3)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_otp_webauthn.models import AbstractWebAuthnCredential

from accounts.models.devices import Factor
from core.ids import uuid7


class Passkey(AbstractWebAuthnCredential):
    """Evidence that a person holds the private key of a credential, and how it was last used.

    The row holds a public key and opens nothing by itself. A credential belongs to one person:
    the hash of its id is unique over all rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    persistent_id = Factor.persistent_id

    class Meta:
        verbose_name = "passkey"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="accounts_passkey_name_unique",
                violation_error_message="You have a passkey of this name already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""), name="accounts_passkey_name_given"
            ),
        ]

    def __str__(self) -> str:
        return f"passkey {self.pk}"


class PasskeyChallenge(models.Model):
    """A random challenge put to one session and not answered yet.

    The session names the row; whoever answers takes it away, right or wrong, so that of two
    answers at once one finds it (WebAuthn 13.4.3: never reused). What nobody answers is
    deleted within the hour after its end.
    """

    class Ceremony(models.TextChoices):
        REGISTRATION = "registration", "Registration"
        AUTHENTICATION = "authentication", "Authentication"
        SIGN_IN = "sign_in", "Authentication of somebody who has not been named"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True
    )
    ceremony = models.CharField(max_length=16, choices=Ceremony)
    challenge = models.CharField(max_length=128, help_text="64 random bytes, in base64url.")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ceremony__in=["registration", "authentication", "sign_in"]),
                name="accounts_challenge_ceremony_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ceremony="sign_in", user=None)
                | (~models.Q(ceremony="sign_in") & models.Q(user__isnull=False)),
                name="accounts_challenge_whose",
            ),
        ]

    def __str__(self) -> str:
        return f"passkey challenge {self.pk}"
