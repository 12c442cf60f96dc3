"""The admin's forms for notices and places, and the field for a language."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from consent.models import DataSubject, Jurisdiction, Notice
from consent.serializers import LANGUAGE, listed_regions


class LanguageField(forms.RegexField):
    """A language tag as the API takes it: what no call can name would never be read out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            LANGUAGE,
            max_length=16,
            widget=UnfoldAdminTextInputWidget,
            help_text="BCP 47, such as en or es-MX.",
            error_messages={"invalid": "Must be a language tag of BCP 47, such as en or es-MX."},
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        # Calls are matched to the primary subtag in lower case.
        primary, dash, rest = (super().to_python(value) or "").partition("-")
        return primary.lower() + dash + rest


class SubjectField(forms.CharField):
    """One person, named exactly as the search of data subjects takes it. Whose form it is notes
    the look: who gives an identifier learns whose it is."""

    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=254,
            help_text="The person's exact phone number, e-mail address, patient id or external id,"
            " or our id.",
            **kwargs,
        )

    def clean(self, value: Any) -> DataSubject:
        """The person, as its id alone. Raises ValidationError where nobody or several are known
        by ``value``."""
        term: str = super().clean(value)
        found = list(DataSubject.objects.identified().matching(term).only("id")[:2])
        if not found:
            raise forms.ValidationError(
                "There is no such data subject: it must be given in full, and be known here."
            )
        if len(found) > 1:
            raise forms.ValidationError(
                "Several people are known by that: give a patient id or our id."
            )
        return found[0]


class NoticeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft's words; the version counts up by itself."""

    language = LanguageField()

    class Meta:
        model = Notice
        fields = ("purpose", "language", "text")


class JurisdictionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a place's row shall say, and why: another person decides."""

    reason = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Shown to the person who decides.",
    )

    class Meta:
        model = Jurisdiction
        fields = ("code", "title", "all_party_recording", "source", "confidence", "note")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code not in listed_regions():
            raise forms.ValidationError("Is no code of ISO 3166-1 or ISO 3166-2.")
        return code
