"""Declarations for the libraries' models."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from core import inventory

inventory.exempt(LogEntry, reason="Never written: every admin act is an audit event instead.")
inventory.exempt(Group, reason="Names of roles.")
inventory.exempt(Permission, reason="Names of permissions.")
inventory.exempt(Group.permissions.through, reason="Which role has which permission.")
inventory.exempt(ContentType, reason="Names of models.")
inventory.exempt(
    Session, reason="Sign-in state of staff; ends by itself an hour after the longest session."
)
