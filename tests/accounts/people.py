"""What the tests of people share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from accounts.models import User
from core.actors import PERSON, Actor
from core.errors import Problem


def as_actor(user: User) -> Actor:
    """The person as who acts."""
    return Actor(PERSON, str(user.pk), user.username)


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act gave, or the code of what it refused with, all begun together."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return act()
        except Problem as problem:
            return problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
