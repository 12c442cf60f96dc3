"""The sidebar: every page of a list is a link of it, for those who may see the list."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.roles import ROLES
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
