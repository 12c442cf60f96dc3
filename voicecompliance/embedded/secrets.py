"""The installation's secrets: made once, mode 0600, outside git, never printed."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voicecompliance.embedded import home
from voicecompliance.embedded.errors import StartError

FILE_NAME = "secrets.env"


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _seed() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_ENCRYPTION_KEYS": _fernet_key,
    "LOOKUP_KEY": lambda: secrets.token_hex(32),
    "SIGNING_KEY": _seed,
}


def file_path(state: Path | None = None) -> Path:
    """Where a state folder keeps its secrets."""
    return (state or home.state_dir()) / FILE_NAME


def load(path: Path) -> dict[str, str]:
    """The secrets, a set environment variable before the file.

    Raises FileNotFoundError when there is no file and the environment does not give them all,
    StartError when the file lacks one: a new key would leave old data unreadable.
    """
    found = _from_environment()
    if len(found) == len(MAKERS):
        return found
    found = _read(path) | found
    missing = sorted(set(MAKERS) - set(found))
    if missing:
        raise StartError(
            f"{path} lacks {', '.join(missing)}. Restore it from a backup: what was encrypted "
            "with a lost key cannot be read again."
        )
    return {name: found[name] for name in MAKERS}


def load_or_create(path: Path) -> dict[str, str]:
    """The secrets, made on the first call for this path. Two callers at once get one set.

    Raises StartError when the file is gone while the data that it encrypted is still there.
    """
    with _alone(path):
        if not path.exists() and len(_from_environment()) < len(MAKERS):
            if (path.parent / "database" / "data" / "PG_VERSION").exists():
                raise StartError(
                    f"The database in {path.parent} is there and its keys are not: {path} is "
                    "missing. Restore it from a backup, or remove the folder to begin again."
                )
            _write(path, {name: make() for name, make in MAKERS.items()})
    return load(path)


def _from_environment() -> dict[str, str]:
    return {name: value for name in MAKERS if (value := os.environ.get(name))}


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="ascii").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def _write(path: Path, values: dict[str, str]) -> None:
    partial = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        partial.unlink()
    handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("# Keys of this installation. Keep a copy apart from the database's backups.\n")
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    partial.chmod(0o600)
    home.give_to_owner(partial)
    partial.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    guard = path.with_name(path.name + ".lock")
    handle = os.open(guard, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        home.give_to_owner(guard)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
