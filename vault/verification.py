"""What should be ciphertext and is not, or does not open: every encrypted column, every sealed one.

The quick run looks at the form alone, in the database; the full one opens every value. Either
reads the whole database, in batches by primary key, and writes nothing but its event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Func, IntegerField, Model, Q, QuerySet, Value
from django.db.models.functions import Length, Substr

from audit.services import record
from core.actors import Actor
from core.errors import CiphertextRefused, Problem
from core.fields import KeyMissing
from vault import sealing, services
from vault.columns import Column, columns
from vault.models import DataKey
from vault.sealed import SealedColumn, sealed_columns

BATCH = 1000
# A Fernet token: version 0x80 and the first bytes of a time, in URL-safe base64.
FORM = r"^vc1:([0-9a-f]{16}:)?gAAAA[A-Za-z0-9_-]{90,}={0,2}$"

NOT_CIPHERTEXT, KEY_MISSING, KEY_DESTROYED, REFUSED = (
    "not ciphertext",
    "its key is missing",
    "its key was destroyed",
    "does not open",
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One value that is not what it should be: where it is and why, never what it is."""

    model: str
    field: str
    id: str
    reason: str


def verify(
    *, actor: Actor, quick: bool = False, progress: Progress | None = None, batch: int = BATCH
) -> list[Finding]:
    """Look at every value; returns those that are not ciphertext or, unless ``quick``, do not
    open. One event says how many were looked at and found."""
    everything: list[Column | SealedColumn] = [*columns(), *sealed_columns()]
    total = sum(
        each.model._base_manager.filter(**{f"{_name(each)}__isnull": False}).count()
        for each in everything
    )
    found: list[Finding] = []
    done = 0
    say = progress or (lambda done, total: None)
    for column in everything:
        if isinstance(column, Column):
            parts = _bad_text(column, quick, batch)
        else:
            parts = _bad_sealed(column, quick, batch)
        for looked_at, findings in parts:
            done += looked_at
            found += findings
            say(min(done, total), total)
    say(total, total)
    with transaction.atomic():
        record(
            actor=actor,
            event_type="vault",
            action="encryption_verified",
            object_type=DataKey._meta.label,
            details={
                "quick": quick,
                "values": done,
                "found": len(found),
                "where": sorted({f"{each.model}.{each.field}: {each.reason}" for each in found}),
                # The whole list is the command's to print.
                "rows": [each.id for each in found[:50]],
            },
            severity="ERROR" if found else "INFO",
        )
    return found


def _name(column: Column | SealedColumn) -> str:
    return column.field.name if isinstance(column, Column) else column.field


def _batches(rows: QuerySet[Any], batch: int) -> Iterator[list[Any]]:
    last = None
    while True:
        page = list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:batch])
        if page:
            yield page
        if len(page) < batch:
            return
        last = page[-1].pk


def _finding(column: Column | SealedColumn, row: Model, reason: str) -> Finding:
    return Finding(column.model._meta.label, _name(column), str(row.pk), reason)


def _reason(error: CiphertextRefused) -> str:
    return KEY_MISSING if isinstance(error, KeyMissing) else REFUSED


def _bad_text(column: Column, quick: bool, batch: int) -> Iterator[tuple[int, list[Finding]]]:
    name = column.field.name
    names = column.sql()
    with connection.cursor() as cursor:
        # The form is the database's to look at: nothing travels but what is wrong.
        cursor.execute(
            "SELECT {pk}::text FROM {table} WHERE {column} IS NOT NULL"
            " AND {column} !~ %s ORDER BY {pk}".format(**names),
            [FORM],
        )
        formless = [row[0] for row in cursor.fetchall()]
    rows = column.model._base_manager.filter(**{f"{name}__isnull": False})
    findings = [Finding(column.model._meta.label, name, pk, NOT_CIPHERTEXT) for pk in formless]
    if quick:
        yield rows.count(), findings
        return
    yield 0, findings
    known = set(formless)
    bound_to = [column.field.bound_to] if column.field.bound_to else []
    needed = ["pk", name, *bound_to, *(["owner_id"] if column.wraps_keys else [])]
    for page in _batches(rows.only(*needed), batch):
        bad = []
        for row in page:
            if str(row.pk) in known:
                continue
            try:
                if isinstance(row, DataKey):
                    services.unwrap(row)
                else:
                    getattr(row, name)
            except CiphertextRefused as error:
                bad.append(_finding(column, row, _reason(error)))
        yield len(page), bad


def _bad_sealed(
    column: SealedColumn, quick: bool, batch: int
) -> Iterator[tuple[int, list[Finding]]]:
    rows = column.model._base_manager.filter(**{f"{column.field}__isnull": False})
    if quick:
        size = Length(column.field)
        first = Func(
            Substr(column.field, 1, 1), Value(0), function="get_byte", output_field=IntegerField()
        )
        shaped = rows.annotate(vault_size=size)
        short = Q(vault_size__lt=sealing.MESSAGE_LEAST)
        wrong = [
            _finding(column, row, NOT_CIPHERTEXT)
            for row in shaped.filter(short).only("pk").order_by("pk")
        ]
        long = shaped.exclude(short).annotate(vault_first=first)
        wrong += [
            _finding(column, row, NOT_CIPHERTEXT)
            for row in long.exclude(vault_first=sealing.MESSAGE_VERSION).only("pk").order_by("pk")
        ]
        yield rows.count(), wrong
        return
    needed = rows.only("pk", column.field, *column.needs, *column.related)
    if column.related:
        needed = rows.select_related(*column.related)
    # Sealed values may be long: a twentieth of them at a time.
    for page in _batches(needed, max(1, batch // 20)):
        yield len(page), _page_of_sealed(column, page)


def _page_of_sealed(column: SealedColumn, page: list[Any]) -> list[Finding]:
    ids: dict[Any, Any] = {}
    bad: list[Finding] = []
    for row in page:
        try:
            ids[row.pk] = sealing.message_key_id(bytes(getattr(row, column.field)))
        except CiphertextRefused:
            bad.append(_finding(column, row, NOT_CIPHERTEXT))
    keys = DataKey.objects.in_bulk(set(ids.values()))
    for row in page:
        if row.pk in ids and (reason := _why_not(column, row, keys.get(ids[row.pk]))):
            bad.append(_finding(column, row, reason))
    return bad


def _why_not(column: SealedColumn, row: Any, key: DataKey | None) -> str:
    try:
        owner, aad = column.bound(row)
    except Problem:
        return REFUSED
    if key is None or key.owner_id != owner:
        return REFUSED
    if key.destroyed_at is not None:
        return KEY_DESTROYED
    try:
        bound = sealing.binding(aad, owner, key.pk)
        sealing.open_(services.unwrap(key), bound, bytes(getattr(row, column.field)))
    except CiphertextRefused as error:
        return _reason(error)
    return ""
