"""Settings for development, tests and one-machine use.

Everything that differs between installations comes from the environment (see docs/operators.md);
``settings_production`` adds what only a production start demands.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from voicecompliance import environment
from voicecompliance.embedded import home, postgres, valkey

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = home.state_dir()

# Secrets -----------------------------------------------------------------------------------
SECRET_KEY = environment.secret("SECRET_KEY")
# Where the wrapping keys come from (core.wrapping): environment, file, or HashiCorp Vault.
FIELD_ENCRYPTION_PROVIDER = environment.text("FIELD_ENCRYPTION_PROVIDER", "environment")
if FIELD_ENCRYPTION_PROVIDER not in {"environment", "file", "vault"}:
    raise ImproperlyConfigured("FIELD_ENCRYPTION_PROVIDER must be environment, file or vault.")
FIELD_ENCRYPTION_KEYS_FILE = environment.text("FIELD_ENCRYPTION_KEYS_FILE")
FIELD_ENCRYPTION_KEYS: tuple[str, ...] = ()
if FIELD_ENCRYPTION_PROVIDER == "environment" or (
    FIELD_ENCRYPTION_PROVIDER == "vault" and not FIELD_ENCRYPTION_KEYS_FILE
):
    FIELD_ENCRYPTION_KEYS = tuple(environment.secret("FIELD_ENCRYPTION_KEYS").split(","))
# The encryption package builds a ring of its own at import, which nothing uses: a key that is
# thrown away when the process ends.
FIELD_ENCRYPTION_KEY = [Fernet.generate_key()]
KEY_ROTATION_DAYS = environment.number("KEY_ROTATION_DAYS", 365, least=1)
VAULT_ADDR = environment.text("VAULT_ADDR", "https://127.0.0.1:8200")
VAULT_TOKEN = environment.text("VAULT_TOKEN")
VAULT_TOKEN_FILE = environment.text("VAULT_TOKEN_FILE")
VAULT_TRANSIT_MOUNT = environment.text("VAULT_TRANSIT_MOUNT", "transit")
VAULT_TRANSIT_NAME = environment.text("VAULT_TRANSIT_NAME", "voicecompliance")
VAULT_CACERT = environment.text("VAULT_CACERT")
VAULT_TIMEOUT_SECONDS = environment.number("VAULT_TIMEOUT_SECONDS", 5, least=1)
LOOKUP_KEY = environment.secret("LOOKUP_KEY")
SIGNING_KEY = environment.secret("SIGNING_KEY")

# The audit log's name in its checkpoints (C2SP tlog-checkpoint): a host and a path, no spaces.
AUDIT_ORIGIN = environment.text("AUDIT_ORIGIN", "voicecompliance.example/audit")

# Outside copies of the log's checkpoints (docs/operators.md), and how often at most.
AUDIT_PUBLISHERS = environment.text("AUDIT_PUBLISHERS").replace(",", " ").split()
AUDIT_PUBLISH_SECONDS = environment.number("AUDIT_PUBLISH_SECONDS", 60)
AUDIT_WEBHOOK_SECRET = environment.text("AUDIT_WEBHOOK_SECRET")

# Requests that we make ourselves go to public addresses; loopback is for development alone.
OUTBOUND_ALLOW_LOOPBACK = environment.flag("OUTBOUND_ALLOW_LOOPBACK", False)
OUTBOUND_PORTS = environment.ports("OUTBOUND_PORTS", "443,8443")

# Where we are ------------------------------------------------------------------------------
DEBUG = False
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
# Whose X-Forwarded-For is believed: nobody's, unless it is said.
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
ORGANISATION = environment.text("ORGANISATION", "Your organisation")
CONTROLLER_TIME_ZONE = environment.text("CONTROLLER_TIME_ZONE", "UTC")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "voicecompliance.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_otp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core",
    "audit",
    "vault",
    "accounts",
    "django_otp_webauthn",
    "operations",
    "retention",
    "consent",
    "phi",
    "aiethics",
    "voicecompliance.apps.RootConfig",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "voicecompliance.middleware.SecurityHeadersMiddleware",
    "voicecompliance.middleware.PageMethodsMiddleware",
    "voicecompliance.middleware.TransportMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "voicecompliance.refusals.RefusedCiphertextMiddleware",
]

ROOT_URLCONF = "voicecompliance.urls"
WSGI_APPLICATION = "voicecompliance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database: an embedded PostgreSQL unless DATABASE_URL names a server ------------------------
DATABASE_URL = environment.text("DATABASE_URL") or postgres.database_url()
_database: dict[str, Any] = environment.database(DATABASE_URL)
_database["CONN_MAX_AGE"] = environment.number("CONN_MAX_AGE", 600)
_database["CONN_HEALTH_CHECKS"] = True
# Requests and tasks enter the web role; migrations are the owner's (manage.py says so).
DATABASE_ROLE = environment.text("DATABASE_ROLE", "web")
if DATABASE_ROLE not in {"web", "owner"}:
    raise ImproperlyConfigured("DATABASE_ROLE must be web or owner.")
if DATABASE_ROLE == "web":
    _database["OPTIONS"]["options"] = "-c role=voicecompliance_web"
DATABASES = {"default": _database}
# Off behind a pooler that hands each transaction to another session without keeping them.
PREPARED_STATEMENTS = environment.flag("PREPARED_STATEMENTS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Queue and cache: an embedded broker unless CELERY_BROKER_URL names one ---------------------
CELERY_BROKER_URL = environment.text("CELERY_BROKER_URL") or valkey.broker_url()
CACHE_URL = environment.text("CACHE_URL") or environment.cache_of(CELERY_BROKER_URL)
if CACHE_URL is None:
    raise ImproperlyConfigured(
        "CACHE_URL must name a Redis server when the broker is not one: limits and counters"
        " are shared through it."
    )
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        # A cache that hangs must not hang the requests that only count in it.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 50 * 60
# Above the longest task, so that a running task is never handed out a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600, "unacked_restore_interval": 5}
    if CELERY_BROKER_URL.startswith("redis")
    else {}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "beat-schedule")
CELERY_TIMEZONE = "UTC"

# Files ---------------------------------------------------------------------------------------
BLOB_ROOT = Path(environment.text("BLOB_ROOT", str(STATE_DIR / "blobs")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "blobs": environment.blob_store(BLOB_ROOT),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "static/"
# Set where files are collected for serving; otherwise they are served from where they lie.
STATIC_ROOT = environment.text("STATIC_ROOT") or None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

# Limits ----------------------------------------------------------------------------------------
MAX_JSON_BYTES = environment.number("MAX_JSON_BYTES", 2 * 1024 * 1024, least=1024)
MAX_RECORDING_BYTES = environment.number("MAX_RECORDING_BYTES", 1024**3, least=1024)
MAX_RECORDING_SECONDS = environment.number("MAX_RECORDING_SECONDS", 8 * 3600, least=1)
# The review of accesses: which share of a day's, how many at least, how many an hour stand out.
REVIEW_PERCENT = environment.number("REVIEW_PERCENT", 5)
REVIEW_MINIMUM = environment.number("REVIEW_MINIMUM", 5)
REVIEW_READS_AN_HOUR = environment.number("REVIEW_READS_AN_HOUR", 20, least=1)
REVIEW_PEOPLE_AN_HOUR = environment.number("REVIEW_PEOPLE_AN_HOUR", 15, least=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_JSON_BYTES + 1

# People ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.contextwords.ContextWordsValidator"},
    {"NAME": "accounts.passwords.NothingToGuessValidator"},
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
]
# SHA-1 of stolen passwords, sorted, a line each, as Have I Been Pwned offers them for download.
BREACHED_PASSWORDS_FILE = environment.text("BREACHED_PASSWORDS_FILE")
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
OTP_TOTP_ISSUER = "Voice Compliance"
# Passkeys belong to a host's name and never to an address: none opens for another name.
OTP_WEBAUTHN_RP_ID = environment.text("PASSKEY_DOMAIN") or environment.first_name(ALLOWED_HOSTS)
OTP_WEBAUTHN_ALLOWED_ORIGINS = environment.words(
    "PASSKEY_ORIGINS", environment.origin_of(OTP_WEBAUTHN_RP_ID)
)
OTP_WEBAUTHN_RP_NAME = "Voice Compliance"
OTP_WEBAUTHN_CREDENTIAL_MODEL = "accounts.Passkey"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
OTP_WEBAUTHN_TIMEOUT_SECONDS = 300
SESSION_COOKIE_HTTPONLY = True
# Strict would show the sign-in page to whoever follows a link from a message.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# In the session, as messages may name people: no cookie but its id and the CSRF secret.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# NIST SP 800-63B-4, 2.2.3: a session ends when idle, and at an age, whatever is done in it.
SESSION_IDLE_SECONDS = environment.number("SESSION_IDLE_SECONDS", 900, least=120)
SESSION_ABSOLUTE_SECONDS = environment.number("SESSION_ABSOLUTE_SECONDS", 12 * 3600, least=120)
# How old the last proof of a second factor may be for an act that asks for one.
STEP_UP_SECONDS = environment.number("STEP_UP_SECONDS", 300, least=30)
# How long a broken glass stays open, and how soon somebody else reviews why.
BREAK_GLASS_MINUTES = environment.number("BREAK_GLASS_MINUTES", 60, least=1)
BREAK_GLASS_REVIEW_HOURS = environment.number("BREAK_GLASS_REVIEW_HOURS", 72, least=1)
# For how long one look of a person's at a recording covers the further parts that they play.
PLAY_LOOK_MINUTES = environment.number("PLAY_LOOK_MINUTES", 10)
# A recogniser of names beside the detectors: package.module:function that makes one.
MASKING_RECOGNISER = environment.text("MASKING_RECOGNISER")
MUTE_WITH_TONE = environment.flag("MUTE_WITH_TONE", False)
# Whether the masked words of transcripts are indexed, in the clear, for officers to search.
TRANSCRIPT_SEARCH = environment.flag("TRANSCRIPT_SEARCH", False)
# How long a link that invites a person is good.
INVITATION_HOURS = environment.number("INVITATION_HOURS", 72, least=1)
# The session's row says when it ends, and why: the cookie must still be there to be told.
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS + 3600
SESSION_TOKEN_SECONDS = 3600

# Headers ---------------------------------------------------------------------------------------
# Here and in voicecompliance.middleware, which holds the Content Security Policy: scripts from
# our files alone, and 'unsafe-eval' on the admin's pages alone, because Unfold's Alpine needs it.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Languages and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["voicecompliance.formats"]
TIME_ZONE = "UTC"

# API -------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["core.rest.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "core.rest.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.StrangerThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "read": environment.rate("RATE_READ", "6000/min"),
        "write": environment.rate("RATE_WRITE", "6000/min"),
        "ingest": environment.rate("RATE_INGEST", "6000/min"),
        "sensitive": environment.rate("RATE_SENSITIVE", "120/min"),
        "address": environment.rate("RATE_ADDRESS", "30000/min"),
        "stranger": environment.rate("RATE_STRANGER", "300/min"),
        "sign-in": environment.rate("RATE_SIGN_IN", "30/min"),
        "passkey": environment.rate("RATE_PASSKEY", "600/min"),
    },
    "EXCEPTION_HANDLER": "core.rest.exceptions.handle",
    "UNAUTHENTICATED_USER": None,
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Voice Compliance API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Consent, protected recordings, masking and disclosure for voice AI.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "voicecompliance.schema.add_problem_answers",
    ],
}
# What keeps answers under an Idempotency-Key, for the apps below it.
IDEMPOTENCY = "operations.idempotency.idempotent"
METRICS_TOKEN = environment.text("METRICS_TOKEN")

# Logs: no query strings, no bodies; the request id ties a line to its audit event ---------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "voicecompliance.logs.RequestIdFilter"},
        "routine": {"()": "voicecompliance.logs.RoutineFilter"},
        "route": {"()": "voicecompliance.logs.RouteFilter"},
        "host": {"()": "voicecompliance.logs.HostFilter"},
    },
    "formatters": {
        "line": {
            "class": "voicecompliance.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s %(who)s] %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id", "routine", "route", "host"],
            "formatter": "line",
        }
    },
    "loggers": {
        # Their lines name every address asked.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # Its finer lines show all that a page is made of, secrets shown once among it.
        "django.template": {"level": "INFO"},
    },
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
}

UNFOLD = {
    "SITE_TITLE": "Voice Compliance",
    "SITE_HEADER": "Voice Compliance",
    "SITE_SYMBOL": "verified_user",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "ACCOUNT": {
        "navigation": [
            {"title": "Second factors", "link": reverse_lazy("admin:second_factors")},
            {"title": "Your sessions", "link": reverse_lazy("admin:sessions")},
            {"title": "Recovery codes", "link": reverse_lazy("admin:recovery_codes")},
        ]
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "voicecompliance.navigation.sidebar",
    },
}

os.umask(0o077)
