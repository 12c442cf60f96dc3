"""Try masking: a text is pasted, its findings are shown, and a rule tried on it can be added."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers
import pycountry
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.stepup import ask
from core.actors import actor_of
from core.errors import Problem
from masking import POLICIES, Rule, RuleRefused, compile_rule
from masking.languages import LANGUAGES
from operations.maskingrules import active_rules
from operations.maskingtrial import MAX_TEXT, Trial, attempt
from operations.models import MaskingRule
from operations.models.masking import label_choices
from operations.permissions import may
from operations.services import add_masking_rule
from operations.services.maskingrules import KEEP

TRY = "operations.try_masking"
ADD = "add"
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?\Z")
_PART_OF_RULE = {
    "text": "pattern",
    "name": "name",
    "label": "label",
    "kind": "kind",
    "note": "note",
}
_POLICIES = {
    "strict": "Strict: for what is stored",
    "balanced": "Balanced: for analytics, only what is sure",
}


def _language(code: str) -> str:
    found = pycountry.languages.get(alpha_2=code)
    return found.name if found else code


class TrialForm(forms.Form):
    """The text and how to read it, and a rule that may be tried on it. Sent by POST: words are
    nothing for an address."""

    text = forms.CharField(
        label="Text",
        max_length=MAX_TEXT,
        strip=False,
        help_text='Plain, or a call in lines that begin with "Agent:" or "Caller:". It is neither'
        " stored nor logged.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
    )
    policy = forms.ChoiceField(
        label="Policy",
        choices=[(name, _POLICIES.get(name, name)) for name in sorted(POLICIES, reverse=True)],
        widget=UnfoldAdminSelectWidget,
    )
    language = forms.ChoiceField(
        label="Language",
        choices=[(code, _language(code)) for code in LANGUAGES],
        widget=UnfoldAdminSelectWidget,
    )
    region = forms.CharField(
        label="Region",
        required=False,
        max_length=6,
        help_text="Whose telephone numbers it may hold, such as US-CA or DE.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label="Kind of rule",
        required=False,
        choices=MaskingRule.Kind.choices,
        widget=UnfoldAdminSelectWidget,
    )
    label = forms.ChoiceField(
        label="What it is", required=False, choices=label_choices, widget=UnfoldAdminSelectWidget
    )
    pattern = forms.CharField(
        label="Words or pattern",
        required=False,
        max_length=500,
        help_text=r"Such as club card number; or, as a pattern, \bkc-?[0-9]{6}\b.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label="Name of the rule",
        required=False,
        max_length=40,
        help_text="Small letters, digits and hyphens. Needed to add it, not to try it.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label="Why there is this rule",
        required=False,
        max_length=500,
        help_text="Needed to add it.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def clean_region(self) -> str:
        region: str = self.cleaned_data["region"].strip().upper()
        if region and not (
            _REGION.match(region) and region.split("-")[0] in phonenumbers.SUPPORTED_REGIONS
        ):
            raise forms.ValidationError("Give a country, or a part of one, such as US-CA or DE.")
        return region

    def rule(self) -> Rule | None:
        """The rule that is being tried; None where there is none or it is refused, which the
        form then says beside the field."""
        text = self.cleaned_data.get("pattern", "")
        if not text or not {"kind", "label"} <= self.cleaned_data.keys():
            return None
        name = self.cleaned_data.get("name") or "new"
        try:
            return compile_rule(self.cleaned_data["label"], self.cleaned_data["kind"], text, name)
        except RuleRefused as refused:
            self.add_error(_PART_OF_RULE[refused.field], str(refused))
            return None


def trial_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """The form, and what is found in the text. Adding the rule asks for a recent second factor.

    Raises PermissionDenied.
    """
    actor = actor_of(request)
    adds = request.method == "POST" and request.POST.get("act") == ADD
    if not may(actor, TRY) or (adds and not may(actor, KEEP)):
        raise PermissionDenied
    if adds and (question := ask(request, "add a masking rule")):
        return question
    form = TrialForm(request.POST if request.method == "POST" else None, auto_id="try-%s")
    trial: Trial | None = None
    draft: Rule | None = None
    if form.is_bound and form.is_valid():
        draft = form.rule()
        if adds and form.is_valid() and _added(request, form):
            return HttpResponseRedirect(reverse("admin:operations_maskingrule_changelist"))
        held = form.cleaned_data
        if "text" in held and "region" in held:
            trial = attempt(
                held["text"],
                policy=held["policy"],
                language=held["language"],
                region=held["region"] or None,
                rules=active_rules(),
                draft=draft,
            )
    response: HttpResponse = admin.page(
        request,
        "operations/try_masking.html",
        title="Try masking",
        form=form,
        trial=trial,
        draft=draft,
        may_add=may(actor, KEEP),
        heads=("No.", "What", "Why", "How sure"),
        back=reverse("admin:operations_maskingrule_changelist"),
    )
    return response


def _added(request: HttpRequest, form: TrialForm) -> bool:
    """Whether the rule was added; else the form says what is wrong with which field."""
    given = form.cleaned_data
    try:
        rule = add_masking_rule(
            actor=actor_of(request),
            name=given["name"],
            label=given["label"],
            kind=given["kind"],
            text=given["pattern"],
            note=given["note"],
        )
    except Problem as problem:
        for part, said in problem.errors.items():
            form.add_error(_PART_OF_RULE.get(part), said)
        if not problem.errors:
            form.add_error(None, problem.detail)
        return False
    messages.success(request, f"{rule.name} is added. It holds from now on.")
    return True
