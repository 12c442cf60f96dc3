"""A log that is sealed and copied, checked whole, cut back and rewritten."""

import itertools

from django.db import connection, transaction

from audit import merkle, note, sealing
from audit.models import AuditEvent, Checkpoint, Leaf, Publication
from audit.publishers import PublishFailed
from audit.services import Entry, record_many
from core import signing
from core.actors import Actor

ACTOR = Actor.system("tests")
State = Publication.State
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def write(count=1, kind="t"):
    with transaction.atomic():
        record_many(
            actor=ACTOR,
            entries=[Entry(event_type=kind, action="a", details={"n": n}) for n in range(count)],
        )


def check_log(events=None):
    """Dense places, every event in one, every checkpoint signed and consistent with the next."""
    leaves = list(Leaf.objects.order_by("index").values_list("index", "event_id", "leaf_hash"))
    assert [index for index, _, _ in leaves] == list(range(len(leaves)))
    entries = dict(AuditEvent.objects.values_list("id", "entry"))
    assert {id_ for _, id_, _ in leaves} == set(entries)
    if events is not None:
        assert len(leaves) == events
    for _, id_, hashed in leaves:
        assert bytes(hashed) == merkle.leaf_hash(bytes(entries[id_]))
    points = list(Checkpoint.objects.order_by("size"))
    assert points[-1].size == len(leaves)
    frontier, roots = merkle.Frontier(), {}
    for _, _, hashed in leaves:
        frontier.append(bytes(hashed))
        roots[frontier.size] = frontier.root()
    node = sealing.node_reader(len(leaves))
    for point in points:
        told = note.verify(point.note, point.origin, signing.public_key_raw())
        assert (told.size, told.root) == (point.size, roots[point.size])
    for old, new in itertools.pairwise(points):
        proof = merkle.consistency_proof(node, old.size, new.size)
        assert merkle.is_consistent(old.size, bytes(old.root), new.size, bytes(new.root), proof)


def as_owner(statement, *parameters):
    """As the tables' owner with triggers off: what an intruder can do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'audit!_%' ESCAPE '!'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters or None)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def forget(size):
    """The log cut back to ``size`` events, as a restored older database has it."""
    as_owner(
        "DELETE FROM audit_auditevent WHERE id IN (SELECT event_id FROM audit_leaf"
        " WHERE index >= %s)",
        size,
    )
    as_owner("DELETE FROM audit_leaf WHERE index >= %s", size)
    as_owner("DELETE FROM audit_checkpoint WHERE size > %s", size)
    as_owner("DELETE FROM audit_outbox")


def rewrite():
    """The whole log again with another first event, signed with the true key."""
    as_owner("DELETE FROM audit_checkpoint")
    as_owner("DELETE FROM audit_tile")
    as_owner(
        "INSERT INTO audit_outbox SELECT event_id, received_at, CASE index WHEN 0 THEN"
        " sha256('forged') ELSE leaf_hash END FROM audit_leaf"
    )
    as_owner("DELETE FROM audit_leaf")
    sealing.seal()


def events(action):
    return AuditEvent.objects.filter(event_type="outside_copy", action=action)


class Broken:
    address, readable = "test://broken", True
    fails, published, last = True, (), None

    def publish(self, text, size):
        if self.fails:
            raise PublishFailed("The medium is away.")
        self.published = (*self.published, size)
        self.last = text

    def read_last(self):
        return self.last
