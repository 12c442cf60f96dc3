"""The wrapping keys of this database: which it has seen, what lies under each, which is missing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from core import signing, wrapping
from core.errors import CiphertextRefused
from core.fields import KeyMissing, key_id_of
from core.lookups import keyed_hash
from vault.columns import columns, count, newest_values
from vault.models import DataKey, KeyCheck, WrappingKey

logger = logging.getLogger(__name__)

NEWEST, OLD, MISSING, UNOPENED = "newest", "old", "missing", "before key ids"

MOST_COUNTED = 10_000
"""Data keys of one wrapping key that are counted while somebody waits."""

_CHECK = "installation"
_WRONG_KEY = (
    "FIELD_ENCRYPTION_KEYS does not hold the key that this database was encrypted with."
    " Put that key back into the list (the newest key first); nothing was changed."
)


def verify_keys() -> None:
    """See that this installation's keys are those its database was written with.

    The first call leaves the evidence that later ones compare. Raises ImproperlyConfigured with
    a sentence that names the wrong setting, where no key of the list opens anything. A list that
    lacks one key among several starts, and the log says what that key covers.
    """
    ring = wrapping.ring()
    signing.public_key_raw()
    fingerprint = keyed_hash("key-check", "voicecompliance")
    check = KeyCheck.objects.filter(name=_CHECK).first()
    if check is None:
        _refuse_strange_keys()
        KeyCheck.objects.bulk_create(
            [KeyCheck(name=_CHECK, canary="voicecompliance", fingerprint=fingerprint)],
            ignore_conflicts=True,
        )
    elif check.fingerprint != fingerprint:
        raise ImproperlyConfigured(
            "LOOKUP_KEY is not the key that this database's look-ups were made with."
            " Put that key back; nothing was changed."
        )
    else:
        _refuse_wrong_keys(check)
    _note_seen(key.id for key in ring.keys)
    for place, why in ring.failed.items():
        logger.error("Wrapping key number %d could not be loaded: %s", place, why)
    for missing in missing_keys():
        logger.error("%s", missing.sentence)


def _opens(row: object, name: str) -> bool:
    try:
        getattr(row, name)
    except CiphertextRefused:
        return False
    return True


def _refuse_strange_keys() -> None:
    """Data without a sample beside it: the newest row of each column stands in for it."""
    found = [_opens(row, column.field.name) for column, row in newest_values()]
    if found and not any(found):
        raise ImproperlyConfigured(_WRONG_KEY)


def _refuse_wrong_keys(check: KeyCheck) -> None:
    """The sample does not open: wrong keys, unless what was written lately does."""
    try:
        _ = check.canary
    except CiphertextRefused as error:
        others = (
            _opens(row, column.field.name)
            for column, row in newest_values()
            if column.model is not KeyCheck
        )
        if not isinstance(error, KeyMissing) or not any(others):
            raise ImproperlyConfigured(_WRONG_KEY) from None


def _note_seen(ids: Iterable[str]) -> None:
    rows = [WrappingKey(key_id=each) for each in ids]
    known = set(
        WrappingKey.objects.filter(key_id__in=[row.key_id for row in rows]).values_list(
            "key_id", flat=True
        )
    )
    # First the oldest, so that the list's order is that of their making.
    new = [row for row in reversed(rows) if row.key_id not in known]
    if new:
        WrappingKey.objects.bulk_create(new, ignore_conflicts=True)


@dataclass(frozen=True, slots=True)
class Missing:
    """A key that values lie under and that the list does not hold. ``identifiers`` is by the last
    count, None before the first."""

    key_id: str
    data_keys: int
    identifiers: int | None

    @property
    def sentence(self) -> str:
        """What it covers, for the log, the evidence and the system check."""
        others = "other values" if self.identifiers is None else f"{self.identifiers} other values"
        return (
            f"Wrapping key {self.key_id} is not in FIELD_ENCRYPTION_KEYS: {self.data_keys} data"
            f" keys and {others} under it cannot be read."
        )


class AtLeast(int):
    """A count that stopped: shown with a plus."""

    def __str__(self) -> str:
        return f"{int(self)}+"


def data_keys_under(row: WrappingKey) -> int:
    """Data keys under a wrapping key now, by the index: exact up to ``MOST_COUNTED``; beyond, the
    last count, or ``AtLeast``."""
    key_id = "" if row.key_id == WrappingKey.BEFORE_IDS else row.key_id
    under = DataKey.objects.annotate(under=key_id_of("wrapped")).filter(under=key_id)
    found = under[: MOST_COUNTED + 1].count()
    if found <= MOST_COUNTED:
        return found
    return max(AtLeast(MOST_COUNTED), row.data_keys or 0)


def ids_of_data_keys() -> set[str]:
    """The ids of the keys that data keys lie under now: one step in the index for each id,
    however many data keys there are."""
    rows = DataKey.objects.annotate(under=key_id_of("wrapped")).order_by("under")
    found: set[str] = set()
    last = ""
    while (
        under := rows.filter(under__gt=last).values_list("under", flat=True).first()
    ) is not None:
        found.add(under)
        last = under
    return found


def missing_keys() -> list[Missing]:
    """Keys that the list does not hold and that data keys lie under now, or other values lay under
    at the last count."""
    held = {key.id for key in wrapping.ring().keys} | {WrappingKey.BEFORE_IDS}
    under = ids_of_data_keys() - held
    _note_seen(sorted(under))
    return [
        Missing(row.key_id, data_keys_under(row), row.identifiers)
        for row in WrappingKey.objects.exclude(key_id__in=held).order_by("first_seen_at")
        if row.key_id in under or row.identifiers
    ]


def covered_by(key_id: str) -> Missing:
    """What a key covers that the list does not hold, whoever has met it first."""
    row = WrappingKey.objects.filter(key_id=key_id).first() or WrappingKey(key_id=key_id)
    return Missing(key_id, data_keys_under(row), row.identifiers)


@transaction.atomic
def count_and_keep(now: datetime | None = None) -> dict[str, Counter[str]]:
    """Count what lies under each key, keep the figures beside the keys, and return them by
    column (see ``vault.columns.count``)."""
    now = now or timezone.now()
    found = count()
    data_keys: Counter[str] = Counter()
    identifiers: Counter[str] = Counter()
    for column in columns():
        (data_keys if column.wraps_keys else identifiers).update(found[column.label])
    ids = {each or WrappingKey.BEFORE_IDS for each in (*data_keys, *identifiers)}
    _note_seen(sorted(ids))
    for row in WrappingKey.objects.order_by("key_id").select_for_update():
        key_id = "" if row.key_id == WrappingKey.BEFORE_IDS else row.key_id
        row.data_keys, row.identifiers = data_keys[key_id], identifiers[key_id]
        row.counted_at = now
        row.save(update_fields=["data_keys", "identifiers", "counted_at"])
    return found


def state_of(row: WrappingKey) -> str:
    """Whether a key is the newest of the list, an old one of it, or missing from it."""
    if row.key_id == WrappingKey.BEFORE_IDS:
        return UNOPENED
    ring = wrapping.ring()
    if ring.first is not None and ring.first.id == row.key_id:
        return NEWEST
    return OLD if ring.by_id(row.key_id) else MISSING


def newest_row() -> WrappingKey:
    """The row of the newest key, made where a process has not yet noted it. Raises
    KeyUnavailable."""
    key_id = wrapping.ring().newest.id
    _note_seen([key_id])
    return WrappingKey.objects.get(key_id=key_id)


def overdue(row: WrappingKey, now: datetime) -> bool:
    """Whether the newest key has been in use for longer than ``KEY_ROTATION_DAYS`` (NIST SP
    800-57 part 1 rev. 5, 5.3.6: a symmetric key-wrapping key's originator usage)."""
    return now - row.first_seen_at > timedelta(days=settings.KEY_ROTATION_DAYS)
