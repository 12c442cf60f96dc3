"""Every migration goes back and forth on a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.django_db
NAME = f"test_back_and_forth_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
# From the top down: each app before those it depends on.
APPS = "aiethics phi consent retention operations vault audit accounts".split()


STEPS = [["audit", "0001"], [], *([app, "zero"] for app in APPS), []]
CODE = (
    "import django; django.setup()\n"
    "from django.core.management import call_command\n"
    f"for step in {STEPS!r}: call_command('migrate', *step, verbosity=0)\n"
)


def migrate_all() -> None:
    base = connection.settings_dict
    login = quote(base["USER"], safe="")
    if base["PASSWORD"]:
        login += ":" + quote(base["PASSWORD"], safe="")
    host = quote(base["HOST"], safe="")
    url = f"postgresql:///{NAME}?host={host}&user={base['USER']}"
    if base["PORT"]:
        url = f"postgresql://{login}@{base['HOST']}:{base['PORT']}/{NAME}"
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DATABASE_ROLE": "owner",
            "DJANGO_SETTINGS_MODULE": "voicecompliance.settings",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_all_the_way_back_and_forth():
    def run(statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            # The connection enters the web role; making databases is the owner's.
            cursor.execute("SET ROLE NONE")
            cursor.execute(statement)

    run(f'DROP DATABASE IF EXISTS "{NAME}"')
    run(f'CREATE DATABASE "{NAME}"')
    try:
        migrate_all()
    finally:
        run(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
