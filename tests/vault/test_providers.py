"""Where wrapping keys come from: the environment, a private file, Vault's transit engine."""

import base64
import os
import shutil
import socket
import subprocess
import time
from io import StringIO

import hvac
import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from core import fields, wrapping
from tests.vault.rows import new_key

BAO = os.environ.get("BAO") or shutil.which("bao") or shutil.which("vault")
TOKEN = "for-the-tests-alone"


@pytest.fixture(autouse=True)
def _forget():
    wrapping.forget()
    yield
    wrapping.forget()


def test_a_key_has_an_id_that_is_not_the_key():
    key = new_key()
    raw = base64.urlsafe_b64decode(key)
    key_id = wrapping.key_id(raw)
    assert len(key_id) == 16
    assert key_id == wrapping.key_id(raw)
    assert key_id not in raw.hex()
    assert key_id != wrapping.key_id(base64.urlsafe_b64decode(new_key()))
    assert key not in repr(wrapping.WrappingKey(key_id, Fernet(key)))


def test_the_environment_newest_first(settings):
    entries = (new_key(), new_key())
    settings.FIELD_ENCRYPTION_KEYS = entries
    ring = wrapping.ring()
    assert ring.newest.id == wrapping.public_id(entries[0])
    assert [key.id for key in ring.keys] == [wrapping.public_id(each) for each in entries]


@pytest.mark.parametrize("bad", ["nonsense", "vault:v1:AAAA", "é" * 32])
def test_a_malformed_entry_is_named_by_its_place(settings, bad):
    settings.FIELD_ENCRYPTION_KEYS = (new_key(), bad)
    with pytest.raises(ImproperlyConfigured, match="key number 2") as caught:
        wrapping.ring()
    assert bad not in str(caught.value)


@pytest.fixture
def key_file(settings, tmp_path):
    path = tmp_path / "keys"
    settings.FIELD_ENCRYPTION_PROVIDER = "file"
    settings.FIELD_ENCRYPTION_KEYS_FILE = str(path)

    def write(*entries, mode=0o600):
        path.write_text("# newest first\n" + "\n".join(entries) + "\n")
        path.chmod(mode)
        wrapping.forget()
        return path

    return write


def test_a_file_newest_first(key_file):
    entries = (new_key(), new_key())
    key_file(*entries)
    assert wrapping.ring().newest.id == wrapping.public_id(entries[0])
    assert len(wrapping.ring().keys) == 2
    token = fields.encrypt("a", "b", "c")
    assert fields.decrypt("a", "b", token) == "c"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o666])
def test_a_file_that_others_may_read_is_refused(key_file, mode):
    key = new_key()
    key_file(key, mode=mode)
    with pytest.raises(ImproperlyConfigured, match="chmod 600") as caught:
        wrapping.ring()
    assert key not in str(caught.value)


def test_a_missing_or_empty_file_is_named(key_file):
    path = key_file()
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS_FILE is empty"):
        wrapping.ring()
    path.unlink()
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        wrapping.ring()


