"""An encrypted value opens in its own column of its own row, unchanged, or not at all."""

import base64
from importlib import import_module

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import CharField, F
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.models import DataSubject
from core import fields
from core.errors import CiphertextRefused
from tests.vault.rows import COLUMNS, MAKERS, SECRET, again, make, old_form, put, stored
from vault.columns import columns

pytestmark = pytest.mark.django_db

UTF8 = st.text(st.characters(codec="utf-8"))
each_column = pytest.mark.parametrize("column", COLUMNS, ids=lambda each: each.label)


def refused(column, row):
    with pytest.raises(CiphertextRefused) as caught:
        getattr(again(row), column.field.name)
    assert column.field.context in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.of == f"{column.field.context}|{row.pk}"
    return str(caught.value)


def test_every_column_is_tried():
    assert {each.model for each in columns()} == set(MAKERS)
    assert len(COLUMNS) >= 11


@each_column
def test_opens_in_its_row(column):
    row = make(column)
    assert getattr(again(row), column.field.name) == getattr(row, column.field.name)
    whole = stored(column, row)
    assert whole.startswith("vc1:")
    assert fields.key_of(whole)
    assert SECRET not in whole


@each_column
def test_swapped_between_rows_is_refused(column):
    one, two = make(column), make(column)
    mine, theirs = stored(column, one), stored(column, two)
    put(column, one, theirs)
    put(column, two, mine)
    assert "another row" in refused(column, one)
    assert "another row" in refused(column, two)


@each_column
def test_moved_between_columns_is_refused(column):
    row = make(column)
    put(column, row, fields.encrypt("another.column", str(row.pk), SECRET))
    assert "another column" in refused(column, row)


@each_column
def test_cut_short_flipped_or_plain_is_refused(column):
    row = make(column)
    whole = stored(column, row)
    head = len("vc1:") + 17
    for cut in (head, head + 1, head + 20, len(whole) - 4, len(whole) - 1):
        put(column, row, whole[:cut])
        refused(column, row)
    put(column, row, whole + "AAAA")
    refused(column, row)
    put(column, row, "vc1:" + SECRET)
    refused(column, row)
    token = bytearray(base64.urlsafe_b64decode(whole[head:]))
    for place in (0, 5, 12, 30, len(token) - 1):
        changed = bytearray(token)
        changed[place] ^= 1
        put(column, row, whole[:head] + base64.urlsafe_b64encode(bytes(changed)).decode())
        refused(column, row)


@each_column
def test_an_old_value_opens_and_is_not_taken_for_a_new_one(column):
    """Bound to its column alone, it passes only in the form that names no key."""
    row = make(column)
    put(column, row, old_form(column, row=row))
    assert getattr(again(row), column.field.name) == SECRET
    named = stored(column, make(column))[: len("vc1:") + 17]
    put(column, row, named + old_form(column, row=row)[len("vc1:") :])
    refused(column, row)


@pytest.mark.parametrize(
    "column", [each for each in COLUMNS if each.field.bound_to], ids=lambda each: each.label
)
def test_a_row_given_to_somebody_else_opens_no_more(column):
    """The columns' own list cannot be empty: broken glass is in it."""
    row, other = make(column), make(column)
    names = column.sql()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE none")
        cursor.execute(
            "UPDATE {table} SET {owner} = %s WHERE {pk} = %s".format(
                **names, owner=connection.ops.quote_name(column.field.bound_to)
            ),
            [getattr(other, column.field.bound_to), row.pk],
        )
        cursor.execute("SET LOCAL ROLE voicecompliance_web")
    assert "another person" in refused(column, row)


def test_texts_about_a_person_are_bound_to_the_person():
    bound = {each.label for each in COLUMNS if each.field.bound_to}
    assert {"phi.BreakGlass.reason", "phi.BreakGlass.review_note"} <= bound


@pytest.mark.parametrize("name", ["reason", "review_note"])
def test_values_from_before_are_bound_by_the_migration_and_back(name):
    column = next(each for each in COLUMNS if each.label == f"phi.BreakGlass.{name}")
    row = make(column)
    migration = import_module("phi.migrations.0015_break_glass_bound")
    before = MigrationLoader(connection).project_state(("phi", "0014_health_keep_time")).apps
    migration.unbind(before, None)
    assert "manage.py migrate" in refused(column, row)
    old = before.get_model("phi", "BreakGlass").objects.get(pk=row.pk)
    assert getattr(old, name) == SECRET
    # Twice is once.
    for _ in range(2):
        migration.bind(before, None)
        assert getattr(again(row), name) == SECRET


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=UTF8, row=st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_any_text_opens_as_itself(value, row):
    whole = fields.encrypt("a.column", row, value)
    assert fields.decrypt("a.column", row, whole) == value
    assert fields.decrypt("a.column", row, fields.rewrap("a.column", row, whole)) == value
    with pytest.raises(CiphertextRefused):
        fields.decrypt("a.column", row + "x", whole)
    with pytest.raises(CiphertextRefused):
        fields.decrypt("b.column", row, whole)


