"""Keys: one a subject and class, bound to their row, destroyed for good."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F, Value

from audit.models import AuditEvent
from core import fields
from core.database import DROPPER, WEB
from core.errors import CiphertextRefused
from core.ids import uuid7
from vault import checks, services
from vault.models import DataKey, KeyCheck

pytestmark = pytest.mark.django_db


def test_seal_and_open_under_one_key_a_class():
    owner = uuid7()
    first = services.seal(owner, "content", "a", b"one")
    second = services.seal(owner, "content", "b", b"two")
    services.seal(owner, "health", "c", b"three")
    assert services.open_(owner, "a", first) == b"one"
    assert services.open_(owner, "b", second) == b"two"
    assert DataKey.objects.filter(owner_id=owner).count() == 2


def test_another_row_or_owner_is_refused():
    owner, other = uuid7(), uuid7()
    whole = services.seal(owner, "content", "a", b"one")
    services.seal(other, "content", "a", b"two")
    with pytest.raises(CiphertextRefused):
        services.open_(owner, "b", whole)
    with pytest.raises(CiphertextRefused):
        services.open_(other, "a", whole)


def test_a_wrapped_key_moved_to_another_row_is_refused():
    owner, other = uuid7(), uuid7()
    services.seal(owner, "content", "a", b"one")
    whole = services.seal(other, "content", "a", b"two")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_datakey SET wrapped = (SELECT wrapped FROM vault_datakey"
            " WHERE owner_id = %s) WHERE owner_id = %s",
            [owner, other],
        )
    with pytest.raises(CiphertextRefused, match=r"vault\.datakey\.wrapped.*another row"):
        services.open_(other, "a", whole)


def test_shredding_is_final_and_recorded(system):
    owner = uuid7()
    whole = services.seal(owner, "content", "a", b"one")
    kept = services.seal(owner, "consent_evidence", "a", b"yes")
    assert services.shred(actor=system, owner_id=owner, key_class="content") == 1
    with pytest.raises(CiphertextRefused, match="destroyed"):
        services.open_(owner, "a", whole)
    assert services.open_(owner, "a", kept) == b"yes"
    assert AuditEvent.objects.filter(event_type="vault", action="keys_destroyed").count() == 1
    assert services.shred(actor=system, owner_id=owner, key_class="content") == 0


@pytest.mark.django_db(transaction=True)
def test_two_first_writers_share_one_key():
    owner = uuid7()

    def write(number: int) -> bytes:
        try:
            return services.seal(owner, "content", str(number), b"x")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(write, range(8)))
    assert DataKey.objects.filter(owner_id=owner).count() == 1
    assert all(services.open_(owner, str(n), whole) == b"x" for n, whole in enumerate(found))


def test_field_never_serves_plain_text_or_another_column():
    owner = uuid7()
    services.seal(owner, "content", "a", b"one")
    row = DataKey.objects.get(owner_id=owner)
    for bad in (fields.encrypt("another.column", str(row.pk), "x"), fields.PREFIX + "nonsense"):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE vault_datakey SET wrapped = %s WHERE id = %s", [bad, row.id])
        damaged = DataKey.objects.get(id=row.id)
        with pytest.raises(CiphertextRefused, match=r"vault\.datakey\.wrapped"):
            _ = damaged.wrapped


def test_the_database_refuses_plain_text():
    owner = uuid7()
    services.seal(owner, "content", "a", b"one")
    rows = DataKey.objects.filter(owner_id=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(wrapped=Value("plain"))


def test_lookups_and_expressions_are_refused():
    with pytest.raises(FieldError):
        DataKey.objects.filter(wrapped="x").exists()
    with pytest.raises(FieldError):
        DataKey.objects.filter(wrapped__startswith="x").exists()
    with pytest.raises(FieldError):
        list(DataKey.objects.values("id").filter(wrapped__in=["x"]))
    assert not DataKey.objects.filter(wrapped__isnull=True).exists()


def test_what_has_no_row_at_hand_is_refused():
    owner = uuid7()
    services.seal(owner, "content", "a", b"one")
    row = DataKey.objects.get(owner_id=owner)
    row.wrapped = "changed"
    with pytest.raises(FieldError, match="bound to its row"), transaction.atomic():
        DataKey.objects.bulk_update([row], ["wrapped"])
    with pytest.raises(FieldError, match="bound to its row"), transaction.atomic():
        DataKey.objects.filter(pk=row.pk).update(wrapped="changed")
    assert DataKey.objects.get(id=row.id).wrapped != "changed"


def test_a_token_pasted_as_text_stays_text():
    token = fields.encrypt("vault.keycheck.canary", "pasted", "x")
    KeyCheck.objects.create(name="pasted", canary=token, fingerprint="")
    assert KeyCheck.objects.get(name="pasted").canary == token


def test_copying_a_column_by_expression_is_refused():
    KeyCheck.objects.create(name="copied", canary="x", fingerprint="plain")
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyCheck.objects.filter(name="copied").update(canary=F("fingerprint"))


def test_wrong_keys_are_named(settings):
    services.verify_keys()
    held = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = (Fernet.generate_key().decode(),)
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        services.verify_keys()
    settings.FIELD_ENCRYPTION_KEYS = (Fernet.generate_key().decode(), *held)
    services.verify_keys()
    settings.LOOKUP_KEY = "00" * 32
    with pytest.raises(ImproperlyConfigured, match="LOOKUP_KEY"):
        services.verify_keys()
    settings.FIELD_ENCRYPTION_KEYS = ("nonsense",)
    with pytest.raises(ImproperlyConfigured, match="key number 1"):
        services.verify_keys()
    settings.FIELD_ENCRYPTION_KEYS = ()
    assert checks.check_keys(databases=["default"])[0].id == "vault.E001"


@pytest.mark.parametrize("role", [WEB, DROPPER])
def test_no_role_deletes_a_key(role):
    """What is sealed would be gone with it, and no event would say so."""
    services.seal(uuid7(), "content", "a", b"one")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'vault_datakey', 'DELETE'),"
            " has_table_privilege(%s, 'vault_datakey', 'UPDATE')",
            [role, role],
        )
        assert cursor.fetchone() == (False, True)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        DataKey.objects.all().delete()
