"""Second factors: an authenticator app, and recovery codes for when it is lost."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device, TimestampMixin

from accounts import otp
from core.fields import EncryptedTextField
from core.ids import uuid7


class Factor(TimestampMixin, Device):
    """What both kinds of code share: a UUID. How often one may be tried is
    ``services.attempts``' to say, before the row is looked at.

    ``verify_token`` must be called on a row that was read with ``select_for_update``: two uses
    of one code at once would both be right otherwise.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def persistent_id(self) -> str:
        """django-otp reads the part after the slash with int(); a UUID field takes one back."""
        return f"{self.model_label()}/{self.pk.int}"


class TotpDevice(Factor):
    """Evidence that a person holds an authenticator app whose secret was shown to them once.

    Unlike django-otp's own, the secret is encrypted and a code is good for its own 30 s step.
    """

    secret = EncryptedTextField(context="accounts.TotpDevice.secret", default=otp.new_secret)
    last_step = models.BigIntegerField(
        default=-1, help_text="The last time step whose code was used; only later ones count."
    )

    ENROLMENT = timedelta(minutes=10)
    """How long a secret that was shown waits for its first code."""

    class Meta:
        verbose_name = "authenticator app"
        default_permissions = ()
        constraints = [
            # One app a person: a stolen session cannot add a second one beside it.
            models.UniqueConstraint(fields=["user"], name="accounts_totp_one_a_person"),
        ]

    def verify_token(self, token: str) -> bool:
        """Use ``token`` up where it is right."""
        code = otp.totp_shaped(token) or ""
        step = otp.matching_step(self.secret, code, time.time(), after=self.last_step)
        if step is None:
            return False
        self.last_step = step
        self.set_last_used_timestamp(commit=False)
        self.save(update_fields=["last_step", "last_used_at"])
        return True

    def waits(self, now: datetime) -> bool:
        """Whether the first code may still come at ``now``."""
        return not self.confirmed and self.created_at + self.ENROLMENT >= now

    @property
    def config_url(self) -> str:
        """What the QR code says (Key URI Format): issuer, user name and secret."""
        issuer = settings.OTP_TOTP_ISSUER
        label = quote(f"{issuer}:{self.user.get_username()}")
        query = urlencode(
            {
                "secret": self.secret,
                "issuer": issuer,
                "algorithm": "SHA1",
                "digits": otp.DIGITS,
                "period": otp.STEP_SECONDS,
            },
            quote_via=quote,
        )
        return f"otpauth://totp/{label}?{query}"

    @property
    def spoken_secret(self) -> str:
        """The secret in groups of four, for typing."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


class RecoveryCodeDevice(Factor):
    """Evidence that a person was given recovery codes; the codes are rows of their own."""

    class Meta:
        verbose_name = "set of recovery codes"
        verbose_name_plural = "sets of recovery codes"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user"], name="accounts_recovery_one_a_person"),
        ]

    def verify_token(self, token: str) -> bool:
        """Use ``token`` up where it is one of the unused codes."""
        code_hash = otp.recovery_hash(otp.recovery_shaped(token) or "")
        used = self.codes.filter(code_hash=code_hash, used_at=None).update(used_at=timezone.now())
        if used:
            self.set_last_used_timestamp(commit=False)
            self.save(update_fields=["last_used_at"])
        return bool(used)

    @property
    def left(self) -> int:
        """How many codes have not been used."""
        return self.codes.filter(used_at=None).count()


class RecoveryCode(models.Model):
    """Evidence of one single-use recovery code, by its hash, and of when it was used."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.ForeignKey(RecoveryCodeDevice, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["device", "code_hash"], name="accounts_recovery_code_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"