@settings(max_examples=200)
@given(st.data())
def test_any_changed_character_is_refused(data):
    whole = fields.encrypt("a.column", "row", "four one one one")
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from("AQgwz059_-:=").filter(lambda c: c != whole[place]))
    changed = whole[:place] + other + whole[place + 1 :]
    try:
        opened = fields.decrypt("a.column", "row", changed)
    except CiphertextRefused:
        return
    # The last digit of base64 has bits that stand for nothing.
    tokens = [base64.urlsafe_b64decode(each[21:]) for each in (whole, changed)]
    assert tokens[0] == tokens[1]
    assert opened == "four one one one"


def test_values_and_expressions_hand_out_nothing():
    row = make(column_named("name"))
    rows = DataSubject.objects.filter(pk=row.pk)
    text = Concat(Cast("name", CharField()), Cast("phone", CharField()))
    for found in (
        rows.values_list("name", flat=True)[0],
        rows.values("name")[0]["name"],
        rows.annotate(other=F("name")).values_list("other", flat=True)[0],
    ):
        for use in (str, bool, len, list, hash, "{}".format, lambda v: v == "x", lambda v: v < "x"):
            with pytest.raises(FieldError, match="bound to its row"):
                use(found)
        assert SECRET not in repr(found)
    # As text of the database it is ciphertext.
    assert SECRET not in rows.annotate(t=text).values_list("t", flat=True)[0]


def column_named(name):
    return next(each for each in COLUMNS if each.label == f"consent.DataSubject.{name}")


def test_deferred_only_and_refreshed_rows_open():
    row = make(column_named("name"))
    for rows in (
        DataSubject.objects.defer("name"),
        DataSubject.objects.only("phone"),
        DataSubject.objects.only("name"),
    ):
        assert rows.get(pk=row.pk).name == SECRET
    row.name = "changed"
    row.refresh_from_db()
    assert row.name == SECRET
    row.name = "changed"
    row.refresh_from_db(fields=["phone"])
    assert row.name == "changed"


def test_saved_whole_or_in_part_it_opens():
    row = again(make(column_named("name")))
    row.save()
    assert again(row).phone == SECRET
    row.name = "other"
    row.save(update_fields=["name"])
    found = again(row)
    assert (found.name, found.phone) == ("other", SECRET)
    made = DataSubject.objects.bulk_create(
        [DataSubject(id_space="t", external_id=str(n), name=f"name {n}") for n in range(3)]
    )
    assert sorted(again(each).name for each in made) == ["name 0", "name 1", "name 2"]
    DataSubject.objects.filter(pk=row.pk).update(name=None)
    assert again(row).name is None


def test_a_copy_under_another_id_is_refused():
    """A row that takes another's id takes nothing along that was not read."""
    one, two = make(column_named("name")), make(column_named("name"))
    copy = again(one)
    copy.pk = two.pk
    with pytest.raises(CiphertextRefused, match="another row"):
        copy.save()


def test_full_clean_works_and_looks_at_constraints():
    row = again(make(column_named("name")))
    row.full_clean()
    row.anonymised_at = timezone.now()
    with pytest.raises(ValidationError, match="consent_subject_identified_or_anonymised"):
        row.full_clean()


def test_reading_many_rows_is_one_query(django_assert_num_queries):
    for _ in range(20):
        make(column_named("name"))
    with django_assert_num_queries(1):
        found = [(row.name, row.phone) for row in DataSubject.objects.all()]
    assert found == [(SECRET, SECRET)] * 20


def test_a_primary_key_that_the_database_gives_is_refused():
    from django.db import models
    from django.test.utils import isolate_apps

    with isolate_apps("vault"):

        class Numbered(models.Model):
            text = fields.EncryptedTextField(context="vault.numbered.text")

            class Meta:
                app_label = "vault"

            def __str__(self):
                return "numbered"

        assert "core.E002" in {each.id for each in Numbered.check()}
        with pytest.raises(FieldError, match="primary key"):
            fields.row_of(Numbered(text="x"))


@each_column
def test_the_web_role_may_rewrap(column):
    """An encrypted column in a table that may not be written could never be rotated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_column_privilege('voicecompliance_web', %s, %s, 'UPDATE')",
            [column.model._meta.db_table, column.field.column],
        )
        assert cursor.fetchone() == (True,)
