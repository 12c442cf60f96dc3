"""The three commands."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, TotpDevice, User, VoiceApplication
from tests.accounts.conftest import events, found

pytestmark = pytest.mark.django_db


def run(*args, **kwargs):
    out, err = io.StringIO(), io.StringIO()
    call_command(*args, stdout=out, stderr=err, **kwargs)
    return out.getvalue(), err.getvalue()


def test_a_key_alone_on_standard_output():
    out, err = run("create_api_key", "Desk", "--scopes", "calls, consents:read", "--days", "30")
    assert re.fullmatch(r"vc_[a-z0-9]{12}_[A-Za-z0-9_-]{43}\n", out)
    assert "calls, consents:read" in err
    assert out.strip() not in err
    key = ApiKey.objects.get()
    assert key.scopes == ["calls", "consents:read"]
    assert key.created_by == "manage.py create_api_key"
    assert (events("voice_application", "created")[0].actor_kind) == "system"
    assert len(events("api_key", "created")) == 1


def test_a_second_key_of_the_same_application():
    first, _ = run("create_api_key", "Desk", "--scopes", "calls", "--no-cards")
    second, _ = run("create_api_key", "Desk", "--scopes", "mask", "--id-space", "crm")
    assert first != second
    application = VoiceApplication.objects.get()
    assert (application.takes_cards, application.id_space) == (False, "organisation")
    assert application.keys.count() == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("Desk", "--scopes", "calls,fly"), "consents:read"),
        (("Desk", "--scopes", ","), "At least one scope"),
        (("Desk", "--scopes", "calls", "--days", "0"), "1 to 730"),
        (("Desk", "--scopes", "calls", "--days", "731"), "1 to 730"),
        (("", "--scopes", "calls"), "blank"),
        (("x" * 101, "--scopes", "calls"), "100"),
    ],
)
def test_a_key_that_cannot_be(args, says):
    with pytest.raises(CommandError, match=says):
        run("create_api_key", *args)
    assert not VoiceApplication.objects.exists()
    assert not events("api_key")


def test_reset_factor(officer, officer_codes):
    out, _ = run("reset_factor", "OFFICER-one", "--yes")
    assert "QR code" in out
    assert not TotpDevice.objects.exists()
    assert events("factor", "reset")[0].actor_name == "manage.py reset_factor"


def test_reset_factor_with_a_new_password(officer):
    out, _ = run("reset_factor", "officer-one", "--yes", "--password")
    password = found(r"shown once: (\S+)", out)
    officer.refresh_from_db()
    assert officer.check_password(password)


def test_reset_factor_asks(officer, officer_codes, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("reset_factor", "officer-one")
    assert TotpDevice.objects.exists()


def test_reset_factor_of_nobody():
    with pytest.raises(CommandError, match="no person"):
        run("reset_factor", "nobody", "--yes")


def test_first_officer_says_how_to_sign_in_and_the_password_once():
    out, _ = run("first_officer", "--address", "http://127.0.0.1:9000/")
    assert "http://127.0.0.1:9000/admin/" in out
    assert "QR code" in out
    password = found(r"Password:\s+(\S+)", out)
    assert User.objects.get(username="officer").check_password(password)
    again, _ = run("first_officer")
    assert "reset_factor officer" in again
    assert "Password:" not in again
    assert User.objects.count() == 1
