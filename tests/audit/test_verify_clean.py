"""A log that nobody touched verifies, whatever its size and state."""

import pytest
from django.db import transaction

from audit.sealing import seal
from audit.services import Entry, record_many
from audit.verifier.run import verify
from core.actors import Actor

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("tests")


def write(count, **details):
    with transaction.atomic():
        return record_many(
            actor=ACTOR,
            entries=[
                Entry(event_type="t", action="a", details={"n": n, **details}) for n in range(count)
            ],
        )


def test_small():
    write(600, word='Grüße \u2028 "x"', nested={"b": [1, None, True], "a": -5, "ü": "é"})
    seal(batch=100)
    write(3)
    seen = verify()
    assert seen.ok, seen
    assert (seen.events, seen.size, seen.unsealed, seen.checkpoints) == (603, 600, 3, 6)
