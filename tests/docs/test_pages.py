"""What the documents name is there, and what is there is named."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLResolver, get_resolver

from consent.models import Jurisdiction, Purpose
from core import errors as problems
from core import inventory
from tests.docs.pages import PAGES, ROOT, prose, text_of
from voicecompliance.celery import app as celery

EVERYTHING = "\n".join(text_of(page) for page in PAGES)
API = text_of(ROOT / "docs/api.md")
OPERATORS = text_of(ROOT / "docs/operators.md")
LAW = text_of(ROOT / "docs/law.md")
NAMES = {
    path.name
    for folder in ROOT.iterdir()
    if folder.is_dir() and not folder.name.startswith(".")
    for path in folder.rglob("*.py")
}

_LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)\s]+))?\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:[A-Za-z_.]+/)*[A-Za-z_0-9]+\.(?:py|md|ogg|toml|lock)|(?:[a-z_]+/)+[a-z_]*")


def anchors(page: Path) -> set[str]:
    """The page's headings as GitHub links to them."""
    headings = re.findall(r"^#+ (.*)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target, anchor in _LINK.findall(prose(text_of(page))):
        if target.startswith("https://"):
            continue
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), target
        assert found.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(found), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_exist(page):
    for code in _CODE.findall(prose(text_of(page))):
        if not _PATH.fullmatch(code) or code.endswith(".env"):
            continue
        # A bare name is one that several apps use; a folder may be of the page's own package.
        places = (ROOT / code, ROOT / page.stem / code)
        assert code in NAMES or any(place.exists() for place in places), code


def test_the_index_names_every_page():
    index = text_of(ROOT / "docs/index.md")
    for page in (ROOT / "docs").rglob("*.md"):
        if page.name != "index.md":
            assert f"]({page.relative_to(ROOT / 'docs')})" in index, page.name


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"`(?:SCREENSHOTS=\S+ )?make ([a-z]+)", EVERYTHING))
    assert {"run", "test", "demo", "check"} <= named <= targets


def test_management_commands_exist():
    named = set(re.findall(r"manage\.py ([a-z_]+)", EVERYTHING))
    assert {"create_api_key", "reset_factor", "enforce_retention", "load_demo"} <= named
    assert named <= set(get_commands())
    ours = {name for name, app in get_commands().items() if (ROOT / app.split(".")[0]).is_dir()}
    assert ours <= set(re.findall(r"^\| `manage\.py ([a-z_]+)", OPERATORS, re.MULTILINE))


def test_options_of_commands_exist():
    for command, option in (
        ("accounts/management/commands/create_api_key.py", "--scopes --days --id-space --no-cards"),
        ("accounts/management/commands/rotate_api_key.py", "--overlap-hours"),
        ("accounts/management/commands/reset_factor.py", "--password --yes"),
        ("retention/management/commands/enforce_retention.py", "--dry-run --at --json"),
    ):
        source = text_of(ROOT / command)
        for name in option.split():
            assert f'"{name}"' in source
            assert name in EVERYTHING


def test_environment_variables_are_all_described():
    read = re.compile(
        r"(?:\b(?:text|number|words|flag|secret|ports|networks|rate)|environ\.get)\(\s*\"([A-Z0-9_]+)\""
    )
    found = {
        name
        for path in (ROOT / "voicecompliance").rglob("*.py")
        for name in read.findall(text_of(path))
    }
    table = OPERATORS.split("## Environment variables", 1)[1].split("\n## ", 1)[0]
    described = {
        name
        for row in re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
        for name in _CODE.findall(row)
    }
    # PATH is the system's.
    assert found - {"PATH"} <= described
    elsewhere = {"DJANGO_SETTINGS_MODULE", "VENV", "PYTHON", "CHROMIUM", "PYTEST_ARGS"}
    assert described <= found | elsewhere | {"SCREENSHOTS"}


def test_the_schedule_is_described():
    rows = {
        task: when for when, task in re.findall(r"^\| (every [^|]+) \| `(\S+)` \|", OPERATORS, re.M)
    }
    schedule = celery.conf.beat_schedule
    assert set(rows) == {entry["task"] for entry in schedule.values()}
    for entry in schedule.values():
        when = entry["schedule"]
        if isinstance(when, float):
            minute = {5: "every 5 seconds", 60: "every minute", 300: "every 5 minutes"}[int(when)]
        else:
            minute = f"every hour at :{min(when.minute):02d}"
        assert rows[entry["task"]] == minute


def test_every_endpoint_is_described_with_its_scope():
    rows: dict[tuple[str, str], str] = {}
    for calls, scope in re.findall(
        r"^\| (`(?:GET|POST|PUT)[^|]*) \| ([^|]*) \|", API, re.MULTILINE
    ):
        for method, path in re.findall(r"`([A-Z]+) /([^`]+)`", calls):
            rows[method, re.sub(r"\{\w+\}", "{}", path)] = scope
    served: dict[tuple[str, str], object] = {}
    for each in get_resolver().url_patterns:
        if not isinstance(each, URLResolver) or str(each.pattern) != "api/v1/":
            continue
        for part in each.url_patterns:
            for route in getattr(part, "url_patterns", [part]):
                view = route.callback.view_class
                path = re.sub(r"<[^>]+>", "{}", str(route.pattern))
                for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                    if hasattr(view, method.lower()):
                        scopes = getattr(view, "required_scopes", None)
                        served[method, path] = scopes[method] if scopes else None
    assert set(rows) == set(served)
    for call, scope in served.items():
        said = _CODE.findall(rows[call])
        assert said == ([scope] if scope else []), call


def test_every_problem_code_is_described():
    raised = {
        kind.code
        for kind in vars(problems).values()
        if isinstance(kind, type) and issubclass(kind, problems.Problem)
    } - {"error"}
    for app in ("accounts", "aiethics", "consent", "core", "operations", "phi", "retention"):
        for path in (ROOT / app).rglob("*.py"):
            if path.name == "evidence.py" or "personal_data" in str(path):
                continue
            raised.update(re.findall(r'code="([a-z]+(?:-[a-z]+)*)"', text_of(path)))
    described = set(_CODE.findall(API))
    assert raised <= described, raised - described


@pytest.mark.django_db
def test_the_law_page_is_what_is_seeded():
    strength = {"implied": "implied", "express": "express", "written": "written"}
    for purpose in Purpose.objects.all():
        least = strength[purpose.strength] if purpose.requires_consent else "no consent needed"
        basis = purpose.lawful_basis.replace("_", " ")
        assert f"| `{purpose.code}` | {basis} | {least} | {purpose.source} |" in LAW
    for place in Jurisdiction.objects.all():
        assert f"| {place.code} {place.title} | {place.source} | {place.confidence} |" in LAW
    assert Purpose.objects.count() == len(re.findall(r"^\| `[a-z_]+` \| [a-z ]+ \| ", LAW, re.M))
    assert Jurisdiction.objects.count() == len(re.findall(r"\| (?:settled|verify) \|$", LAW, re.M))


def test_the_keep_times_are_those_declared():
    rows = {code: int(days) for code, days in re.findall(r"\| `([a-z_]+)` \| (\d+) \|", LAW)}
    assert rows == {each.code: each.keep.days for each in inventory.declarations()}


def test_the_example_declaration_is_the_real_one():
    example = text_of(ROOT / "docs/architecture.md").split("```python\n", 1)[1].split("```", 1)[0]
    assert example in text_of(ROOT / "aiethics/personal_data.py")
