"""``manage.py check --database default`` with a key of the list missing."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import wrapping
from core.ids import uuid7
from tests.vault.rows import new_key
from vault import keys, services
from vault.checks import check_keys
from vault.models import WrappingKey

pytestmark = pytest.mark.django_db


def test_a_missing_newest_key_is_warned_of_before_any_count(settings):
    services.verify_keys()
    services.seal(uuid7(), "content", "a", b"x")
    kept = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = (new_key(), *kept)
    lost = wrapping.ring().newest.id
    services.seal(uuid7(), "content", "a", b"x")
    services.seal(uuid7(), "content", "a", b"x")
    assert check_keys(databases=["default"]) == []
    # As on a machine that never had the key: no process has noted it.
    assert not WrappingKey.objects.filter(key_id=lost, data_keys__isnull=False).exists()
    settings.FIELD_ENCRYPTION_KEYS = kept
    (found,) = check_keys(databases=["default"])
    assert found.id == "vault.W001"
    assert not found.is_serious()
    assert found.msg.startswith(f"Wrapping key {lost} is not in FIELD_ENCRYPTION_KEYS: 2 data keys")
    said = StringIO()
    call_command("check", databases=["default"], stdout=said, stderr=said)
    assert lost in said.getvalue()


def test_the_ids_are_found_step_by_step_in_the_index(settings):
    expected = set()
    for _ in range(3):
        settings.FIELD_ENCRYPTION_KEYS = (new_key(), *settings.FIELD_ENCRYPTION_KEYS)
        expected.add(wrapping.ring().newest.id)
        for _ in range(4):
            services.seal(uuid7(), "content", "a", b"x")
    with connection.cursor() as cursor:
        # The test's few rows would be read whole and sorted.
        for each in ("seqscan", "bitmapscan", "sort"):
            cursor.execute("SELECT set_config(%s, 'off', true)", [f"enable_{each}"])
    with CaptureQueriesContext(connection) as asked:
        assert keys.ids_of_data_keys() == expected
    assert len(asked) == 4
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + asked[1]["sql"])
        plan = str(cursor.fetchall())
    assert "vault_key_wrapped_under" in plan
    assert "Index Cond" in plan
    assert "Sort" not in plan
