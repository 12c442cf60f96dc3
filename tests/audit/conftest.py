"""Outside copies of the log."""

import pytest

from audit import publishers, publishing, tasks
from audit.publishers import FilePublisher
from tests.audit.sealed import Broken


@pytest.fixture
def handed(monkeypatch):
    """What the beat hands over, done at once."""
    given = []

    def apply(args, **options):
        given.append(args[0])
        publishing.publish(args[0])

    monkeypatch.setattr(tasks.publish, "apply_async", apply)
    return given


@pytest.fixture
def copy(settings, tmp_path, handed):
    """A file as outside copy, fed at every seal."""
    settings.AUDIT_PUBLISHERS = [f"file://{tmp_path}/checkpoints.log"]
    settings.AUDIT_PUBLISH_SECONDS = 0
    return FilePublisher(tmp_path / "checkpoints.log")


@pytest.fixture
def broken(monkeypatch, copy, settings):
    """One copy that fails, before one that works."""
    medium = Broken()
    real = publishers.configured
    monkeypatch.setattr(publishers, "configured", lambda: [medium, *real()])
    return medium
