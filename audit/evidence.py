"""That the log cannot be changed, is sealed in time, and has copies that it still leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from audit import publishers, publishing, reviews, rollups
from audit.models import AccessReview, Checkpoint, Outbox, Publication
from audit.publishers import Contradiction, Publisher, PublishFailed
from core import evidence
from core.database import DROPPER, SEALER, WEB
from core.evidence import FAIL, PASS, UNKNOWN, Check

SEALED_WITHIN = timedelta(seconds=60)
COPIED_WITHIN = timedelta(hours=1)
TABLES = (
    "audit_auditevent",
    "audit_leaf",
    "audit_tile",
    "audit_checkpoint",
    "audit_sealinggap",
)


def measure_append_only() -> tuple[str, str, str]:
    """Every table of the log and of its seals has its enabled triggers, and no role but the
    owner the right to change a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH tables AS (
                SELECT unnest(%s::regclass[]) AS oid
                UNION ALL
                SELECT inhrelid FROM pg_inherits
                WHERE inhparent = 'audit_auditevent'::regclass
            )
            SELECT
                (SELECT count(*) FROM tables),
                (SELECT count(*) FROM tables t WHERE (
                    SELECT count(*) FROM pg_trigger g
                    WHERE g.tgrelid = t.oid AND g.tgenabled IN ('O', 'A')
                        AND g.tgfoid = 'audit_refuse_change'::regproc) = 2),
                (SELECT count(*) FROM tables t WHERE EXISTS (
                    SELECT FROM pg_roles r WHERE r.rolname = ANY(%s)
                        AND (has_table_privilege(r.oid, t.oid, 'UPDATE, DELETE, TRUNCATE')
                            OR has_any_column_privilege(r.oid, t.oid, 'UPDATE'))))
            """,
            [list(TABLES), [WEB, DROPPER, SEALER]],
        )
        tables, guarded, changeable = cursor.fetchone()
    figure = f"{guarded} of {tables} tables guarded"
    if guarded == tables and changeable == 0:
        return (
            PASS,
            figure,
            "Events, leaves, tiles, checkpoints and gaps refuse changes by trigger and by right.",
        )
    return FAIL, figure, f"{tables - guarded} without triggers, {changeable} open to change."


def sealing_lag(now: datetime | None = None) -> timedelta:
    """How long the oldest event has waited for its seal; zero when none waits."""
    # By id, which begins with the time: the index of the key answers.
    oldest = Outbox.objects.order_by("event_id").values_list("received_at", flat=True).first()
    if oldest is None:
        return timedelta(0)
    return max((now or timezone.now()) - oldest, timedelta(0))


def measure_sealing_lag() -> tuple[str, str, str]:
    """Committed events get their place in the signed tree within a minute."""
    lag = sealing_lag()
    if not Outbox.objects.exists() and not Checkpoint.objects.exists():
        return UNKNOWN, "", "Nothing has been written or sealed yet."
    figure = f"{lag.total_seconds():.0f} s"
    if lag <= SEALED_WITHIN:
        return PASS, figure, "No committed event waits for its seal for over a minute."
    return FAIL, figure, "An event waits for its seal: is the scheduler running, and a worker?"


def measure_outside_copy() -> tuple[str, str, str]:
    """Every outside copy was fed within the hour, and the log still begins with what it holds."""
    media = publishers.configured()
    if not media:
        return (
            UNKNOWN,
            "no outside copy",
            "Without an outside copy nobody can see it when the holder of the signing key"
            " rewrites the log: AUDIT_PUBLISHERS names none.",
        )
    sizes, faults = [], []
    for publisher in media:
        try:
            size = _held(publisher)
        except (Contradiction, PublishFailed) as fault:
            faults.append(f"{publisher.address}: {fault}")
            continue
        sizes.append(size)
        after = Checkpoint.objects.filter(size__gt=size).order_by("size").first()
        if after is not None and after.signed_at < timezone.now() - COPIED_WITHIN:
            faults.append(
                f"{publisher.address}: behind since {after.signed_at:%Y-%m-%d %H:%M} UTC."
            )
    figure = f"{len(media) - len(faults)} of {len(media)} copies; newest {max(sizes, default=0)}"
    if faults:
        return FAIL, figure, " ".join(faults)
    if publishing.newest() is None:
        return UNKNOWN, figure, "Nothing has been sealed yet."
    if not any(publisher.readable for publisher in media):
        return PASS, figure, "Sent within the hour and accepted; these copies cannot be read back."
    return PASS, figure, "Every copy is at most an hour behind, and the log begins with it."


def _held(publisher: Publisher) -> int:
    """The size of what the copy holds, held against the log. Raises Contradiction and
    PublishFailed."""
    halted = Publication.objects.filter(
        publisher=publisher.address, state=Publication.State.HALTED
    ).first()
    if halted is not None:
        raise Contradiction(halted.error)
    if publisher.readable:
        note = publisher.read_last()
        return publishing.check_note(note, publishing.newest()) if note is not None else 0
    return publishing.check_published(publisher.address)


evidence.declare(
    Check(
        code="audit.append_only",
        title="Audit log is append-only",
        articles=("HIPAA 164.312(b)", "HIPAA 164.312(c)(1)", "GDPR 5(2)"),
        measure=measure_append_only,
        link="admin:audit_auditevent_changelist",
    )
)
evidence.declare(
    Check(
        code="audit.sealing_lag",
        title="Audit events are sealed within a minute",
        articles=("HIPAA 164.312(b)", "HIPAA 164.312(c)(1)"),
        measure=measure_sealing_lag,
        good_for=timedelta(minutes=1),
        link="admin:audit_checkpoint_changelist",
    )
)
evidence.declare(
    Check(
        code="audit.outside_copy",
        title="The audit log has copies outside that it cannot take back",
        articles=("HIPAA 164.312(c)(1)", "HIPAA 164.312(c)(2)", "GDPR 5(2)"),
        measure=measure_outside_copy,
        # Measured by a worker every five minutes; a page reads that answer.
        good_for=timedelta(minutes=15),
        link="admin:audit_publication_changelist",
    )
)


def measure_daily_counts() -> tuple[str, str, str]:
    """Yesterday's daily counts (UTC) against a count of its sealed events themselves."""
    today = timezone.now().astimezone(UTC).date()
    differing, events = rollups.differences(first=today - timedelta(days=1), last=today)
    figure = f"{events} events counted again"
    if differing:
        return FAIL, figure, f"{differing} of yesterday's counts differ from the events themselves."
    if not events:
        return UNKNOWN, figure, "Nothing was sealed of yesterday to compare with."
    return PASS, figure, "Yesterday's counts are those of the events themselves."


