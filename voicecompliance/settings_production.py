"""Production: what must hold before this may face a network."""

from __future__ import annotations

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

_host = str(environment.database(_database_url)["HOST"])
if (
    _host
    and not _host.startswith("/")
    and _host not in {"127.0.0.1", "::1", "localhost"}
    and environment.database(_database_url)["OPTIONS"].get("sslmode")  # type: ignore[attr-defined]
    not in {"require", "verify-ca", "verify-full"}
):
    raise ImproperlyConfigured("A remote DATABASE_URL needs sslmode=verify-full (or require).")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Browsers keep such a cookie only if it is Secure, of this very host and for every path: no
# other host of the domain can set it (RFC 6265bis, 4.1.3.2).
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
if STATIC_ROOT:  # noqa: F405
    WHITENOISE_USE_FINDERS = False
