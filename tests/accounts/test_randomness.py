"""What must not be guessed comes from the system's generator, and is long enough."""

from __future__ import annotations

import math
import secrets

import pytest
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore

from accounts import otp
from accounts.services import applications, create_api_key, issue_session_token
from core.actors import Actor
from tests.accounts.conftest import PASSWORD, code_of

pytestmark = pytest.mark.django_db


def bits(letters: int, length: int) -> float:
    return length * math.log2(letters)


@pytest.fixture
def drawn(monkeypatch):
    """How many bytes were drawn from ``secrets``, each time."""
    asked: list[int] = []
    real = secrets.token_bytes

    def noted(number=None):
        asked.append(number)
        return real(number)

    # token_urlsafe draws by it.
    monkeypatch.setattr(secrets, "token_bytes", noted)
    return asked


def test_keys_have_256_bits(caller, system, drawn):
    texts = {
        create_api_key(actor=system, application=caller.application, scopes=["mask"])[1]
        for _ in range(20)
    }
    assert drawn == [32] * 20
    assert len({text.rpartition("_")[2] for text in texts}) == 20
    assert bits(len(applications.PREFIX_LETTERS), 12) > 60, "the public part tells keys apart"


def test_session_tokens_have_256_bits(officer, officer_codes, drawn):
    _, text = issue_session_token(
        actor=Actor.anonymous(),
        username=officer.username,
        password=PASSWORD,
        code=code_of(officer_codes[0]),
    )
    assert 32 in drawn
    assert len(text.removeprefix("vcs_")) == 43


def test_session_ids_have_128_bits():
    made = set()
    for _ in range(20):
        store = SessionStore()
        store.create()
        made.add(store.session_key)
    assert len(made) == 20
    assert all(bits(len(VALID_KEY_CHARS), len(key)) >= 128 for key in made)


def test_secrets_of_apps_and_recovery_codes(drawn):
    assert otp.new_secret() != otp.new_secret()
    assert drawn == [otp.SECRET_BYTES] * 2
    code = otp.new_recovery_code().replace("-", "")
    assert len(code) == otp.RECOVERY_LENGTH
    # From 112 bits on a plain hash will do.
    assert bits(len(set(otp.RECOVERY_LETTERS)), len(code)) >= 112
