"""The admin's forms for disclosures, suspensions and statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from core.errors import Problem
from core.text import require_plain
from phi.days import zone
from phi.models import Authority, DisclosureSuspension, Exclusion
from phi.services.disclosures import TEXTS


def _area(rows: int) -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})


def _day() -> UnfoldAdminDateWidget:
    return UnfoldAdminDateWidget(attrs={"type": "date"})


class StepForm(forms.Form):
    """A form whose verb may refuse: what it says is shown at the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "step-%s"
        super().__init__(*args, **kwargs)

    def refuse(self, problem: Problem) -> None:
        """Say what the verb has against the values."""
        if not problem.errors:
            self.add_error(None, problem.detail)
        for name, said in problem.errors.items():
            self.add_error(name if name in self.fields else None, said)


class DisclosureForm(StepForm):
    """One disclosure to an outside party."""

    disclosed_at = forms.DateTimeField(
        label="When it was disclosed",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "2026-03-01 14:30"}),
    )
    recipient = forms.CharField(
        max_length=TEXTS["recipient"],
        validators=[require_plain],
        widget=UnfoldAdminTextInputWidget,
        help_text="The person or organisation that received it.",
    )
    address = forms.CharField(
        max_length=TEXTS["address"],
        validators=[require_plain],
        required=False,
        widget=_area(2),
        help_text="If it is known.",
    )
    description = forms.CharField(
        label="What was disclosed",
        max_length=TEXTS["description"],
        validators=[require_plain],
        widget=_area(3),
        help_text="Briefly, in words that the person will read: not the data itself.",
    )
    purpose = forms.CharField(
        max_length=TEXTS["purpose"],
        validators=[require_plain],
        widget=_area(3),
        help_text="Why, so that the person understands the basis; or name the written request.",
    )
    authority = forms.ChoiceField(
        choices=[("", "Choose one"), *Authority.choices], widget=UnfoldAdminSelectWidget
    )
    exclusion = forms.ChoiceField(
        label="Left out of the statement because",
        required=False,
        choices=[("", "It is not, unless the authority says so"), *Exclusion.choices],
        widget=UnfoldAdminSelectWidget,
    )

    def clean_disclosed_at(self) -> Any:
        # Typed in the controller's time, whatever zone the server has.
        moment = self.cleaned_data["disclosed_at"]
        return moment.replace(tzinfo=None).replace(tzinfo=zone())

    def values(self) -> dict[str, Any]:
        """What the verb takes."""
        held = self.cleaned_data
        return {
            "disclosed_at": held["disclosed_at"],
            "authority": held["authority"],
            "exclusion": held["exclusion"],
            "texts": {name: held[name] for name in TEXTS},
        }


class CorrectionForm(DisclosureForm):
    """What the row should have said, or that there should be none."""

    void = forms.BooleanField(
        label="It was never disclosed: take the entry back",
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def values(self) -> dict[str, Any]:
        return {**super().values(), "void": self.cleaned_data["void"]}


class SuspensionForm(StepForm):
    """What an agency said."""

    form = forms.ChoiceField(
        label="How they asked",
        choices=[("", "Choose one"), *DisclosureSuspension.Form.choices],
        widget=UnfoldAdminSelectWidget,
    )
    agency = forms.CharField(
        label="Who asked",
        max_length=500,
        widget=_area(2),
        help_text="The agency and the official, and where their statement is kept.",
    )
    stated_on = forms.DateField(label="The day of their statement", widget=_day())
    ends_on = forms.DateField(
        label="The last day of it",
        required=False,
        widget=_day(),
        help_text="In writing: the time they named. By word of mouth: 30 days when left empty.",
    )


class StatementForm(StepForm):
    """What the person asked for."""

    asked_on = forms.DateField(label="The day on which the person asked", widget=_day())
    first_on = forms.DateField(
        label="From",
        required=False,
        widget=_day(),
        help_text="Six years before the request when left empty.",
    )


def today() -> Mapping[str, Any]:
    """The controller's date, for a form's first showing."""
    return {"asked_on": timezone.now().astimezone(zone()).date()}
