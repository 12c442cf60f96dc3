"""An app's secret that does not open is a code that is not right: it tells no password."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import AttemptTally, TotpDevice
from tests.accounts.conftest import PASSWORD, code_of, events
from tests.vault.rows import new_key

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/token"


@pytest.fixture(params=["key", "row"])
def lost(request, officer, officer_codes, settings):
    """A right code of an app whose key is missing, or whose value is another row's."""
    device, recovery = officer_codes
    code = code_of(device)
    if request.param == "key":
        settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    else:
        swapped = TotpDevice(user=officer, name="x", secret=device.secret)
        token = TotpDevice._meta.get_field("secret").pre_save(swapped, add=True)
        TotpDevice.objects.filter(pk=device.pk).update(secret=token)
    return code, recovery[0]


def ask(code, password=PASSWORD):
    body = {"username": "officer-one", "password": password, "otp": code}
    return APIClient().post(URL, body, format="json")


def tries():
    return sorted(AttemptTally.objects.values_list("tries", flat=True))


def test_the_api_answers_a_right_and_a_wrong_password_alike(lost, officer):
    code, _ = lost
    wrong = ask(code, "not the password at all")
    before = tries()
    right = ask(code)
    assert (right.status_code, wrong.status_code) == (401, 401)
    same = [{**each.json(), "request_id": "", "instance": ""} for each in (right, wrong)]
    assert same[0] == same[1]
    # Both count.
    assert tries() == [number + 1 for number in before]
    (event,) = events("integrity", "ciphertext_refused")
    device = TotpDevice.objects.get()
    assert (event.object_type, event.object_id) == ("accounts.TotpDevice", str(device.pk))
    assert events("factor", "wrong")[-1].object_id == str(officer.pk)


def test_a_recovery_code_still_opens(lost):
    assert ask(lost[1]).status_code == 200


def test_the_admin_says_a_wrong_code(lost, browser):
    address = reverse("admin:login")
    browser.post(address, {"username": "officer-one", "password": PASSWORD})
    step = reverse("admin:verify")
    answer = browser.post(step, {"code": lost[0]})
    assert answer.status_code == 200
    assert "That code is not right" in answer.content.decode()
    assert len(events("integrity", "ciphertext_refused")) == 1
    assert browser.post(step, {"code": lost[1]}).status_code == 302
