"""Production: what must hold before this may face a network."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from voicecompliance import environment
from voicecompliance.settings import *  # noqa: F403
from voicecompliance.settings import DATABASE_URL as _database_url
from voicecompliance.settings import METRICS_TOKEN as _metrics_token

for _name in ("DATABASE_URL", "CELERY_BROKER_URL", "ALLOWED_HOSTS"):
    if not environment.text(_name):
        raise ImproperlyConfigured(f"{_name} must be set in production.")
if not _metrics_token:
    raise ImproperlyConfigured("METRICS_TOKEN must be set in production.")

if OUTBOUND_ALLOW_LOOPBACK:  # noqa: F405
    raise ImproperlyConfigured("OUTBOUND_ALLOW_LOOPBACK is for development alone.")

_here = {"", "127.0.0.1", "::1", "localhost"}
_database = environment.database(_database_url)
_host = str(_database["HOST"])
# `require` encrypts for whoever answers: without the certificate that may be anybody.
if (
    not _host.startswith("/")
    and _host not in _here
    and _database["OPTIONS"].get("sslmode") not in {"verify-ca", "verify-full"}  # type: ignore[attr-defined]
):
    raise ImproperlyConfigured("A remote DATABASE_URL needs sslmode=verify-full (or verify-ca).")

_SECURE = {"redis": "rediss", "amqp": "amqps", "pyamqp": "amqps"}
for _name, _url in (("CELERY_BROKER_URL", CELERY_BROKER_URL), ("CACHE_URL", CACHE_URL)):  # noqa: F405
    _parts = urlsplit(str(_url))
    if _parts.scheme in _SECURE and (_parts.hostname or "") not in _here:
        raise ImproperlyConfigured(f"A remote {_name} needs TLS: {_SECURE[_parts.scheme]}://")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The API is refused by plain http, not sent on (voicecompliance.middleware).
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^api/"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Browsers keep such a cookie only if it is Secure, of this very host and for every path: no
# other host of the domain can set it (RFC 6265bis, 4.1.3.2).
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
if STATIC_ROOT:  # noqa: F405
    WHITENOISE_USE_FINDERS = False
