"""Reading the environment, loudly: a bad value stops the start with a sentence that names it."""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from voicecompliance.embedded import home, secrets

_made: dict[str, str] | None = None


def _secrets() -> dict[str, str]:
    global _made
    if _made is None:
        path = home.state_dir() / "secrets.env"
        _made = secrets.load(path) if path.exists() else {}
    return _made


def text(name: str, default: str = "") -> str:
    """The variable's value, else ``default``."""
    return os.environ.get(name, default)


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least ``least``. Raises ImproperlyConfigured."""
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def first_name(hosts: list[str]) -> str:
    """The first of ``hosts`` that is a name, neither an address nor a pattern; else localhost."""
    for host in hosts:
        if host[:1] not in {"*", ".", "["} and not host.replace(".", "").isdecimal():
            return host
    return "localhost"


def origin_of(host: str) -> str:
    """Where browsers find ``host``: by https, but for the machine's own."""
    return f"http://{host}" if host == "localhost" else f"https://{host}"


def ports(name: str, default: str) -> frozenset[int]:
    """A comma-separated list of TCP ports. Raises ImproperlyConfigured."""
    found = words(name, default)
    if not all(word.isdecimal() and 0 < int(word) < 65536 for word in found):
        raise ImproperlyConfigured(f"{name} must be a list of ports, such as 443,8443.")
    return frozenset(int(word) for word in found)


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """A comma-separated list of addresses and networks. Raises ImproperlyConfigured."""
    try:
        return tuple(ip_network(word) for word in words(name))
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be a list of addresses or networks, such as 10.0.0.5,fd00:1::/64."
        ) from None


def rate(name: str, default: str) -> str:
    """A number of requests and a time, such as ``6000/min``. Raises ImproperlyConfigured."""
    value = text(name, default)
    if not re.fullmatch(r"[1-9][0-9]*/(s|sec|min|hour|h|day|d)", value):
        raise ImproperlyConfigured(f"{name} must be a rate, such as 30/min, 5/s, 9/hour or 9/day.")
    return value


def flag(name: str, default: bool) -> bool:
    """True or false. Raises ImproperlyConfigured for any other word."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() not in {"1", "true", "yes", "0", "false", "no"}:
        raise ImproperlyConfigured(f"{name} must be true or false.")
    return value.lower() in {"1", "true", "yes"}


def secret(name: str) -> str:
    """A secret from the environment, else from the file that ``make run`` made.

    Raises ImproperlyConfigured, naming the variable, when neither has it.
    """
    value = os.environ.get(name) or _secrets().get(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment, or run `make run`, which makes one"
            " on its first start."
        )
    return value


def database(url: str) -> dict[str, object]:
    """Django's settings for a ``postgresql://`` URL or a libpq connection string."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError:
        raise ImproperlyConfigured("DATABASE_URL is not a PostgreSQL URL.") from None
    if not parts.get("dbname"):
        raise ImproperlyConfigured("DATABASE_URL names no database.")
    result: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
    }
    result["OPTIONS"] = parts
    return result


def blob_store(root: Path) -> dict[str, Any]:
    """Django's storage for sealed blobs: a folder, or S3 where ``BLOB_STORE`` says so.

    Raises ImproperlyConfigured.
    """
    kind = text("BLOB_STORE", "file")
    if kind == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": root,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    if kind != "s3":
        raise ImproperlyConfigured("BLOB_STORE must be file or s3.")
    bucket, endpoint = text("BLOB_S3_BUCKET"), text("BLOB_S3_ENDPOINT")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        raise ImproperlyConfigured("BLOB_S3_BUCKET must name the bucket of BLOB_STORE=s3.")
    parts = urlsplit(endpoint)
    local = parts.hostname in {"127.0.0.1", "localhost"}
    if endpoint and not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ImproperlyConfigured("BLOB_S3_ENDPOINT must be https://host.")
    if parts.username or parts.password:
        raise ImproperlyConfigured("BLOB_S3_ENDPOINT must hold no password.")
    key, secret_key = text("BLOB_S3_ACCESS_KEY_ID"), text("BLOB_S3_SECRET_ACCESS_KEY")
    if bool(key) != bool(secret_key):
        raise ImproperlyConfigured(
            "BLOB_S3_ACCESS_KEY_ID and BLOB_S3_SECRET_ACCESS_KEY are set together, or neither."
        )
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "location": text("BLOB_S3_PREFIX").strip("/"),
        "endpoint_url": endpoint or None,
        "region_name": text("BLOB_S3_REGION") or None,
        "addressing_style": "path" if flag("BLOB_S3_PATH_STYLE", bool(endpoint)) else "virtual",
    }
    if key:
        options |= {"access_key": key, "secret_key": secret_key, "security_token": None}
    return {"BACKEND": "phi.objectstore.SealedObjects", "OPTIONS": options}


def cache_of(broker: str) -> str | None:
    """A Redis cache beside a Redis broker: the same server, database 1. None for others."""
    parts = urlsplit(broker)
    if parts.scheme == "redis+socket":
        return f"unix://{unquote(parts.path)}?db=1"
    if parts.scheme in {"redis", "rediss"}:
        return parts._replace(path="/1").geturl()
    return None
