"""``Idempotency-Key``: the same request twice is one act with one answer.

After draft-ietf-httpapi-idempotency-key-header. The record is inserted in the transaction of
the act and before it, so that a request with the same key waits on the unique index until the
first has committed (and gets its answer) or rolled back (and acts itself).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.actors import ANONYMOUS, Actor, actor_of
from core.errors import Invalid, Problem
from core.lookups import keyed_hash
from operations.models import IdempotencyRecord
from operations.querysets import KEPT_ANSWER

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}\Z")


def body_hash(data: Any) -> str:
    """HMAC over the parsed body in one order of keys: white space and order do not count. Keyed,
    because a body such as a phone number is guessed from a bare hash."""
    try:
        canonical = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # Integers over 64 bits, which orjson refuses.
        canonical = json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    return keyed_hash("idempotency", canonical.decode())


Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Decorate a DRF view's ``post``: act once per caller and key, answer the same again.

    Answers the first answer with ``Idempotency-Replayed: true`` for the same key and body.
    Raises Invalid for a key that is not 1 to 255 visible ASCII characters, and Problem 422
    ``idempotency-key-reused`` for another body or path. What the handler raises rolls back the
    record too, so that a corrected request may use the key again; an audit event of a refusal
    belongs into the view's ``handle_exception``, after that rollback. A caller who has not said
    who they are has no keys: the header is ignored.
    """

    @functools.wraps(handler)
    def post(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        caller = actor_of(request)
        if key is None or caller.kind == ANONYMOUS:
            return handler(view, request, *args, **kwargs)
        if not _VISIBLE.match(key):
            raise Invalid(
                errors={HEADER: ["Use 1 to 255 visible ASCII characters, without spaces."]}
            )
        digest = body_hash(request.data)
        with transaction.atomic():
            record, first = _claim(caller, key, request, digest)
            if not first:
                return _replay(record, request, digest)
            response = handler(view, request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            record.status = response.status_code
            record.response = JSONRenderer().render(response.data).decode()
            record.save(update_fields=["status", "response"])
            return response

    return post


def _claim(
    caller: Actor, key: str, request: Request, digest: str
) -> tuple[IdempotencyRecord, bool]:
    """The key's record, and whether this request made it. Waits for one that is under way."""
    now = timezone.now()
    mine = IdempotencyRecord(
        caller_kind=caller.kind,
        caller_id=caller.id,
        key=key,
        method=request.method or "",
        path=request.path[:500],
        body_hash=digest,
        created_at=now,
    )
    held = IdempotencyRecord.objects.filter(caller_kind=caller.kind, caller_id=caller.id, key=key)
    for _attempt in range(5):
        # ON CONFLICT DO NOTHING waits for the other transaction, and breaks nothing of ours.
        IdempotencyRecord.objects.bulk_create([mine], ignore_conflicts=True)
        found = held.first()
        if found is None:
            continue
        if found.pk != mine.pk and found.created_at <= now - KEPT_ANSWER:
            held.filter(pk=found.pk).delete()
            continue
        return found, found.pk == mine.pk
    raise Problem(
        "Too many requests with this key at once. Try again.",
        code="idempotency-key-busy",
        status=409,
    )


def _replay(record: IdempotencyRecord, request: Request, digest: str) -> Response:
    same = (record.method, record.path, record.body_hash) == (
        request.method,
        request.path[:500],
        digest,
    )
    if not same:
        raise Problem(
            "This Idempotency-Key was used for another request.",
            code="idempotency-key-reused",
            status=422,
        )
    data = json.loads(record.response) if record.response else None
    return Response(data, status=record.status, headers={REPLAYED: "true"})
