"""Wrapping keys that were opened stay, whatever happens to Vault afterwards."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from core import fields, transit, wrapping

GOOD, BAD = (f"vault:v1:{letter * 40}" for letter in "AB")


class Vault:
    """What transit opens, and what was asked of it."""

    def __init__(self) -> None:
        self.keys = {GOOD: os.urandom(32)}
        self.asked: list[str] = []
        self.away: Exception | None = None
        self.slow = threading.Event()
        self.slow.set()

    def unwrap(self, entry: str) -> bytes:
        self.asked.append(entry)
        self.slow.wait(20)
        if self.away is not None:
            raise self.away
        if entry not in self.keys:
            raise wrapping.KeyUnavailable("refused")
        return self.keys[entry]


@pytest.fixture
def vault(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """One good entry before a bad one, whose 30 seconds are over at once."""
    made = Vault()
    settings.FIELD_ENCRYPTION_PROVIDER = "vault"
    settings.FIELD_ENCRYPTION_KEYS = (GOOD, BAD)
    monkeypatch.setattr(transit, "unwrap", made.unwrap)
    monkeypatch.setattr(wrapping, "RETRY_AFTER", 0.0)
    wrapping.forget()
    yield made
    wrapping.forget()


@pytest.mark.parametrize(
    "away",
    [wrapping.KeyUnavailable("cannot be reached"), ImproperlyConfigured("no token any more")],
)
def test_vault_away_takes_no_opened_key(vault: Vault, away: Exception) -> None:
    token = fields.encrypt("a", "b", "c")
    vault.away = away
    for _ in range(3):
        assert fields.decrypt("a", "b", token) == "c"
        fields.encrypt("a", "b", "c")
    assert list(wrapping.ring().failed) == [2]
    # The first is never asked for again, the bad one each time.
    assert vault.asked.count(GOOD) == 1
    assert vault.asked.count(BAD) > 3


def test_an_entry_that_opens_later_is_taken_up(vault: Vault) -> None:
    assert len(wrapping.ring().keys) == 1
    vault.keys[BAD] = os.urandom(32)
    assert [key.id for key in wrapping.ring().keys] == [
        wrapping.key_id(vault.keys[entry]) for entry in (GOOD, BAD)
    ]
    assert wrapping.ring().failed == {}
    asked = len(vault.asked)
    wrapping.ring()
    assert len(vault.asked) == asked


def test_the_first_load_still_refuses_what_is_malformed(vault: Vault) -> None:
    vault.away = ImproperlyConfigured("VAULT_ADDR must be an https address")
    with pytest.raises(ImproperlyConfigured, match="https"):
        wrapping.ring()


def at_once(threads: int) -> tuple[list[threading.Thread], list[Any]]:
    found: list[Any] = []
    running = [
        threading.Thread(target=lambda: found.append(wrapping.ring())) for _ in range(threads)
    ]
    for thread in running:
        thread.start()
    return running, found


def test_one_thread_asks_for_all(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "RETRY_AFTER", 30.0)
    vault.slow.clear()
    running, found = at_once(8)
    vault.slow.set()
    for thread in running:
        thread.join(20)
    assert len(found) == 8
    assert sorted(vault.asked) == [GOOD, BAD]


def test_nobody_waits_while_one_asks_again(vault: Vault) -> None:
    wrapping.ring()
    vault.slow.clear()
    (one,), _ = at_once(1)
    while vault.asked.count(BAD) < 2:
        one.join(0.01)
    running, found = at_once(8)
    for thread in running:
        thread.join(5)
    assert len(found) == 8
    assert vault.asked.count(BAD) == 2
    vault.slow.set()
    one.join(20)
