"""Makes `.venv` from the lock file; does nothing when it is up to date.

`python3 -I voicecompliance/embedded/bootstrap.py [FOLDER]`: standard library alone, since
nothing is installed yet, and -I, since this folder's modules must not shadow that library's.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import ssl
import subprocess  # nosec B404
import sys
import venv
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
UV = REPOSITORY / ".ci" / "uv.txt"
INPUTS = [REPOSITORY / "uv.lock", REPOSITORY / "pyproject.toml", UV]


def main() -> int:
    """Bring the environment up to date; 0 when it can be used."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY / ".venv").absolute()
    stamp = folder / ".synced"
    if _current(folder, stamp):
        return 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Two first starts at once take turns. Not ".lock": uv takes that one itself.
        with (folder / ".bootstrap-lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if not _current(folder, stamp):
                _build(folder, stamp)
    except PermissionError:
        return _fail(
            f"{folder} is not yours to change. Remove it as its owner, or put the environment "
            "elsewhere: make run VENV=$HOME/.cache/voicecompliance-venv"
        )
    except subprocess.CalledProcessError as error:
        return _fail(
            f"Installing failed: {Path(error.cmd[0]).name} ended with code {error.returncode} "
            "(see above). Is the package index reachable? It is safe to run this again."
        )
    return 0


def _build(folder: Path, stamp: Path) -> None:
    # Root may make it under a strict umask, and the database's account reads its programs.
    os.umask(0o022)
    stamp.unlink(missing_ok=True)
    python = folder / "bin" / "python"
    if not _works(python):
        _say(f"making {folder} with Python {sys.version.split()[0]}")
        _make_environment(folder)
    tool = folder / "uv-tool"
    uv = tool / "bin" / "uv"
    if not _works(uv, "--version") or not _same(tool / ".pinned", _digest([UV])):
        _say("installing uv")
        pip = _pip(python)
        options = ["--quiet", "--disable-pip-version-check", "--upgrade", "--target", str(tool)]
        # A folder of its own: `uv sync` removes from .venv what the lock file does not name.
        _run([*pip, "install", *options, "--require-hashes", "--no-deps", "-r", str(UV)])
        (tool / ".pinned").write_text(_digest([UV]))
    _say("installing what uv.lock names")
    chosen = {"UV_PROJECT_ENVIRONMENT": str(folder), "UV_PYTHON": str(python)}
    quiet = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    if ssl.create_default_context().get_ca_certs():
        # Where an organisation's proxy signs the traffic, only the machine knows its certificate.
        quiet["UV_SYSTEM_CERTS"] = "1"
    _run([str(uv), "sync", "--frozen", "--quiet"], {**os.environ, **chosen, **quiet})
    stamp.write_text(_wanted())
    _say("installed")


def _make_environment(folder: Path) -> None:
    try:
        import ensurepip  # noqa: F401

        with_pip = True
    except ImportError:
        # Debian keeps it in a package of its own; a pip of the machine's will do.
        with_pip = False
        if not _works(Path(sys.executable), "-m", "pip", "--version"):
            raise SystemExit(
                _fail(
                    "This Python has neither venv nor pip. On Debian and Ubuntu: "
                    "apt-get install python3-venv"
                )
            ) from None
    # The lock file and uv survive a change of Python; packages do not.
    venv.EnvBuilder(with_pip=with_pip, symlinks=True, clear=False, upgrade=False).create(folder)


def _pip(python: Path) -> list[str]:
    if _works(python, "-m", "pip", "--version"):
        return [str(python), "-m", "pip"]
    return [sys.executable, "-m", "pip"]


def _current(folder: Path, stamp: Path) -> bool:
    return _same(stamp, _wanted()) and _works(folder / "bin" / "python")


def _wanted() -> str:
    return _digest(INPUTS)


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _same(file: Path, text: str) -> bool:
    try:
        return file.read_text() == text
    except OSError:
        return False


def _works(program: Path, *argv: str) -> bool:
    command = [str(program), *(argv or ("-c", "import sys; sys.exit(sys.version_info < (3, 11))"))]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603
            command, capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def _run(argv: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(  # noqa: S603  # nosec B603
        argv, check=True, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL
    )


def _say(line: str) -> None:
    sys.stdout.write(f"... {line}\n")
    sys.stdout.flush()


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
