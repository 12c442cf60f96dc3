"""Where things are kept: addresses that parse, folders that are private."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from voicecompliance.embedded import home, postgres, valkey
from voicecompliance.embedded.errors import StartError
from voicecompliance.embedded.lock import StateLock


@pytest.mark.parametrize("name", ["plain", "with a space", "ünicode?&%41", "long" * 40])
def test_addresses_parse_and_fit(name: str) -> None:
    state = Path("/srv") / name
    parts = conninfo_to_dict(postgres.database_url(state))
    assert parts == {
        "dbname": "voicecompliance",
        "user": postgres.OWNER,
        "host": str(home.socket_dir(state)),
    }
    assert len(os.fsencode(valkey.socket_path(state))) < 104
    assert valkey.broker_url(state) == f"redis+socket://{valkey.socket_path(state)}?virtual_host=0"
    assert home.socket_dir(state) == home.socket_dir(state)


def test_home_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("VC_HOME", str(place / "x"))
    assert home.state_dir() == place / "x"


def test_folders_are_private(place: Path) -> None:
    state = place / "s"
    home.prepare(state)
    modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in state.iterdir()}
    assert set(modes) == {"database", "broker", "log", "beat", "sock"}
    assert set(modes.values()) == {0o700}
    assert stat.S_IMODE(state.stat().st_mode) in {0o700, 0o711}
    assert stat.S_IMODE(place.stat().st_mode) == 0o755


@pytest.mark.skipif(os.geteuid() != 0, reason="a concern of root's")
def test_a_closed_parent_is_left_closed(place: Path) -> None:
    place.chmod(0o700)
    with pytest.raises(StartError, match="cannot reach"):
        home.prepare(place / "s")
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="a concern of root's")
def test_a_folder_of_other_things_is_not_opened(place: Path) -> None:
    state = place / "documents"
    state.mkdir(mode=0o700)
    (state / "letter").touch()
    with pytest.raises(StartError, match="holds other things"):
        home.prepare(state)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_the_lock_has_one_owner(place: Path) -> None:
    first, second = StateLock(place), StateLock(place)
    assert first.acquire(verb="run")
    assert second.held()
    assert not second.acquire(verb="command")
    assert second.holder() == {"pid": os.getpid(), "verb": "run", "phase": "starting"}
    first.release()
    assert second.acquire(verb="command")
    assert not second.after_crash
    second.release()
