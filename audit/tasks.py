"""Keeping the log sealed, its outside copies fed, and its partitions ahead of the calendar."""

from __future__ import annotations

from celery import shared_task
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from audit import publishers, publishing, reviews, sealing
from audit.services import ensure_partition
from core import evidence
from core.actors import Actor

MONTHS_AHEAD = 2
# A try that nobody has taken up by then is asked for again by a later beat.
PUBLISH_EXPIRES = 30
REVIEWS = Actor.system("audit.reviews")


@shared_task
def ensure_partitions() -> None:
    """Make this month's partition and those of the next two."""
    now = timezone.now()
    for months in range(MONTHS_AHEAD + 1):
        ensure_partition(now + relativedelta(months=months))


@shared_task
def seal() -> None:
    """Seal what waits, and hand over what is due to each outside copy.

    Comes every five seconds: with nothing to do it is one query.
    """
    addresses = [each.address for each in publishers.configured()]
    found = publishing.waiting(addresses)
    if found.unsealed and sealing.seal().events and addresses:
        found = publishing.waiting(addresses)
    for address in found.due:
        publish.apply_async((address,), expires=PUBLISH_EXPIRES)


@shared_task
def publish(address: str) -> None:
    """Publish the newest checkpoint to one outside copy; one that hangs holds up no other."""
    publishing.publish(address)


@shared_task
def compare_copies() -> None:
    """Read the outside copies where they are written, so that the pages that show the answer
    need not reach them."""
    evidence.measure("audit.outside_copy")


@shared_task
def choose_reviews() -> None:
    """Every hour: put accesses of days that are over before a reviewer, and count yesterday's
    events again. A day is chosen from once."""
    reviews.choose_days(actor=REVIEWS, now=timezone.now())
    evidence.measure("audit.daily_counts")
