"""The one deleter: nothing that the inventory declares is destroyed by expiry anywhere else.

It walks the inventory. A kind that goes by rows is taken in batches of 500: each batch is one
transaction as the database's ``dropper`` role, in which the rows are locked, their holds read,
the owner's ``erase`` called, a tombstone a row and one audit event written. Blobs go after the
commit. So it can be killed anywhere and goes on where it stopped; a second one at the same time
skips the rows that the first has locked; and what cannot be erased is rolled back, counted, and
stands in nobody's way. A kind that goes by partitions is asked to drop those that have ended.

Whoever places a hold waits for the batch under way and then knows that no later one misses it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from audit.services import Severity, record
from core import inventory
from core.actors import Actor
from core.database import dropping
from core.errors import Conflict
from core.inventory import Declaration
from retention.locks import lock_holds
from retention.models import LegalHold, RetentionPolicy, RetentionRun, Tombstone
from retention.querysets import CLOCK
from retention.report import DELETED, DUE, FAILED, HELD, Counts, Item, Report
from retention.schedule import (
    HELD_BY,
    HOLD,
    OVER,
    SUBJECT,
    Keep,
    ended,
    keep_of,
    rows_of,
    with_over,
)
from vault import services as vault

logger = logging.getLogger(__name__)

BATCH = 500
MAX_FAILURES = 100
"""After so many rows that cannot be erased a category is left until the next run."""

OnItem = Callable[[Item], None]


class NotErased(RuntimeError):
    """``erase`` came back and rows are still there: rolled back, or it would go on for ever."""


def enforce(
    *, actor: Actor, now: datetime, dry_run: bool = False, on_item: OnItem | None = None
) -> Report:
    """Destroy everything that has ended by ``now`` (UTC) and is not held; say what happened.

    ``dry_run`` destroys nothing and counts what would go. ``on_item`` is called for each item
    past its end. Must not be called inside a transaction that the caller may roll back: blobs
    follow the commit. A category that fails is reported and does not stop the others.
    """
    run = RetentionRun.objects.create(started_at=timezone.now(), dry_run=dry_run, at=now)
    policies = RetentionPolicy.objects.days_by_code(now)
    report = Report(run_id=run.pk, at=now, dry_run=dry_run)
    for declaration in inventory.declarations():
        keep = keep_of(declaration, now, policies)
        counts = Counts(days=keep.days, decided_by=keep.decided_by)
        report.categories[declaration.code] = counts
        work = _Work(run, actor, now, keep, counts, on_item)
        try:
            if declaration.drop is not None:
                work.drop_partitions()
            elif dry_run:
                work.preview()
            else:
                work.delete_rows()
        except Exception as error:
            # One category's fault must not keep another's data past its end.
            logger.exception("retention: %s could not be finished", declaration.code)
            counts.error = counts.error or type(error).__name__
            counts.failed = counts.failed or 1
    with transaction.atomic():
        run.finished_at = timezone.now()
        run.counts = report.counts()
        run.error = report.error[:300]
        run.save(update_fields=["finished_at", "counts", "error"])
        record(
            actor=actor,
            event_type="retention",
            action="previewed" if dry_run else "enforced",
            obj=run,
            severity=Severity.ERROR if run.error else Severity.INFO,
            details={"at": now, "counts": run.counts, "error": run.error},
        )
    return report


def destroy(*, actor: Actor, code: str, ids: Sequence[Any], now: datetime) -> int:
    """Destroy these rows of one kind now, whatever their clock says; how many went.

    For a row that its owner has ended. The same batch, tombstones, key and event as a sweep's, in
    a run of its own. Rows that are gone already are none. Raises Conflict ``on-hold`` where a
    legal hold binds one of them (then nothing goes), and what ``erase`` raised. Must not be called
    inside a transaction that the caller may roll back: blobs follow the commit.
    """
    keep = keep_of(inventory.get(code), now)
    holds = LegalHold.objects.binding_rows_of(keep.declaration).order_by("pk")
    rows = with_over(rows_of(keep.declaration), keep.declaration, now).filter(pk__in=ids)
    rows = rows.annotate(**{HELD_BY: Subquery(holds.values("pk")[:1])})
    if rows.filter(**{f"{HELD_BY}__isnull": False}).exists():
        raise Conflict("A legal hold keeps it until the hold is released.", code="on-hold")
    if not rows.exists():
        return 0
    run = RetentionRun.objects.create(started_at=timezone.now(), at=now, only=code)
    counts = Counts(days=keep.days, decided_by=keep.decided_by)
    work = _Work(run, actor, now, keep, counts, None)
    while True:
        # A hold that was placed since is seen in the batch's own transaction.
        found, error = work._batch(rows.filter(**{f"{HELD_BY}__isnull": True}), BATCH)
        if error is not None or not found:
            break
    counts.error = type(error).__name__ if error is not None else ""
    run.finished_at, run.counts, run.error = timezone.now(), {code: asdict(counts)}, counts.error
    run.save(update_fields=["finished_at", "counts", "error"])
    if error is not None:
        raise error
    if rows.filter(**{f"{HELD_BY}__isnull": False}).exists():
        raise Conflict("A legal hold keeps it until the hold is released.", code="on-hold")
    return counts.deleted


@dataclass(slots=True)
class _Work:
    """One category in one run."""

    run: RetentionRun
    actor: Actor
    now: datetime
    keep: Keep
    counts: Counts
    on_item: OnItem | None

    @property
    def declaration(self) -> Declaration:
        return self.keep.declaration

    def tell(
        self,
        id_: object,
        clock: datetime,
        outcome: str,
        hold: object = None,
        over: bool = False,
    ) -> None:
        if self.on_item is None:
            return
        reason = self.declaration.over_reason if over else self.keep.reason
        if hold is not None:
            reason = f"legal hold {hold}"
        self.on_item(
            Item(
                category=self.declaration.code,
                id=str(id_),
                clock=clock,
                ends=min(self.now, self.keep.end(clock)) if over else self.keep.end(clock),
                outcome=outcome,
                decided_by=self.keep.decided_by if hold is None else HOLD,
                reason=reason,
            )
        )

    # By rows ------------------------------------------------------------------------------

    def preview(self) -> None:
        """Count and tell what would go and what is held; destroy nothing."""
        found = ended(self.keep, self.now).order_by(CLOCK, "pk")
        wanted = ("pk", CLOCK, HELD_BY, OVER)
        for id_, clock, hold, over in found.values_list(*wanted).iterator(2000):
            if hold is None:
                self.counts.deleted += 1
            else:
                self.counts.held += 1
            self.tell(id_, clock, DUE if hold is None else HELD, hold, over)
        everything: int = rows_of(self.declaration).count()
        self.counts.kept = everything - self.counts.deleted - self.counts.held

    def delete_rows(self) -> None:
        """Destroy what is due, batch by batch; then count and tell what is held."""
        due = ended(self.keep, self.now).filter(**{f"{HELD_BY}__isnull": True})
        failed: list[Any] = []
        while True:
            ids, error = self._batch(due.exclude(pk__in=failed), BATCH)
            if error is not None and len(ids) > 1:
                # Find the rows that cannot be erased, so that the others can.
                for id_ in ids:
                    _, alone = self._batch(due.filter(pk=id_), 1)
                    if alone is not None:
                        self._failed(failed, id_, alone)
                    if len(failed) >= MAX_FAILURES:
                        break
            elif error is not None:
                if not ids:
                    raise error
                self._failed(failed, ids[0], error)
            if not ids or len(failed) >= MAX_FAILURES:
                break
        self._count_held()

    def _count_held(self) -> None:
        held = ended(self.keep, self.now).filter(**{f"{HELD_BY}__isnull": False})
        if self.on_item is None:
            self.counts.held = held.count()
            return
        for id_, clock, hold, over in (
            held.order_by(CLOCK, "pk").values_list("pk", CLOCK, HELD_BY, OVER).iterator(2000)
        ):
            self.counts.held += 1
            self.tell(id_, clock, HELD, hold, over)

    def _failed(self, failed: list[Any], id_: Any, error: Exception) -> None:
        failed.append(id_)
        self.counts.failed += 1
        self.counts.error = type(error).__name__
        found = rows_of(self.declaration).filter(pk=id_).values_list(CLOCK, flat=True).first()
        if found is not None:
            self.tell(id_, found, FAILED)

    def _batch(self, due: QuerySet[Any], limit: int) -> tuple[list[Any], Exception | None]:
        """Destroy up to ``limit`` rows in one transaction; their ids, and what went wrong."""
        ids: list[Any] = []
        rows: list[Any] = []
        try:
            with dropping():
                lock_holds(exclusive=False)
                rows = list(
                    due.select_for_update(skip_locked=True, of=("self",)).order_by(CLOCK, "pk")[
                        :limit
                    ]
                )
                ids = [row.pk for row in rows]
                if rows:
                    # Values first: an erasing function may empty the instances it is given.
                    tombstones = [self._tombstone(row.pk, row) for row in rows]
                    over = {str(row.pk) for row in rows if getattr(row, OVER, False)}
                    self._erase(rows, ids, due)
                    self._write_down(tombstones, len(over))
        except Exception as error:
            logger.exception("retention: a batch of %s rolled back", self.declaration.code)
            return ids, error
        self.counts.deleted += len(tombstones) if ids else 0
        for stone in tombstones if ids else []:
            self.tell(stone.object_id, stone.clock, DELETED, over=stone.object_id in over)
        return ids, None

    def _erase(self, rows: list[Any], ids: list[Any], due: QuerySet[Any]) -> None:
        declaration = self.declaration
        assert declaration.erase is not None
        names = list(declaration.erase(rows))
        if due.filter(pk__in=ids).exists():
            raise NotErased(declaration.code)
        if declaration.key_class is not None and declaration.subject_path is not None:
            # What is gone here is noise in every copy once its key is gone too.
            vault.shred_unused(
                actor=self.actor,
                owner_ids={getattr(row, SUBJECT) for row in rows} - {None},
                key_class=declaration.key_class,
                in_use=inventory.owners_with,
            )
        remove = declaration.remove_blobs
        if names and remove is not None:
            # A file that stays behind is an orphan: its owner's sweep takes it.
            transaction.on_commit(lambda: remove(names), robust=True)

    def _tombstone(self, id_: object, row: Any) -> Tombstone:
        return Tombstone(
            run=self.run,
            category=self.declaration.code,
            object_id=str(id_)[:80],
            subject_id=getattr(row, SUBJECT),
            clock=getattr(row, CLOCK),
            policy_days=self.keep.days,
            deleted_at=timezone.now(),
        )

    def _write_down(self, tombstones: Sequence[Tombstone], over: int) -> None:
        Tombstone.objects.bulk_create(tombstones)
        record(
            actor=self.actor,
            event_type="retention",
            action="deleted",
            object_type=self.declaration.model._meta.label,
            object_id=tombstones[0].object_id if len(tombstones) == 1 else "",
            details={
                "category": self.declaration.code,
                "count": len(tombstones),
                "run": self.run.pk,
                "first": tombstones[0].object_id,
                "last": tombstones[-1].object_id,
                "days": self.keep.days,
                "decided_by": self.keep.decided_by,
                **({"over": over, "over_reason": self.declaration.over_reason} if over else {}),
            },
        )

    # By partitions ------------------------------------------------------------------------

    def drop_partitions(self) -> None:
        """Have the kind drop its ended partitions, but for those that a hold reaches into."""
        declaration = self.declaration
        assert declaration.drop is not None
        kept: dict[tuple[datetime, datetime], object] = {}

        def held(start: datetime, end: datetime) -> bool:
            holds = LegalHold.objects.binding_period(declaration.code, start, end)
            hold = holds.order_by("pk").values_list("pk", flat=True).first()
            if hold is not None:
                kept[start, end] = hold
            return hold is not None

        dropped: set[str] = set()
        while True:
            with dropping():
                lock_holds(exclusive=False)
                gone = [
                    each
                    for each in declaration.drop(
                        self.keep.cutoff(self.now), held=held, dry_run=self.run.dry_run
                    )
                    # Told of twice: it did not go, and asking again would go on for ever.
                    if each.name not in dropped
                ]
                dropped.update(each.name for each in gone)
                if not self.run.dry_run:
                    for each in gone:
                        self._write_down_partition(each)
            for each in gone:
                self.counts.deleted += each.rows
                self.tell(each.name, each.end, DUE if self.run.dry_run else DELETED)
            if self.run.dry_run or not gone:
                break
        for (start, end), hold in kept.items():
            self.counts.held += 1
            self.tell(f"{start:%Y-%m-%d}/{end:%Y-%m-%d}", end, HELD, hold)

    def _write_down_partition(self, dropped: inventory.Dropped) -> None:
        Tombstone.objects.create(
            run=self.run,
            category=self.declaration.code,
            object_id=dropped.name[:80],
            clock=dropped.end,
            policy_days=self.keep.days,
            deleted_at=timezone.now(),
        )
        record(
            actor=self.actor,
            event_type="retention",
            action="partition_dropped",
            object_type=self.declaration.model._meta.label,
            object_id=dropped.name,
            details={
                "category": self.declaration.code,
                "count": dropped.rows,
                **dropped.evidence,
                "from": dropped.start,
                "to": dropped.end,
                "run": self.run.pk,
                "days": self.keep.days,
                "decided_by": self.keep.decided_by,
            },
        )