def test_make_wrapping_key_prints_the_entry_alone(capsys):
    out = StringIO()
    call_command("make_wrapping_key", stdout=out, stderr=StringIO())
    Fernet(out.getvalue().strip())


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """A real OpenBao (or Vault) of its own, in memory."""
    if not BAO:
        pytest.skip("no bao or vault program (BAO names one)")
    port = free_port()
    running = subprocess.Popen(
        [
            BAO,
            "server",
            "-dev",
            f"-dev-root-token-id={TOKEN}",
            f"-dev-listen-address=127.0.0.1:{port}",
            "-dev-no-store-token",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = hvac.Client(url=f"http://127.0.0.1:{port}", token=TOKEN)
    try:
        for _ in range(150):
            try:
                client.sys.enable_secrets_engine("transit")
                break
            except Exception:
                time.sleep(0.2)
        client.secrets.transit.create_key("voicecompliance")
        yield client
    finally:
        running.terminate()
        running.wait(30)


@pytest.fixture
def vault(server, settings):
    settings.FIELD_ENCRYPTION_PROVIDER = "vault"
    settings.FIELD_ENCRYPTION_KEYS = ()
    settings.VAULT_ADDR = server.url
    settings.VAULT_TOKEN = TOKEN
    settings.FIELD_ENCRYPTION_KEYS = (wrapping.make_key(),)
    return server


def test_vault_makes_and_opens_keys_and_is_asked_once(vault, settings, monkeypatch):
    (entry,) = settings.FIELD_ENCRYPTION_KEYS
    assert entry.startswith("vault:v1:")
    token = fields.encrypt("a", "b", "c")
    settings.FIELD_ENCRYPTION_KEYS = (wrapping.make_key(), entry)
    assert fields.decrypt("a", "b", token) == "c"
    assert fields.key_of(fields.rewrap("a", "b", token)) == wrapping.ring().newest.id
    # Away from now on: nothing asks.
    settings.VAULT_ADDR = "http://127.0.0.1:9"
    for _ in range(50):
        assert fields.decrypt("a", "b", token) == "c"


def test_vault_may_turn_its_own_key(vault, settings):
    """Entries rewrapped by Vault stand for the same wrapping key: nothing of ours changes."""
    (entry,) = settings.FIELD_ENCRYPTION_KEYS
    token = fields.encrypt("a", "b", "c")
    vault.secrets.transit.rotate_key("voicecompliance")
    newer = vault.secrets.transit.rewrap_data("voicecompliance", entry)["data"]["ciphertext"]
    assert newer.startswith("vault:v2:")
    settings.FIELD_ENCRYPTION_KEYS = (newer,)
    assert fields.decrypt("a", "b", token) == "c"


def test_an_entry_that_vault_refuses_does_not_stop_the_others(vault, settings):
    (entry,) = settings.FIELD_ENCRYPTION_KEYS
    token = fields.encrypt("a", "b", "c")
    strange = entry[:-8] + ("AAAAAAA=" if entry.endswith("=") else "AAAAAAAA")
    settings.FIELD_ENCRYPTION_KEYS = (entry, strange)
    assert list(wrapping.ring().failed) == [2]
    assert fields.decrypt("a", "b", token) == "c"
    fields.encrypt("a", "b", "c")
    # The newest one missing: old values open, and nothing new goes under an older key.
    settings.FIELD_ENCRYPTION_KEYS = (strange, entry)
    assert fields.decrypt("a", "b", token) == "c"
    with pytest.raises(wrapping.KeyUnavailable, match="key number 1"):
        fields.encrypt("a", "b", "c")


def test_vault_away_refusing_or_without_the_key_is_told(vault, settings):
    settings.VAULT_TOKEN = "another"
    with pytest.raises(wrapping.KeyUnavailable, match="403") as caught:
        wrapping.ring()
    assert "another" not in str(caught.value)
    settings.VAULT_TOKEN = TOKEN
    settings.VAULT_TRANSIT_NAME = "nobody"
    with pytest.raises(wrapping.KeyUnavailable, match="Vault"):
        wrapping.ring()
    settings.VAULT_ADDR = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(wrapping.KeyUnavailable, match="cannot be reached"):
        wrapping.ring()
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("make_wrapping_key")
    settings.VAULT_ADDR = "http://vault.example:8200"
    with pytest.raises(ImproperlyConfigured, match="https"):
        wrapping.ring()


def test_the_token_may_stand_in_a_private_file(server, settings, tmp_path):
    path = tmp_path / "token"
    settings.FIELD_ENCRYPTION_PROVIDER = "vault"
    settings.VAULT_ADDR, settings.VAULT_TOKEN = server.url, ""
    settings.VAULT_TOKEN_FILE = str(path)
    path.write_text(TOKEN + "\n")
    path.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match=r"VAULT_TOKEN_FILE.*chmod 600"):
        wrapping.make_key()
    path.chmod(0o600)
    assert wrapping.make_key().startswith("vault:v")


def test_plain_keys_are_refused_under_vault(settings):
    settings.FIELD_ENCRYPTION_PROVIDER = "vault"
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    with pytest.raises(ImproperlyConfigured, match="key number 1 is not a ciphertext"):
        wrapping.ring()


def test_vault_sealed_is_told(vault, settings):
    # The last that needs the server: it stays sealed.
    vault.sys.seal()
    with pytest.raises(wrapping.KeyUnavailable, match="sealed"):
        wrapping.ring()
