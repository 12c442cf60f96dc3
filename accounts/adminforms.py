"""The admin's forms for people and keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User, VoiceApplication
from accounts.roles import ROLES, titles_of
from accounts.scopes import SCOPES
from accounts.services.applications import KEY_DAYS, MAX_KEY_DAYS, MAX_OVERLAP, OVERLAP
from accounts.services.rights import waits_for_another
from accounts.services.standing import LONGEST_REASON
from core.actors import Actor


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's name, rights and roles. Of their own account, people change the name alone.

    ``waiting`` holds, once clean, the roles that another person has to agree to.
    """

    actor: ClassVar[Actor]
    waiting: frozenset[str] = frozenset()

    roles = forms.MultipleChoiceField(
        choices=[(code, role.title) for code, role in ROLES.items()],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="A role that manages people or decides on what others ask for is given when"
        " another person agrees.",
    )
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextInputWidget,
        help_text="Why the person gets the role, for who has to agree; else leave it empty.",
    )

    class Meta:
        model = User
        fields = ("username", "name", "is_staff")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            return
        self.initial["roles"] = list(self.instance.role_codes)
        if str(self.instance.pk) == self.actor.id:
            for name in ("roles", "is_staff"):
                # What a disabled field is sent does not count.
                if name in self.fields:
                    self.fields[name].disabled = True
                    self.fields[name].help_text = "Nobody may change their own."

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        held = () if self.instance._state.adding else self.instance.role_codes
        gained = set(data.get("roles", ())) - set(held)
        self.waiting = waits_for_another(self.actor, gained)
        if self.waiting and not data.get("reason", "").strip():
            titles = titles_of(code for code in ROLES if code in self.waiting)
            self.add_error("reason", f"Say why, for who has to agree to it: {titles}.")
        return data


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=LONGEST_REASON, widget=UnfoldAdminTextInputWidget)


class OffBoardForm(forms.Form):
    """Who takes over."""

    successor = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Becomes the one who asks, waits and is told, in the place of who leaves.",
    )

    def __init__(self, *args: Any, leaver: User, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["successor"]
        field.queryset = User.objects.filter(is_active=True).exclude(pk=leaver.pk)
        field.label_from_instance = lambda person: person.full_title
        field.required = needed
        field.error_messages["required"] = "Name a successor for the open work."

    def candidates(self) -> list[User]:
        """Who may be named."""
        field: Any = self.fields["successor"]
        return list(field.queryset)


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
