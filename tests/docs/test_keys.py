"""The ceremonies of docs/keys.md: their commands run as they are printed, for each provider that
needs no other server (tests/vault/test_providers.py has Vault's)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from consent.services.subjects import put_subject
from core import wrapping
from core.actors import Actor
from tests.docs.pages import ROOT, section, text_of
from tests.docs.test_readme import address_of_test_database

KEYS = text_of(ROOT / "docs" / "keys.md")
INLINE = re.compile(r"`(manage\.py [^`]+)`")
# Those of a numbered step are set in under it.
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
ELLIPSIS = "FIELD_ENCRYPTION_KEYS=..."


def commands_of(text: str) -> list[str]:
    """Each block of commands in the text."""
    return [dedent(body) for _, language, body in BLOCK.findall(text) if language == "sh"]


def printed(title: str, place: int = 0) -> str:
    """The commands of a section's block."""
    return commands_of(section(KEYS, title))[place]


@pytest.fixture(params=["environment", "file"])
def shell(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run printed commands with this list of keys, newest first, where the provider has it."""
    path = tmp_path / "bin" / "manage.py"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/manage.py" "$@"\n')
    path.chmod(0o755)
    listed = tmp_path / "keys"

    def run(commands: str, *keys: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "voicecompliance.settings",
            "DATABASE_ROLE": "web",
            "DATABASE_URL": address_of_test_database(),
            "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
            "FIELD_ENCRYPTION_PROVIDER": request.param,
            "FIELD_ENCRYPTION_KEYS": "",
            "PATH": f"{path.parent}{os.pathsep}{os.environ['PATH']}",
        }
        if request.param == "file":
            listed.write_text("# newest first\n" + "\n".join(keys) + "\n")
            listed.chmod(0o600)
            environment["FIELD_ENCRYPTION_KEYS_FILE"] = str(listed)
            given = f"FIELD_ENCRYPTION_KEYS_FILE={listed}"
        else:
            environment["FIELD_ENCRYPTION_KEYS"] = ",".join(keys)
            given = f"FIELD_ENCRYPTION_KEYS={','.join(keys)}"
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands.replace(ELLIPSIS, given)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def fine(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_the_page_prints_is_what_runs_here() -> None:
    """A command that is added to the page is added here too."""
    inside = [line for body in commands_of(KEYS) for line in body.splitlines()]
    commands = {line.partition("manage.py ")[2] for line in inside if "manage.py " in line}
    commands |= {each.removeprefix("manage.py ") for each in INLINE.findall(KEYS)}
    assert commands == {
        "make_wrapping_key",
        "check --database default",
        "verify_encryption",
        "verify_encryption --json",
        "rotate_keys",
        "rotate_keys --check",
    }
    assert printed("Back up").count(ELLIPSIS) == 1


@pytest.mark.django_db(transaction=True)
def test_made_backed_up_rotated_and_lost(shell: Any, system: Actor) -> None:
    put_subject(
        actor=system,
        id_space="organisation",
        external_id="customer-17",
        values={"name": "Ada Example"},
    )
    old = settings.FIELD_ENCRYPTION_KEYS

    # Make: the key alone on standard output, its id on standard error.
    made = shell(printed("Make"), *old)
    new = fine(made).strip()
    Fernet(new)
    new_id = wrapping.public_id(new)
    assert new_id in made.stderr
    assert new not in made.stderr

    # Back up: the list with the new key behind the others opens all there is.
    assert "Every stored value opens" in fine(shell(printed("Back up"), *old, new))
    # What is no back-up of this database's keys is told.
    wrong = shell(printed("Back up"), new)
    assert wrong.returncode != 0
    assert "does not hold the key that this database was encrypted with" in wrong.stderr

    # Rotate: with the new key in front.
    rotate, again = printed("Rotate"), printed("Rotate", 1)
    assert "manage.py rotate_keys\n" in rotate
    assert f"Nothing is left under another key than {new_id}" in fine(shell(rotate, new, *old))
    # The old one is out.
    looked = fine(shell(again, new))
    assert f"Nothing is left under another key than {new_id}" in looked
    assert "Every stored value opens" in looked

    # A key is lost: nothing of what lies under it opens.
    lost = shell("manage.py verify_encryption --json", Fernet.generate_key().decode(), *old)
    assert lost.returncode == 1
    covered = json.loads(lost.stdout)
    assert ("consent.DataSubject", "name") in {(each["model"], each["field"]) for each in covered}
    assert {each["reason"] for each in covered} == {"its key is missing"}
