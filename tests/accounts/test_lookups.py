"""A list is narrowed by its own filters, and by nothing that nobody is shown."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query",
    [
        "accounts/user/?password__startswith=argon2",
        "accounts/user/?password__regex=a",
        "accounts/user/?session_epoch__gt=0",
        "accounts/apikey/?secret_hash__startswith=a",
        "accounts/apikey/?application__name__startswith=a",
        "accounts/sessiontoken/?token_hash__startswith=a",
        "accounts/sessiontoken/?user__password__startswith=argon2",
        "accounts/adminsession/?user__password__startswith=argon2",
        "consent/datasubject/?name__startswith=a",
        "operations/approval/?parameters__contains=a",
    ],
)
def test_no_list_compares_what_it_does_not_show(officer_client, query):
    assert officer_client.get(f"/admin/{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "accounts/user/?is_active__exact=1",
        "accounts/user/?groups__id__exact=1",
        "accounts/adminsession/?ended_at__isempty=1",
        "accounts/apikey/?application__id__exact=01a20eae-42db-7683-afa7-b5c216626d4a",
        "audit/auditevent/?severity__exact=INFO",
        "operations/approval/?state__exact=pending",
        "operations/job/?kind=retention.preview",
    ],
)
def test_its_filters_work(officer_client, query):
    assert officer_client.get(f"/admin/{query}").status_code == 200