def measure_activity_review() -> tuple[str, str, str]:
    """That accesses are chosen for review every day, and none waits past its seven days."""
    now = timezone.now()
    last = reviews.last_chosen()
    if last is None:
        return UNKNOWN, "", "No day's accesses have been chosen for review yet."
    waiting = AccessReview.objects.waiting().aggregate(
        every=Count("id"), late=Count("id", filter=Q(due_at__lt=now))
    )
    figure = f"{waiting['late']} of {waiting['every']} waiting reviews are overdue"
    if waiting["late"]:
        return FAIL, figure, "Accesses wait for a reviewer for over seven days."
    if now.date() - last > timedelta(days=3):
        return UNKNOWN, figure, f"No accesses have been chosen since those of {last}."
    return PASS, figure, f"Accesses up to those of {last} were chosen; none waits past its time."


evidence.declare(
    Check(
        code="audit.daily_counts",
        title="Yesterday's counts in audit reports are those of the events",
        articles=("HIPAA 164.312(b)", "GDPR 5(2)"),
        measure=measure_daily_counts,
        # Measured by a worker every hour; a page reads that answer.
        good_for=timedelta(hours=3),
        link="admin:audit_auditevent_changelist",
    )
)
evidence.declare(
    Check(
        code="audit.activity_review",
        title="Accesses are reviewed",
        articles=("HIPAA 164.308(a)(1)(ii)(D)", "GDPR 32(1)(d)"),
        measure=measure_activity_review,
        link="admin:audit_accessreview_changelist",
    )
)
