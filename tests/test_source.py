"""What the source never does, read from the source itself: each is a class of attack that needs it.

Our own code alone; what a library does with what we hand it is held by the tests of those uses.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import ROOT

APPS = (
    "accounts aiethics audit consent core masking operations phi retention threats vault"
    " voicecompliance"
).split()
TEMPLATES = sorted(ROOT.glob("templates/**/*.html")) + sorted(ROOT.glob("*/templates/**/*.html"))
SCRIPTS = sorted(ROOT.glob("static/**/*.js"))


@functools.cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """Every module of ours, parsed."""
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


def imported() -> Iterator[tuple[str, str]]:
    """Each import as a dotted name: the module, and the module with the name taken from it."""
    for place, node in nodes(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            yield from ((place, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield place, node.module
            yield from ((place, f"{node.module}.{alias.name}") for alias in node.names)


def called() -> Iterator[tuple[str, str, ast.Call]]:
    """Each call as it is written: ``hashlib.sha256``, ``open``."""
    for place, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        yield place, ast.unparse(node.func), node


def places(names: str) -> list[str]:
    """Where any of the dotted ``names`` is imported, whole or in part."""
    wanted = tuple(names.split())
    return [
        f"{place} {name}"
        for place, name in imported()
        if any(name == each or name.startswith(f"{each}.") for each in wanted)
    ]


def test_there_is_something_to_read():
    assert len(modules()) > 200
    assert len(TEMPLATES) >= 15
    assert SCRIPTS


def test_no_code_is_made_from_text():
    names = {"eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"}
    assert [place for place, name, _ in called() if name in names] == []


def test_nothing_is_unpickled():
    """Nor read by any other format that makes objects of any class."""
    assert places("pickle cPickle dill marshal shelve jsonpickle yaml joblib") == []
    assert [
        place
        for place, name, node in called()
        if name.endswith("numpy.load") or any(each.arg == "allow_pickle" for each in node.keywords)
    ] == []


def test_tasks_are_json():
    from voicecompliance.celery import app

    assert app.conf.task_serializer == "json"
    assert app.conf.result_serializer == "json"
    assert set(app.conf.accept_content) == {"json"}


def test_sessions_are_json():
    from django.conf import settings

    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def test_no_xml_is_read():
    assert places("xml lxml defusedxml xmltodict bs4 html5lib") == []


def test_no_shell():
    assert places("pty commands") == []
    for place, name, node in called():
        assert name not in {"os.system", "os.popen", "subprocess.getoutput"}, place
        assert not any(
            each.arg == "shell" and ast.unparse(each.value) != "False" for each in node.keywords
        ), place


def test_programs_are_started_by_the_embedded_servers_alone():
    found = {place.split(":")[0] for place in places("subprocess")}
    assert all(place.startswith("voicecompliance/embedded/") for place in found), found


def test_no_mail_no_directory_no_query_language_of_another_kind():
    """So there is no injection into SMTP, LDAP, XPath, LaTeX, memcache, GraphQL or Markdown."""
    assert (
        places(
            "smtplib imaplib poplib django.core.mail ldap ldap3 pylatex pymemcache memcache pylibmc"
            " graphene strawberry ariadne markdown mistune bleach jinja2 mako channels websockets"
        )
        == []
    )


def test_templates_are_files():
    """None is made from a text at run time."""
    assert places("string.Template django.template.Template jinja2") == []
    assert [
        place
        for place, name, _ in called()
        if name.rpartition(".")[2] in {"Template", "from_string"}
    ] == []


# The QR code of an app's secret: drawn by us from a text that is ours.
UNESCAPED = {
    "templates/accounts/app_secret.html": ["qr|safe"],
}


def test_nothing_leaves_a_template_unescaped():
    found = {}
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert "autoescape off" not in text, path
        if unescaped := re.findall(r"[\w.]+\s*\|\s*safe\w*|\{%\s*filter safe", text):
            found[str(path.relative_to(ROOT))] = unescaped
    assert found == UNESCAPED
    assert places("django.utils.safestring django.utils.html.html_safe") == []


def test_markup_in_code_is_formatted_with_escaping():
    """`format_html` escapes what it is given, and its own text is fixed."""
    fixed = {node.targets[0].id: node for _, node in nodes(ast.Assign) if _is_text(node)}  # type: ignore[attr-defined]
    for place, name, node in called():
        if name.rpartition(".")[2] in {"format_html", "format_html_join"}:
            first = node.args[0]
            literal = isinstance(first, ast.Constant)
            assert literal or ast.unparse(first) in fixed, place
            assert len(node.args) + len(node.keywords) > 1, place


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant | ast.JoinedStr)
        and (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str))
    )


def test_templates_hold_no_script_and_no_handler():
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"\s on[a-z]+=[\"']", text), path
        assert "javascript:" not in text, path


def test_addresses_in_templates_are_ours():
    """An href is made by `url`, is fixed, or is a variable that the view took from `reverse`."""
    for path in TEMPLATES:
        for quote, value in re.findall(r"(?:href|action|src)=([\"'])(.*?)\1", path.read_text()):
            assert quote
            assert not re.match(r"\s*(?:javascript|vbscript):", value, re.IGNORECASE), (path, value)
            assert not value.startswith(("http:", "//")), (path, value)


def test_scripts_write_text_and_keep_nothing():
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        for name in (
            "innerHTML outerHTML insertAdjacentHTML document.write eval( Function( setTimeout("
            " localStorage sessionStorage indexedDB document.cookie postMessage onmessage"
            " __proto__ prototype ActiveX <object <embed <applet"
        ).split():
            assert name not in text, (path, name)


# Names of tables, columns and roles that stand in statements; values are parameters.
NAMES_IN_STATEMENTS = {
    "accounts/querysets.py": {"_NAME"},
    "audit/querysets.py": {"step", "column"},
    "audit/services.py": {"_COLUMNS", "_OUTBOX"},
    # The name of a snapshot that PostgreSQL gave; it takes no parameter there.
    "audit/verifier/work.py": {"snapshot.encode()"},
    "core/database.py": {"role"},
    "retention/locks.py": {"shared"},
    "vault/columns.py": {"connection.ops.quote_name(table)", "places"},
    "vault/rewrap.py": {"LOCK_TIMEOUT"},
    "voicecompliance/embedded/postgres.py": {"OWNER", "DATABASE"},
    "voicecompliance/grants.py": {
        "DROPPER", "SEALER", "WEB", "everyone", "key", "name", "rights", "role",
    },
}  # fmt: skip


def test_statements_take_values_as_parameters():
    """Text is put into SQL in few places, each of them known here: a new one is looked at."""
    put: dict[str, set[str]] = {}
    for place, name, node in called():
        verb = name.rpartition(".")[2]
        if verb not in {"execute", "executemany", "copy", "raw", "extra", "RawSQL"}:
            continue
        for text in node.args[:1]:
            if isinstance(text, ast.BinOp):
                put.setdefault(place.split(":")[0], set()).add(ast.unparse(text.right))
            for part in getattr(text, "values", []):
                if isinstance(part, ast.FormattedValue):
                    put.setdefault(place.split(":")[0], set()).add(ast.unparse(part.value))
    assert put == NAMES_IN_STATEMENTS


def test_formats_are_fixed():
    """`str.format` and `%` apply to texts of ours alone, never to one that somebody sent."""
    for place, name, node in called():
        if name.endswith(".format") and isinstance(node.func, ast.Attribute):
            held = node.func.value
            fixed = isinstance(held, ast.Constant) or ast.unparse(held).lstrip("_").isupper()
            assert fixed or place.split(":")[0] in {"audit/verifier/entries.py"}, place


def test_no_weak_primitive():
    """MD5, SHA-1 and RC4, ECB and PKCS#1 v1.5 are nowhere; SHA-1 in TOTP is django-otp's, as RFC
    6238 and every authenticator app have it."""
    for place, name, _ in called():
        last = name.rpartition(".")[2]
        # Have I Been Pwned names stolen passwords by their SHA-1: a file's format, no protection.
        if name == "hashlib.sha1" and place.startswith("accounts/passwords.py:"):
            continue
        # So is the MD5 of its samples that FLAC's head names (RFC 9639, 8.2).
        if name == "hashlib.md5" and place.startswith("masking/audio.py:"):
            continue
        assert last not in {"md5", "sha1", "MD5", "SHA1", "ARC4", "TripleDES", "ECB", "CBC"}, place
        assert last not in {"PKCS1v15", "Blowfish", "IDEA", "CAST5", "SEED"}, place
        if name == "hashlib.new":
            raise AssertionError(place)
    assert places("Crypto Cryptodome pycrypto rsa ecdsa nacl M2Crypto") == []


def test_primitives_are_those_of_one_library():
    """`cryptography` (OpenSSL) and hashlib; AES-GCM, Ed25519, HKDF and Fernet of it, no others."""
    taken = {
        name
        for _, name in imported()
        if name.startswith("cryptography.") and name.rpartition(".")[2][0].isupper()
    }
    assert {name.rpartition(".")[2] for name in taken} <= {
        "AESGCM",
        "HKDF",
        "SHA256",
        "Ed25519PrivateKey",
        "Ed25519PublicKey",
        "Encoding",
        "PublicFormat",
        "PrivateFormat",
        "NoEncryption",
        "InvalidTag",
        "InvalidSignature",
        "InvalidToken",
        "Fernet",
        "MultiFernet",
    }


_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}"
    r"|\bvcs?_[a-z0-9]{12}_[A-Za-z0-9_-]{43}\b|\bargon2\$argon2id\$v=19\$"
)


def test_no_secret_is_in_the_source():
    """Of this installation's kinds or of others': they come from the environment alone."""
    for path, _ in modules():
        assert not _SECRETS.search(path.read_text(encoding="utf-8")), path
    settings = (ROOT / "voicecompliance/settings.py").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "LOOKUP_KEY", "SIGNING_KEY"):
        assert f'\n{name} = environment.secret("{name}")\n' in settings


def test_chance_is_the_systems():
    """`random` is for what nobody may gain by guessing; it is nowhere in these packages but where
    a sample is named by its seed."""
    found = {place.split(":")[0] for place in places("random numpy.random")}
    assert found == CHANCE, found


CHANCE: set[str] = set()


def test_secrets_are_compared_in_even_time():
    """What is compared with a secret, a hash or a token goes through a constant-time comparison."""
    for place, node in nodes(ast.Compare):
        assert isinstance(node, ast.Compare)
        if not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue
        for side in (node.left, *node.comparators):
            text = ast.unparse(side)
            assert not re.search(r"(secret_hash|token_hash|METRICS_TOKEN|code_hash)$", text), place


def test_those_who_read_requests_open_no_files():
    """Views, forms, serializers and admin pages know no paths: what is stored goes through the
    services, which name it."""
    edges = re.compile(r"(?:api\w*|admin\w*|\w*admin|panels|pages|forms|serializers|signin)\.py$")
    for place, name in imported():
        path = place.split(":")[0]
        if edges.search(path) or "/admin/" in path:
            assert name.split(".")[0] not in {"pathlib", "os", "shutil", "tempfile", "glob"}, place
    for place, name, _ in called():
        path = place.split(":")[0]
        if edges.search(path) or "/admin/" in path:
            assert name not in {"open", "FileResponse", "serve"}, place


def test_patterns_are_ours():
    """Regular expressions are fixed when a module is read; none is made of what somebody sent, in
    Python or in the database. But for an officer's masking rules: those are RE2's, which does not
    backtrack, with its memory and its size bounded."""
    officers = []
    for path, tree in modules():
        for inside in ast.walk(tree):
            if not isinstance(inside, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            for node in ast.walk(inside):
                if not isinstance(node, ast.Call) or not _READS_PATTERN.match(
                    ast.unparse(node.func)
                ):
                    continue
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                if path == ROOT / "masking/rules.py":
                    officers.append(ast.unparse(node))
                    continue
                assert isinstance(node.args[0], ast.Constant), place
    assert officers == ["re2.compile(plain.encode(), options)"]
    for place, _, node in called():
        for each in node.keywords:
            if (each.arg or "").endswith(("__regex", "__iregex")):
                assert isinstance(each.value, ast.Constant), place


_READS_PATTERN = re.compile(r"re2?\.(compile|match|search|fullmatch|sub|split|findall|finditer)\Z")
