"""docs/security.md says what the code does."""

import re
import tomllib

import pytest
from django.conf import settings
from django.urls import get_resolver

from accounts import adminsite, contextwords, guessing, otp
from accounts.models import SessionToken
from consent import serializers as forms
from core import inventory
from phi.models import VoiceRecording
from tests.docs.pages import ROOT, section, text_of
from tests.test_source import APPS
from voicecompliance.embedded.secrets import MAKERS

TEXT = text_of(ROOT / "docs/security.md")
OPERATORS = text_of(ROOT / "docs/operators.md")


def flat(title):
    return " ".join(section(TEXT, title).split())


def rows(title):
    """The first column of a section's table, without its head."""
    return re.findall(r"^\| (?!---)([^|]+) \|", section(TEXT, title), re.MULTILINE)[1:]


def test_every_way_in_is_named():
    """A view that asks for no credential is a way in, or shows nothing of anybody."""
    ways = flat("Ways in")
    open_views = set()
    for each in get_resolver().url_patterns:
        if str(each.pattern) != "api/v1/":
            continue
        for part in each.url_patterns:
            for route in getattr(part, "url_patterns", [part]):
                if getattr(route.callback.view_class, "required_scopes", None) is None:
                    open_views.add(str(route.pattern))
    assert open_views == {"auth/token", "schema/", "docs/"}
    assert "`POST /auth/token`" in ways
    assert set(adminsite.OPEN_PAGES) == {
        "login/code/",
        "login/enrol/",
        "login/passkey-options/",
        "welcome/",
    }
    assert "`/admin/welcome/`" in ways
    assert settings.AUTHENTICATION_BACKENDS == ["django.contrib.auth.backends.ModelBackend"]
    assert settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] == [
        "accounts.authentication.BearerAuthentication"
    ]
    commands = {path.stem for path in (ROOT / "accounts/management/commands").glob("[a-z]*.py")}
    keys = {"create_api_key", "rotate_api_key"}
    assert commands == {"first_officer", "reset_factor", *keys}
    for name in commands - keys:
        assert f"`{name}`" in ways


def test_what_stands_against_guessing():
    ways = flat("Ways in")
    for name in ("RATE_SIGN_IN", "RATE_PASSKEY", "STEP_UP_SECONDS", "BREACHED_PASSWORDS_FILE"):
        assert f"`{name}`" in ways
        assert f"`{name}`" in OPERATORS
    assert f"{guessing.STRANGERS.most} in all" in ways
    least = next(
        each["OPTIONS"]["min_length"]
        for each in settings.AUTH_PASSWORD_VALIDATORS
        if "MinimumLength" in each["NAME"]
    )
    assert f"have {least} characters or more" in ways


def test_words_that_make_no_password():
    ways = flat("Ways in")
    listed = ways.partition("those of `ORGANISATION` and ")[2].partition(".")[0]
    assert listed.split(", ") == contextwords.WORDS
    assert contextwords.LEAST == 8
    assert "Eight characters must be left" in ways


def test_how_long_sessions_last():
    text = flat("Sessions")
    assert settings.SESSION_IDLE_SECONDS == 15 * 60
    assert "15 minutes without a request (`SESSION_IDLE_SECONDS`)" in text
    assert settings.SESSION_ABSOLUTE_SECONDS == 12 * 3600
    assert "after 12 hours whatever is done in it (`SESSION_ABSOLUTE_SECONDS`)" in text
    assert settings.SESSION_TOKEN_SECONDS == 3600
    assert "token after one hour" in text
    assert "any number of sessions at once" in text
    # NIST SP 800-63B-4, 2.3.3: AAL3 asks for 12 hours and 15 minutes.
    assert "NIST SP 800-63B-4" in text


def test_who_may_what_is_said():
    text = flat("Who may do what")
    assert "`accounts/roles.py`" in text
    for words in ("The original of a transcript".lower(), "identifiers (name", "one's own roles"):
        assert words in text.lower()


def test_the_forms_are_those_that_check():
    text = section(TEXT, "What is checked in what comes in")
    for pattern in (forms.REGION, forms.LANGUAGE, forms.PURPOSE, forms.PHONE):
        assert f"`{pattern}`" in text
    assert f"{forms.DAY_MS:,}" in text


def test_fields_that_must_agree_are_said():
    text = flat("What is checked in what comes in")
    for rule in (
        "and not both",
        "as strong as its purpose",
        "not before its start",
        "no other party",
    ):
        assert rule in text


def test_limits_are_said():
    text = text_of(ROOT / "docs/api.md")
    for name in ("MAX_JSON_BYTES", "MAX_RECORDING_BYTES", "MAX_RECORDING_SECONDS", "RATE_READ"):
        assert f"`{name}`" in section(text, "Limits")
    assert f"{settings.MAX_JSON_BYTES // 1024**2} MiB" in section(text, "Limits")
    assert f"{settings.MAX_RECORDING_BYTES // 1024**3} GiB" in section(text, "Limits")
    assert f"{settings.MAX_RECORDING_SECONDS // 3600} hours" in section(text, "Limits")


