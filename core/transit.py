"""Wrapping keys kept by HashiCorp Vault, or OpenBao: its transit engine opens and makes them.

A process asks once for each entry of its list, when it first needs its keys. Nothing here is on
the way of a read (docs/adr/0012-keys.md).
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.wrapping import KeyUnavailable, _private_text

_CIPHERTEXT = re.compile(r"vault:v[1-9][0-9]*:[A-Za-z0-9+/=]{40,}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def is_ciphertext(entry: str) -> bool:
    """Whether ``entry`` has the form of a transit ciphertext."""
    return _CIPHERTEXT.fullmatch(entry) is not None


def unwrap(ciphertext: str) -> bytes:
    """The 32 bytes that Vault opens ``ciphertext`` to. Raises KeyUnavailable, saying why."""
    answer = _ask("decrypt_data", name=settings.VAULT_TRANSIT_NAME, ciphertext=ciphertext)
    try:
        raw = base64.b64decode(answer["data"]["plaintext"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raw = b""
    if len(raw) != 32:
        raise KeyUnavailable("what Vault opened is not a key of 32 bytes.")
    return raw


def new_key() -> str:
    """A new random key of 256 bits, as its ciphertext alone. Raises KeyUnavailable."""
    answer = _ask(
        "generate_data_key", name=settings.VAULT_TRANSIT_NAME, key_type="wrapped", bits=256
    )
    entry = str((answer.get("data") or {}).get("ciphertext", ""))
    if not is_ciphertext(entry):
        raise KeyUnavailable("Vault answered with something else than a ciphertext.")
    return entry


def _client() -> Any:
    import hvac

    address = settings.VAULT_ADDR
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ImproperlyConfigured(
            "VAULT_ADDR must be an https address (http on this machine's loopback alone)."
        )
    token = settings.VAULT_TOKEN
    if settings.VAULT_TOKEN_FILE:
        token = _private_text(Path(settings.VAULT_TOKEN_FILE), "VAULT_TOKEN_FILE").strip()
    if not token:
        raise ImproperlyConfigured("VAULT_TOKEN_FILE or VAULT_TOKEN must give a token for Vault.")
    client = hvac.Client(
        url=address,
        token=token,
        verify=settings.VAULT_CACERT or True,
        timeout=settings.VAULT_TIMEOUT_SECONDS,
        allow_redirects=False,
    )
    # The proxy of the environment is for the outside; keys take no such way.
    client.session.trust_env = False
    return client


def _ask(method: str, **arguments: Any) -> dict[str, Any]:
    import requests
    from hvac import exceptions

    client = _client()
    try:
        answer = getattr(client.secrets.transit, method)(
            mount_point=settings.VAULT_TRANSIT_MOUNT, **arguments
        )
    except exceptions.VaultDown:
        raise KeyUnavailable("Vault is sealed or in standby (503).") from None
    except exceptions.Forbidden:
        raise KeyUnavailable("Vault refuses the token, or its policy does (403).") from None
    except exceptions.InvalidPath:
        raise KeyUnavailable("Vault has no such mount or transit key (404).") from None
    except exceptions.VaultError as error:
        # Its text may repeat what was sent.
        raise KeyUnavailable(f"Vault does not open it ({type(error).__name__}).") from None
    except (requests.RequestException, OSError, ValueError) as error:
        raise KeyUnavailable(f"Vault cannot be reached ({type(error).__name__}).") from None
    finally:
        client.adapter.close()
    if not isinstance(answer, dict):
        raise KeyUnavailable("Vault answered with nothing.")
    return answer
