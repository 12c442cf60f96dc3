"""The forms of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from unfold.widgets import BASE_INPUT_CLASSES

from accounts import otp
from accounts.services.invitations import LONGEST_LINK
from accounts.services.passkeys import LONGEST_NAME

_INPUT = " ".join(BASE_INPUT_CLASSES)
_ERROR_ID = "form-error"
LONGEST_ANSWER = 20_000
"""Letters of a browser's answer for a passkey; real ones have under two thousand."""


class SignInStep(forms.Form):
    """A step's form. ``refuse`` adds an error that names no field, tied to every input."""

    def refuse(self, message: str) -> None:
        if not self.is_bound:
            self._errors, self.cleaned_data = ErrorDict(), {}
        self.add_error(None, message)
        for field in self.fields.values():
            field.widget.attrs.update({"aria-invalid": "true", "aria-describedby": _ERROR_ID})

    def ask_to_wait(self, seconds: int) -> None:
        """Refuse, because the network has sent too many tries."""
        self.refuse(f"Too many tries from your network. Try again in {seconds} s.")


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


class WelcomeForm(SignInStep):
    """A link of invitation, and the password that its holder chooses."""

    link = forms.CharField(
        label="Your link",
        max_length=LONGEST_LINK,
        help_text="The whole link that you were given, or what stands behind its #.",
        widget=forms.TextInput(
            attrs={
                "class": _INPUT,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "data-link": "",
            }
        ),
    )
    password = forms.CharField(
        max_length=1024,
        strip=False,
        help_text="At least 15 characters: several words that nobody else would put together do"
        " well. Known, repeated and obvious ones are refused.",
        widget=forms.PasswordInput(attrs={"class": _INPUT, "autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The password again",
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": _INPUT, "autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if not self.errors and data["password"] != data["again"]:
            self.add_error("again", "The two are not the same.")
        return data


class CodeForm(SignInStep):
    """A code, or what the browser answers for a passkey in its place."""

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

    passkey = forms.CharField(
        max_length=LONGEST_ANSWER, required=False, widget=forms.HiddenInput(attrs={"id": ""})
    )

    def __init__(self, *args: Any, recovery: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recovery = recovery
        self.fields["code"].required = not self.data.get(self.add_prefix("passkey"))
        self.fields["code"].help_text = (
            "Six digits from your authenticator app, or one of your recovery codes."
            if recovery
            else "The six digits that your authenticator app shows now."
        )
        if not recovery:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        """Raises ValidationError for a recovery code where only an app's will do: it is not used
        up by that."""
        code: str = self.cleaned_data["code"]
        if not self.recovery and otp.recovery_shaped(code):
            raise forms.ValidationError("This takes a code of your app, not a recovery code.")
        return code


class PasskeyAnswerForm(forms.Form):
    """What the browser answers for a passkey."""

    passkey = forms.CharField(max_length=LONGEST_ANSWER)


class PasskeyNameForm(SignInStep):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        help_text="What you will know it by: the device or password manager that keeps it.",
        widget=forms.TextInput(attrs={"class": _INPUT, "autocomplete": "off"}),
    )


class PasskeyForm(PasskeyNameForm):
    """A new passkey: its name, and what the browser answers."""

    passkey = forms.CharField(
        max_length=LONGEST_ANSWER,
        widget=forms.HiddenInput(attrs={"id": ""}),
        error_messages={"required": "The browser made no passkey."},
    )