def test_kinds_of_files_are_those_taken():
    text = flat("Files that come in")
    for kind in VoiceRecording.Format.values:
        assert kind in text.lower()
    assert "8 channels and 192 kHz" in text


def test_every_key_is_in_the_inventory():
    keys = rows("Keys and algorithms")
    assert {f"`{name}`" for name in MAKERS} <= set(keys)
    for word in ("data keys", "passwords", "one-time codes", "passkeys", "recovery codes"):
        assert any(word in key for key in keys), word
    read = set(
        re.findall(r"\b([A-Z_]*(?:KEYS?|SECRET))\b", text_of(ROOT / "voicecompliance/settings.py"))
    )
    # The encryption package reads the same list under a name of its own.
    ours = {name for name in read if name in OPERATORS} - {"FIELD_ENCRYPTION_KEY"}
    ours = {name for name in ours if not name.startswith("RATE_")}
    assert ours <= set(" ".join(keys).replace("`", " ").split()), ours


def test_algorithms_are_those_in_use():
    text = section(TEXT, "Keys and algorithms")
    assert settings.OTP_WEBAUTHN_CREDENTIAL_MODEL == "accounts.Passkey"
    assert otp.SECRET_BYTES == 20
    assert SessionToken._meta.get_field("token_hash").max_length == 64
    for name in ("AES-256-GCM", "Ed25519", "HKDF", "HMAC-SHA-256", "Argon2id", "Fernet"):
        assert name in text


def test_everything_that_is_talked_to_is_named():
    text = section(TEXT, "What talks to what")
    for name in (
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "CACHE_URL",
        "AUDIT_PUBLISHERS",
        "BLOB_STORE",
    ):
        assert f"`{name}`" in text
    source = text_of(ROOT / "audit/publishers.py")
    source += text_of(ROOT / "audit/object_lock.py")
    media = set(re.findall(r"^class (\w+)Publisher\b", source, re.MULTILINE))
    assert media == {"File", "Webhook", "S3"}
    assert "a file, S3, a webhook" in text
    # Whoever could ask another server by itself.
    users = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if re.search(
            r"^(?:import|from) (?:httpx|httpcore|requests|urllib\.request|http\.client|boto3)",
            text_of(path),
            re.MULTILINE,
        )
    }
    # The installation's own address: `make run` waits for it, the demonstration calls it.
    here = {
        "voicecompliance/demo.py",
        "voicecompliance/embedded/supervisor.py",
        "voicecompliance/management/commands/load_demo.py",
    }
    named = {"core/outbound.py", "audit/object_lock.py", "phi/objectstore.py"}
    assert users - here <= named, users


def test_every_kind_of_data_has_a_level():
    text = section(TEXT, "Kinds of data")
    codes = [each.code for each in inventory.declarations()]
    for code in codes:
        assert text.count(f"`{code}`") == 1, code
    assert set(re.findall(r"`([a-z]+_?[a-z]+)`", text)) == set(codes)
    sealed = {each.code for each in inventory.declarations() if each.key_class == "content"}
    content = next(line for line in text.splitlines() if line.startswith("| content"))
    assert sealed == set(re.findall(r"`([a-z_]+)`", content))


def test_the_lock_file_is_a_bill_of_materials():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {each["name"]: each for each in lock["package"]}
    assert len(packages) > 100
    for name, package in packages.items():
        if package["source"] == {"virtual": "."}:
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}, name
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, name
        for file in files:
            assert file["url"].startswith("https://files.pythonhosted.org/"), name
            assert file["hash"].startswith("sha256:"), name
    for line in wanted["project"]["dependencies"]:
        assert re.split(r"[\[<>=!~ ]", line)[0] in packages
    assert "`uv.lock`" in flat("Libraries")


def test_within_what_time_libraries_are_replaced():
    text = flat("Libraries")
    assert "within 7 days where it is critical or high" in text
    assert "within 30 days otherwise" in text
    assert "once a quarter" in text


def test_what_costs_much_has_a_bound():
    text = section(TEXT, "What costs much")
    for name in re.findall(r"`([A-Z_]+)`", text):
        assert f"`{name}`" in OPERATORS, name
    assert settings.CELERY_TASK_TIME_LIMIT == 50 * 60
    assert "given up after 50 minutes" in text
    from audit.adminlists import MOST_COUNTED

    assert f"{MOST_COUNTED:,}" in text


def test_the_logs_are_those_that_are_written():
    text = section(TEXT, "Logs")
    assert list(settings.LOGGING["handlers"]) == ["console"]
    assert "standard error of each process" in text
    written = set()
    for name in ("postgres", "valkey"):
        source = text_of(ROOT / f"voicecompliance/embedded/{name}.py")
        written |= set(re.findall(r'"([a-z]+\.log)"', source))
    assert written
    for name in written:
        assert f"`{name}`" in text, name


@pytest.mark.django_db
def test_what_is_in_the_audit_log_is_said():
    text = flat("Logs")
    for words in (
        "signing in",
        "use of a factor",
        "ends of sessions",
        "refusals of the gate",
        "holds",
    ):
        assert words in text
