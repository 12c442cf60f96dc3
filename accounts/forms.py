"""The forms of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import BASE_INPUT_CLASSES

_INPUT = " ".join(BASE_INPUT_CLASSES)
_ERROR_ID = "form-error"


class SignInStep(forms.Form):
    """A step's form. ``refuse`` adds an error that names no field, tied to every input."""

    def refuse(self, message: str) -> None:
        self.add_error(None, message)
        for field in self.fields.values():
            field.widget.attrs.update({"aria-invalid": "true", "aria-describedby": _ERROR_ID})


class PasswordForm(SignInStep):
    username = forms.CharField(
        label="User name",
        max_length=150,
        strip=False,
        widget=forms.TextInput(
            attrs={
                "class": _INPUT,
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": "",
            }
        ),
    )
    password = forms.CharField(
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": _INPUT, "autocomplete": "current-password"}),
    )


class CodeForm(SignInStep):
    code = forms.CharField(
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "class": _INPUT,
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": "",
            }
        ),
    )

    def __init__(self, *args: Any, recovery: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = (
            "Six digits from your authenticator app, or one of your recovery codes."
            if recovery
            else "The six digits that your authenticator app shows now."
        )
        if not recovery:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"
