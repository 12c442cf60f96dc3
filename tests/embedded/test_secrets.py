"""Secrets: one set, mode 0600, never silently replaced."""

from __future__ import annotations

import base64
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voicecompliance.embedded import secrets
from voicecompliance.embedded.errors import StartError

from .conftest import REPOSITORY

MAKE = (
    "import sys; from pathlib import Path; from voicecompliance.embedded import secrets\n"
    "print(secrets.load_or_create(Path(sys.argv[1])))"
)


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secrets.MAKERS:
        monkeypatch.delenv(name, raising=False)


def test_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / secrets.FILE_NAME
    made = secrets.load_or_create(path)
    assert secrets.load_or_create(path) == secrets.load(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    Fernet(made["FIELD_ENCRYPTION_KEYS"])
    Ed25519PrivateKey.from_private_bytes(base64.b64decode(made["SIGNING_KEY"]))
    assert len(bytes.fromhex(made["LOOKUP_KEY"])) == 32


def test_two_starts_at_once_make_one_set(tmp_path: Path, environment: dict[str, str]) -> None:
    path = tmp_path / secrets.FILE_NAME
    argv = [sys.executable, "-c", MAKE, str(path)]
    starts = [
        subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment, cwd=REPOSITORY)
        for _ in range(4)
    ]
    assert len({start.communicate(timeout=60)[0] for start in starts}) == 1
    assert all(start.returncode == 0 for start in starts)


def test_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / secrets.FILE_NAME
    secrets.load_or_create(path)
    monkeypatch.setenv("LOOKUP_KEY", "ab" * 32)
    assert secrets.load(path)["LOOKUP_KEY"] == "ab" * 32


def test_an_incomplete_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / secrets.FILE_NAME
    path.write_text("SECRET_KEY=x\n")
    with pytest.raises(StartError, match="lacks FIELD_ENCRYPTION_KEYS"):
        secrets.load_or_create(path)


def test_no_new_keys_for_old_data(tmp_path: Path) -> None:
    (tmp_path / "database" / "data").mkdir(parents=True)
    (tmp_path / "database" / "data" / "PG_VERSION").write_text("18\n")
    with pytest.raises(StartError, match=r"secrets\.env is missing"):
        secrets.load_or_create(tmp_path / secrets.FILE_NAME)
