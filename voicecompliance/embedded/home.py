"""Where a clone keeps what it must not lose: data, sockets, secrets and logs.

Everything here is a plain function of the environment and the file system, cheap enough for
settings to call at import.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from voicecompliance.embedded.errors import StartError

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included; PostgreSQL adds
# "/.s.PGSQL.5432" and its lock file ".lock".
SOCKET_DIR_BYTES = 80
# What needs no quoting in any of the three URL dialects that carry a socket path.
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True)
class Account:
    """An operating-system account that a server runs under."""

    name: str
    uid: int
    gid: int


def repository() -> Path:
    """The folder of the clone."""
    return Path(__file__).resolve().parents[2]


def state_dir() -> Path:
    """The folder of this installation's data: `VC_HOME`, else `.local` in the clone.

    Two cases move it. Root in a place that no unprivileged account can reach (a clone under
    /root): /var/lib/voicecompliance. An ordinary user in a clone they may not write: their home.
    The folder need not exist yet. No parent folder's mode is ever changed.
    """
    given = os.environ.get("VC_HOME")
    if given:
        return Path(os.path.abspath(Path(given).expanduser()))
    local = repository() / ".local"
    if os.geteuid() == 0:
        account = server_account(local)
        if account is None or reachable(local.parent, account):
            return local
        return Path("/var/lib/voicecompliance") / _clone_name(local)
    if os.access(local if local.exists() else local.parent, os.W_OK | os.X_OK):
        return local
    return Path.home() / ".local/state/voicecompliance" / _digest(str(repository()))


def server_account(state: Path) -> Account | None:
    """The account for the servers of this state folder; None when not root.

    PostgreSQL refuses to run as root. An account that owns the data already comes first, so a
    clone used now by its owner and now by root keeps one owner.

    Raises StartError when the machine has no account to use.
    """
    if os.geteuid() != 0:
        return None
    owned = [state / "database", state]
    if state.parent == repository():
        owned.append(state.parent)
    for folder in owned:
        with suppress(OSError, KeyError):
            owner = folder.stat().st_uid
            if owner != 0:
                return _account(pwd.getpwuid(owner))
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return _account(pwd.getpwnam(name))
    raise StartError(
        "PostgreSQL does not run as root and this machine has no account 'postgres' or 'nobody'. "
        "Add one, run as an ordinary user, or set DATABASE_URL and CELERY_BROKER_URL."
    )


def reachable(path: Path, account: Account, *, read: bool = False) -> bool:
    """Whether the account may enter the folder `path`, or with `read` read the file `path`."""
    try:
        passes = all(_allows(folder.stat(), account, 0o1) for folder in path.parents)
        return passes and _allows(path.stat(), account, 0o4 if read else 0o1)
    except OSError:
        return False


def socket_dir(state: Path | None = None) -> Path:
    """The private folder of the sockets: in the state folder where its path fits, else in /tmp.

    Always the same for one state folder and its servers' account, since addresses are made of it.
    """
    state = state or state_dir()
    inside = state / "sock"
    if len(os.fsencode(inside)) <= SOCKET_DIR_BYTES and PLAIN_PATH.fullmatch(str(inside)):
        return inside
    account = server_account(state)
    uid = account.uid if account else os.geteuid()
    # Not tempfile.gettempdir(): two shells with two TMPDIRs must agree.
    return Path("/tmp") / f"vc-{uid}-{_digest(str(state))}"  # noqa: S108  # nosec B108


def prepare(state: Path) -> Account | None:
    """Make the state folder and its private folders; returns the servers' account.

    Raises StartError when the folder cannot be used.
    """
    account = server_account(state)
    try:
        _make_state(state, account)
    except OSError as error:
        raise StartError(
            f"The data folder {state} cannot be made or used ({error.strerror}). "
            "Set VC_HOME to a folder that you own."
        ) from None
    if account and not reachable(state, account):
        raise StartError(
            f"The account {account.name} cannot reach {state}, and the database does not run as "
            "root. Set VC_HOME to a folder that it can reach, such as /var/lib/voicecompliance."
        )
    for name in ("database", "broker"):
        # The database's own folder sits one level down, so that a half-made one can be replaced.
        private(state / name, account)
    for name in ("log", "beat"):
        private(state / name, None)
        give_to_owner(state / name)
    private(socket_dir(state), account)
    return account


def private(folder: Path, account: Account | None) -> None:
    """Make a folder that only its account may enter; one that another account owns is refused."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    uid = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {uid, os.geteuid()}:
        if os.geteuid() == 0 and stat.S_ISDIR(status.st_mode) and account is None:
            return
        raise StartError(
            f"{folder} belongs to another account. Remove it, or set VC_HOME to another folder."
        )
    if account:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def give_to_owner(path: Path) -> None:
    """As root, hand a file in the state folder to the folder's owner, who may run us next."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _make_state(state: Path, account: Account | None) -> None:
    fresh = not state.exists()
    if fresh:
        missing = [folder for folder in state.parents if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir()
            # Ours, and under a strict umask nobody could pass.
            folder.chmod(0o755)
        state.mkdir(mode=0o700, exist_ok=True)
        if account and state.parent == repository():
            give_to_owner(state)
    if account and not _allows(state.stat(), account, 0o1):
        if not fresh and any(state.iterdir()) and not (state / "lock").exists():
            raise StartError(
                f"{state} holds other things and is closed to the account {account.name}. "
                "Set VC_HOME to an empty folder, or to one that does not exist."
            )
        # Pass through, not list: everything in it is 0600 or 0700.
        state.chmod(0o711)


def _allows(status: os.stat_result, account: Account, bit: int) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & (bit << 6))
    if status.st_gid == account.gid:
        return bool(status.st_mode & (bit << 3))
    return bool(status.st_mode & bit)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _clone_name(local: Path) -> str:
    """A name for this clone: a new clone at an old path must not find the old one's data."""
    marker = local / "clone-id"
    with suppress(OSError):
        local.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileExistsError):
            handle = os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(4))
    with suppress(OSError):
        return f"{_digest(str(repository()))}-{marker.read_text().strip()}"
    return _digest(str(repository()))
