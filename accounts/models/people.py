"""The organisation's own people: who may look after callers' data."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

from core.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Iterable


class UserManager(BaseUserManager["User"]):
    """Look-ups by name: without regard to case, in Unicode's compatibility form (NFKC)."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this name. Raises User.DoesNotExist."""
        folded = unicodedata.normalize("NFKC", username or "")
        # Folded by the database on both sides, so that it agrees with the unique index.
        return self.alias(folded=Lower("username")).get(folded=Lower(models.Value(folded)))


class User(AbstractBaseUser):
    """Evidence of who a person is to this system: one row a person, for good.

    Unique user identification (45 CFR 164.312(a)(2)(i)). Rows are deactivated and never
    deleted, so that an id in the audit log always means the same person. A permission comes
    from a role alone: there is no superuser, and no permission given to one person.
    """

    class Standing(models.TextChoices):
        ACTIVE = "active", "Active"
        INVITED = "invited", "Invited"
        SUSPENDED = "suspended", "Suspended"
        LEFT = "left", "Left"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(
        max_length=150,
        # Django asks for this beside the constraint below, which is the stricter.
        unique=True,
        error_messages={"unique": "There is a person with this name already."},
        validators=[ASCIIUsernameValidator()],
        help_text="Letters a to z, digits and @ . + - _; case does not matter.",
    )
    name = models.CharField(
        max_length=150, blank=True, help_text="The name that colleagues see, if another."
    )
    is_active = models.BooleanField(
        "active", default=True, help_text="May sign in at all: set by suspending and restoring."
    )
    is_staff = models.BooleanField("admin", default=True, help_text="May open the admin.")
    groups = models.ManyToManyField(
        Group, verbose_name="roles", blank=True, related_name="people", related_query_name="people"
    )
    session_epoch = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Raised to end every session and token of the person.",
    )
    decider_since = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the person first could agree to what others ask for; never cleared.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(
        "left", null=True, blank=True, editable=False, help_text="When they left for good."
    )

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["username"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_name_unique",
                violation_error_message="There is a person with this name already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(username=""), name="accounts_user_name_given"
            ),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(is_active=False),
                name="accounts_user_left_is_inactive",
                violation_error_message="Who has left is not active.",
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def title(self) -> str:
        """What colleagues see: the name, else the user name."""
        return self.name or self.username

    @property
    def standing(self) -> User.Standing:
        """Active; invited and without a password of their own yet; suspended; or gone."""
        if self.left_at is not None:
            return self.Standing.LEFT
        if self.is_active:
            return self.Standing.ACTIVE
        return self.Standing.SUSPENDED if self.has_usable_password() else self.Standing.INVITED

    @property
    def full_title(self) -> str:
        """The name with the user name, which alone is one person's."""
        return f"{self.name} ({self.username})" if self.name else self.username

    def get_short_name(self) -> str:
        return self.title

    @cached_property
    def role_codes(self) -> tuple[str, ...]:
        """The person's roles, in the order of ``accounts.roles.ROLES``."""
        from accounts.roles import ROLES

        held = set(self.groups.values_list("name", flat=True))
        return tuple(code for code in ROLES if code in held)

    @cached_property
    def _permissions(self) -> frozenset[str]:
        rows = Permission.objects.filter(group__people=self).values_list(
            "content_type__app_label", "codename"
        )
        return frozenset(f"{label}.{codename}" for label, codename in rows.order_by())

    def get_all_permissions(self, obj: Any = None) -> frozenset[str]:
        """What the person's roles allow, as ``app.codename``; nothing while not active."""
        return self._permissions if self.is_active else frozenset()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions()

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.partition(".")[0] == app_label for perm in self.get_all_permissions())

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's, with the epoch: a change of role or factor ends sessions as a password's does.
        return salted_hmac(
            "accounts.User.session",
            f"{self.session_epoch}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def get_session_auth_hash(self) -> str:
        return self._get_session_auth_hash()
