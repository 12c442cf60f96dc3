"""The sidebar: every page of a list is a link of it, for those who may see the list."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.roles import COMPLIANCE_OFFICER, ROLES
from voicecompliance.navigation import GROUPS

pytestmark = pytest.mark.django_db
LINKED = {model for entries in GROUPS.values() for _, model, _ in entries}


def test_every_list_is_in_the_sidebar_once():
    listed = [model for entries in GROUPS.values() for _, model, _ in entries]
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert len(listed) == len(set(listed))
    assert set(listed) == registered


def test_no_two_links_have_one_name():
    labels = [label for entries in GROUPS.values() for label, _, _ in entries]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_shown_what_it_may_open(role: str, make_person: Any, sign_in: Any):
    person = make_person("person-one", role)
    client = sign_in(person)
    page = client.get(reverse("admin:index")).content.decode()
    for model in sorted(LINKED):
        app, name = model.split(".")
        link = reverse(f"admin:{app}_{name}_changelist")
        assert (f'href="{link}"' in page) is person.has_perm(f"{app}.view_{name}"), model


def test_a_page_below_a_list_marks_its_own_link_alone(make_person: Any, sign_in: Any):
    client = sign_in(make_person("person-one", COMPLIANCE_OFFICER))
    rules = reverse("admin:operations_maskingrule_changelist")
    for page in (rules, reverse("admin:operations_maskingrule_try")):
        groups = client.get(page).context["sidebar_navigation"]
        marked = [item["link"] for group in groups for item in group["items"] if item["active"]]
        assert marked == [page]
    # A page without a link of its own marks the list's.
    groups = client.get(reverse("admin:operations_maskingrule_add")).context["sidebar_navigation"]
    assert [i["link"] for g in groups for i in g["items"] if i["active"]] == [rules]
