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


# Reports that came before the way back are told from what was seen after the way forth.
WITH_DATA = """
import django; django.setup()
from datetime import date, timedelta
from django.core.management import call_command
from django.db import connection, transaction
from audit import ingest, rollups
from audit.sealing import seal
from audit.services import Entry, record
from audit.verifier.run import verify
from core.actors import Actor

call_command("migrate", verbosity=0)
entry = Entry(event_type="sign_in", action="failed")
for _ in range(2):
    with transaction.atomic():
        record(actor=Actor.system("tests"), event_type="sign_in", action="failed")
    ingest.report(actor=Actor("application", "1", "app"), entries=[entry] * 5)
    seal()
    assert verify().ok, verify().first_bad
    call_command("migrate", "audit", "0006", verbosity=0)
    call_command("migrate", verbosity=0)
    verdict = verify()
    assert verdict.ok, verdict.first_bad
today = date.today()
span = {"first": today - timedelta(days=2), "last": today + timedelta(days=2)}
assert rollups.differences(**span) == (0, 12)
"""


def migrate_all(code: str = CODE) -> None:
    base = connection.settings_dict
    login = quote(base["USER"], safe="")
    if base["PASSWORD"]:
        login += ":" + quote(base["PASSWORD"], safe="")
    host = quote(base["HOST"], safe="")
    url = f"postgresql:///{NAME}?host={host}&user={base['USER']}"
    if base["PORT"]:
        url = f"postgresql://{login}@{base['HOST']}:{base['PORT']}/{NAME}"
    done = subprocess.run(
        [sys.executable, "-c", code],
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


@pytest.mark.parametrize("code", [CODE, WITH_DATA], ids=["empty", "with data"])
def test_all_the_way_back_and_forth(code):
    def run(statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            # The connection enters the web role; making databases is the owner's.
            cursor.execute("SET ROLE NONE")
            cursor.execute(statement)

    run(f'DROP DATABASE IF EXISTS "{NAME}"')
    run(f'CREATE DATABASE "{NAME}"')
    try:
        migrate_all(code)
    finally:
        run(f'DROP DATABASE IF EXISTS "{NAME}"')
