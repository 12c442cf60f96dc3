"""Sealing and opening many messages at once: the same bytes, in two queries."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from django.db import connection, transaction

from core.actors import Actor
from core.errors import CiphertextRefused
from core.fields import KeyMissing
from core.ids import uuid7
from vault import bulk, services
from vault.models import DataKey

pytestmark = pytest.mark.django_db

HEALTH = services.KeyClass.HEALTH


def messages(owners: list[UUID], each: int = 3) -> list[bulk.Message]:
    return [
        (owner, f"app.model.field|{number}", f"{owner} {number}".encode())
        for owner in owners
        for number in range(each)
    ]


@pytest.fixture
def owners() -> list[UUID]:
    return [uuid7() for _ in range(4)]


def sealed(given: list[bulk.Message]) -> Iterator[bulk.Message]:
    for (owner, aad, _), content in zip(given, bulk.seal_many(HEALTH, given), strict=True):
        yield owner, aad, content


def test_what_is_sealed_one_way_opens_the_other(owners: list[UUID]) -> None:
    given = messages(owners)
    services.seal(owners[0], HEALTH, "x", b"x")
    many = list(sealed(given))
    assert DataKey.objects.filter(key_class=HEALTH).count() == 4
    assert [services.open_(*each) for each in many] == [plain for _, _, plain in given]
    single = [(owner, aad, services.seal(owner, HEALTH, aad, plain)) for owner, aad, plain in given]
    assert list(bulk.open_many(single)) == [plain for _, _, plain in given]
    assert list(bulk.open_many([])) == []
    assert bulk.seal_many(HEALTH, []) == []


def test_one_query_for_all_keys(owners: list[UUID], django_assert_num_queries: object) -> None:
    given = messages(owners)
    many = list(sealed(given))
    with django_assert_num_queries(1):  # type: ignore[operator]
        bulk.seal_many(HEALTH, given)
    with django_assert_num_queries(1):  # type: ignore[operator]
        list(bulk.open_many(many))


def lose_key_of(owner: UUID) -> DataKey:
    """Put the owner's data key under a wrapping key that the list does not hold."""
    row = DataKey.objects.get(owner_id=owner)
    lost = f"vc1:{'0' * 16}:{Fernet(Fernet.generate_key()).encrypt(b'x').decode()}"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_datakey SET wrapped = %s WHERE id = %s", [lost, row.id])
    return row


def test_a_lost_key_stops_its_own_messages_alone(owners: list[UUID]) -> None:
    given = messages(owners)
    many = list(sealed(given))
    lose_key_of(owners[-1])
    opened = bulk.open_many(many)
    good = [plain for owner, _, plain in given if owner != owners[-1]]
    assert [next(opened) for _ in good] == good
    with pytest.raises(KeyMissing) as caught:
        next(opened)
    assert caught.value.of == "app.model.field|0"
    others = [each for each in given if each[0] != owners[-1]]
    assert len(bulk.seal_many(HEALTH, others)) == len(others)


def test_a_refused_key_names_what_it_is(owners: list[UUID], system: Actor) -> None:
    given = messages(owners, each=1)
    many = list(sealed(given))
    lost = lose_key_of(owners[0])
    key = f"vault.datakey.wrapped|{lost.id}"
    for act, of in (
        (lambda: bulk.seal_many(HEALTH, given), key),
        (lambda: services.seal(owners[0], HEALTH, "a", b"x"), key),
        (lambda: services.unwrap(DataKey.objects.get(id=lost.id)), key),
        (lambda: services.open_(*many[0]), many[0][1]),
    ):
        with pytest.raises(CiphertextRefused) as caught:
            act()
        assert caught.value.of == of
    services.shred(actor=system, owner_id=owners[1])
    gone = DataKey.objects.get(owner_id=owners[1])
    with pytest.raises(CiphertextRefused, match="destroyed") as caught:
        services.unwrap(gone)
    assert caught.value.of == f"vault.datakey.wrapped|{gone.id}"
    # Another row's wrapped key, bound to this row: the content says whose it is.
    gone.wrapped = DataKey.objects.get(owner_id=owners[2]).wrapped
    with pytest.raises(CiphertextRefused, match="another row") as caught:
        services.unwrap(gone)
    assert caught.value.of == f"vault.datakey.wrapped|{gone.id}"


def test_what_was_changed_or_moved_is_refused(owners: list[UUID]) -> None:
    good = list(sealed(messages(owners)))
    (owner, aad, content), (_, other_aad, _), *_, (stranger, _, strange) = good
    flipped = bytearray(content)
    flipped[-1] ^= 1
    for bad in (
        (owner, aad, bytes(flipped)),
        (owner, aad, content[:-1]),
        (owner, aad, b""),
        (owner, aad, content[:20]),
        (owner, aad, b"\x02" + content[1:]),
        (owner, other_aad, content),
        (stranger, aad, content),
        (owner, aad, strange),
        (owner, aad, content[:1] + uuid7().bytes + content[17:]),
    ):
        with pytest.raises(CiphertextRefused):
            list(bulk.open_many([*good, bad]))


def test_a_destroyed_key_opens_nothing_and_seals_nothing(owners: list[UUID], system: Actor) -> None:
    many = list(sealed(messages(owners)))
    services.shred(actor=system, owner_id=owners[0])
    with pytest.raises(CiphertextRefused):
        list(bulk.open_many(many))
    (fresh,) = sealed([(owners[0], "a", b"new")])
    assert services.open_(*fresh) == b"new"
    assert fresh[2][1:17] != many[0][2][1:17]


@pytest.mark.django_db(transaction=True)
def test_a_key_in_use_is_not_destroyed_before_the_end(system: Actor) -> None:
    """Whoever would destroy it waits for the transaction that seals under it."""
    from threading import Event, Thread

    from django.db import connection

    owner, done = uuid7(), Event()
    services.seal(owner, HEALTH, "a", b"x")

    def shred() -> None:
        try:
            services.shred(actor=system, owner_id=owner)
            done.set()
        finally:
            connection.close()

    thread = Thread(target=shred)
    with transaction.atomic():
        bulk.seal_many(HEALTH, [(owner, "a", b"y")])
        thread.start()
        assert not done.wait(0.5)
    thread.join(20)
    assert done.is_set()
