"""The admin's forms for people and keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
)

from accounts.models import User, VoiceApplication
from accounts.roles import ROLES
from accounts.scopes import SCOPES
from accounts.services.applications import KEY_DAYS, MAX_KEY_DAYS, MAX_OVERLAP, OVERLAP


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's name, rights and roles. Of their own account, people change the name alone."""

    own_id: ClassVar[UUID | None] = None

    roles = forms.MultipleChoiceField(
        choices=[(code, role.title) for code, role in ROLES.items()],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = User
        fields = ("username", "name", "is_active", "is_staff")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            return
        self.initial["roles"] = list(self.instance.role_codes)
        if self.instance.pk == self.own_id:
            for name in ("roles", "is_active", "is_staff"):
                # What a disabled field is sent does not count.
                if name in self.fields:
                    self.fields[name].disabled = True
                    self.fields[name].help_text = "Nobody may change their own."


class ApiKeyForm(forms.Form):
    """What a new key is for."""

    application = forms.ModelChoiceField(
        VoiceApplication.objects.filter(is_active=True), widget=UnfoldAdminSelectWidget
    )
    scopes = forms.MultipleChoiceField(
        choices=[(code, f"{code}: {what}") for code, what in SCOPES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="No more than the application needs.",
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MAX_KEY_DAYS,
        initial=KEY_DAYS,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=f"How long the key is good: 1 to {MAX_KEY_DAYS} days.",
    )


_HOUR = timedelta(hours=1)


class RotateForm(forms.Form):
    """For how long both keys work."""

    overlap = forms.IntegerField(
        label="Hours for the change",
        min_value=0,
        max_value=MAX_OVERLAP // _HOUR,
        initial=OVERLAP // _HOUR,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=f"The old key works for so long beside the new one: 0 to {MAX_OVERLAP // _HOUR}."
        " 0 where it may be in wrong hands.",
    )

    def clean_overlap(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["overlap"])
