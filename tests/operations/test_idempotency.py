from __future__ import annotations

import hashlib
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.db import connection
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from core.actors import APPLICATION, Actor
from core.errors import Conflict
from operations.idempotency import body_hash, idempotent
from operations.models import IdempotencyRecord, Notification
from operations.services import delete_idempotency_records, notify

factory = APIRequestFactory()
ONE = Actor(APPLICATION, str(uuid4()), "one")
OTHER = Actor(APPLICATION, str(uuid4()), "other")


class Body(serializers.Serializer):
    title = serializers.CharField(max_length=20)


class View(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    pause = 0.0

    @idempotent
    def post(self, request: Any) -> Response:
        body = Body(data=request.data)
        body.is_valid(raise_exception=True)
        note = notify(role="tests", title=body.validated_data["title"])
        time.sleep(self.pause)
        if note.title == "raise":
            raise Conflict("Not now.")
        if note.title == "refuse":
            return Response({"no": True}, status=409)
        return Response({"id": str(note.pk), "score": 0.1}, status=201)


def post(
    body: Any, key: str | None = "key-1", actor: Actor = ONE, path: str = "/things", **kwargs: Any
) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    request = factory.post(path, body, format="json", headers=headers)
    request.actor = actor
    return View.as_view(**kwargs)(request).render()


pytestmark = pytest.mark.django_db


def test_the_same_request_again_gets_the_first_answer():
    first, again = post({"title": "a"}), post({"title": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Notification.objects.count() == 1


def test_the_answer_is_stored_encrypted():
    post({"title": "a"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT response FROM operations_idempotencyrecord")
        (stored,) = cursor.fetchone()
    assert stored.startswith("vc1:")


def test_the_order_of_names_and_white_space_do_not_count():
    assert body_hash({"a": 1, "b": [1, 2]}) == body_hash({"b": [1, 2], "a": 1})
    assert body_hash([1, 2]) != body_hash([2, 1])
    # Whoever reads the table cannot try every phone number.
    phone = {"phone": "+12025550143"}
    assert body_hash(phone) != hashlib.sha256(orjson.dumps(phone)).hexdigest()
    assert body_hash({"a": 2**70}) == body_hash({"a": 2**70})


@pytest.mark.parametrize("change", [{"body": {"title": "b"}}, {"path": "/others"}])
def test_the_key_with_another_request_is_refused(change):
    post({"title": "a"})
    body = change.pop("body", {"title": "a"})
    refused = post(body, **change)
    assert refused.status_code == 422
    assert refused.data["type"].endswith("/idempotency-key-reused")
    assert Notification.objects.count() == 1


def test_keys_are_the_callers_own():
    first, other = post({"title": "a"}), post({"title": "a"}, actor=OTHER)
    assert first.data["id"] != other.data["id"]


def test_without_a_key_each_request_acts():
    post({"title": "a"}, key=None)
    post({"title": "a"}, key=None)
    assert Notification.objects.count() == 2
    assert not IdempotencyRecord.objects.exists()


def test_a_nameless_caller_has_no_keys():
    post({"title": "a"}, actor=Actor.anonymous("127.0.0.1"))
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "a\tb"])
def test_a_key_that_is_none_is_refused(key):
    refused = post({"title": "a"}, key=key)
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.data["errors"]
    assert not Notification.objects.exists()


@pytest.mark.parametrize(("title", "status"), [("raise", 409), ("refuse", 409), ("x" * 21, 422)])
def test_a_refused_request_leaves_nothing_and_frees_its_key(title, status):
    assert post({"title": title}).status_code == status
    assert not IdempotencyRecord.objects.exists()
    assert not Notification.objects.exists()
    assert post({"title": "a"}).status_code == 201


def test_a_kept_answer_goes_after_24_hours(events):
    post({"title": "a"})
    now = timezone.now()
    system = Actor.system("tests")
    assert delete_idempotency_records(actor=system, now=now + timedelta(hours=23)) == 0
    assert delete_idempotency_records(actor=system, now=now + timedelta(hours=24)) == 1
    assert len(events("operations", "idempotency_records_deleted")) == 1


def test_an_old_key_that_nobody_deleted_yet_is_free():
    post({"title": "a"})
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post({"title": "b"}).status_code == 201


def test_what_it_costs(django_assert_num_queries):
    # Savepoint and release, claim and read, the act's own, and the answer.
    with django_assert_num_queries(6):
        post({"title": "a"})


@pytest.mark.django_db(transaction=True)
def test_two_at_once_act_once():
    barrier, answers = threading.Barrier(2), []

    def send() -> None:
        try:
            barrier.wait()
            answers.append(post({"title": "a"}, pause=0.2))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Notification.objects.count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
