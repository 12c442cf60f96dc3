"""Proofs that anyone can check without us: that an event is in the log, that the log only grew.

The files are described in docs/audit-format.md; docs/verify_proof.py checks one with nothing of
this project.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.utils import timezone

from audit import merkle
from audit import note as notes
from audit.models import AuditEvent, Checkpoint, Leaf, Outbox
from audit.sealing import node_reader
from core import signing
from core.errors import Conflict, Invalid, NotFound, Problem

FORMAT = "voicecompliance-audit-proof/1"
CONSISTENCY = "voicecompliance-audit-consistency/1"


class BadProof(ValueError):
    """The file proves nothing; the message says why."""


def prove(event_id: UUID) -> dict[str, Any]:
    """The proof that an event is in the log, as the members of its file (docs/audit-format.md).

    Raises NotFound for an event that there is not, or whose month was dropped; Conflict
    ``not-sealed-yet`` for one that waits for its seal; Problem ``log-damaged`` where what is
    stored does not lead to the checkpoint.
    """
    event = AuditEvent.objects.with_id(event_id).only("id", "entry").first()
    if event is None:
        raise NotFound()
    leaf = Leaf.objects.filter(event_id=event_id).first()
    latest = latest_checkpoint()
    if leaf is None or latest is None or leaf.index >= latest.size:
        raise _not_sealed(event_id)
    entry = bytes(event.entry)
    path = _from_store(
        lambda: merkle.inclusion_proof(node_reader(latest.size), leaf.index, latest.size)
    )
    hashed = merkle.leaf_hash(entry)
    root = merkle.root_from_inclusion(hashed, leaf.index, latest.size, path)
    if root != bytes(latest.root):
        raise _damaged()
    return {
        "format": FORMAT,
        "id": str(event.id),
        "entry": _text(entry),
        "leaf_hash": _text(hashed),
        "index": leaf.index,
        "size": latest.size,
        "proof": [_text(each) for each in path],
        "checkpoint": latest.note,
        "verifier_key": verifier_key(),
    }


def _not_sealed(event_id: UUID) -> Conflict:
    since = Outbox.objects.filter(event_id=event_id).values_list("received_at", flat=True).first()
    waited = timezone.now() - since if since else timedelta(0)
    return Conflict(
        "The event waits for its seal, which comes within seconds: ask again. It has waited"
        f" {max(waited.total_seconds(), 0):.1f} s.",
        code="not-sealed-yet",
        headers={"Retry-After": "5"},
        merge_delay_seconds=round(max(waited.total_seconds(), 0), 3),
    )


def consistency(old: int, new: int) -> dict[str, Any]:
    """The proof that the log of ``new`` events begins with that of ``old``; both are sizes of
    stored checkpoints. Raises Invalid where they are none, or ``old`` is the greater; Problem
    ``log-damaged``."""
    stored = {each.size: each for each in Checkpoint.objects.filter(size__in=[old, new])}
    errors = {
        name: ["No checkpoint has this size."]
        for name, size in (("from", old), ("to", new))
        if size not in stored
    }
    if not errors and old > new:
        errors["from"] = ["It must not be greater than to."]
    if errors:
        raise Invalid(errors=errors)
    path = _from_store(lambda: merkle.consistency_proof(node_reader(new), old, new))
    roots = bytes(stored[old].root), bytes(stored[new].root)
    if not merkle.is_consistent(old, roots[0], new, roots[1], path):
        raise _damaged()
    return {
        "format": CONSISTENCY,
        "from": old,
        "to": new,
        "proof": [_text(each) for each in path],
        "from_checkpoint": stored[old].note,
        "to_checkpoint": stored[new].note,
        "verifier_key": verifier_key(),
    }


def _from_store(proof: Callable[[], list[bytes]]) -> list[bytes]:
    try:
        return proof()
    except LookupError:
        raise _damaged() from None


def _damaged() -> Problem:
    return Problem(
        "What is stored of the log does not lead to its checkpoint: run verify_audit.",
        code="log-damaged",
        status=500,
    )


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint."""
    return Checkpoint.objects.order_by("-size").first()


def verifier_key() -> str:
    """The installation's public key as verifiers take it."""
    return notes.verifier_key(settings.AUDIT_ORIGIN, signing.public_key_raw())


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


# Checking ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof file proves: this entry (decoded) is number ``index`` in ``checkpoint``'s
    log. ``own_key``: only by the key that the file itself names."""

    entry: dict[str, Any]
    index: int
    checkpoint: notes.Checkpoint
    own_key: bool


@dataclass(frozen=True, slots=True)
class Grown:
    """What a consistency file proves: the log of ``new`` begins with that of ``old``."""

    old: notes.Checkpoint
    new: notes.Checkpoint
    own_key: bool


def check(text: str | bytes, *, key: str | None = None) -> Proved | Grown:
    """Check a proof file of either format against a verifier key. Raises BadProof.

    Without a key the file's own is taken, which anyone could have made.
    """
    document = _read(text)
    if document["format"] == CONSISTENCY:
        return _check_growth(document, key)
    return _check_event(document, key)


def _check_growth(document: dict[str, Any], key: str | None) -> Grown:
    old, new = (_point(document, f"{name}_checkpoint", key) for name in ("from", "to"))
    told = document.get("from"), document.get("to")
    if (old.size, new.size) != told or not all(type(size) is int for size in told):
        raise BadProof("The sizes are not the checkpoints'.")
    if not merkle.is_consistent(old.size, old.root, new.size, new.root, _path(document)):
        raise BadProof("The consistency proof does not lead from one root to the other.")
    return Grown(old, new, key is None)


def _check_event(document: dict[str, Any], key: str | None) -> Proved:
    entry, leaf = _bytes(document, "entry"), _bytes(document, "leaf_hash")
    if merkle.leaf_hash(entry) != leaf:
        raise BadProof("The leaf hash is not that of the entry.")
    told = _entry(entry, document)
    point = _point(document, "checkpoint", key)
    index, size = document.get("index"), document.get("size")
    if type(index) is not int or type(size) is not int or size != point.size:
        raise BadProof("Index and size are not whole numbers, or not the checkpoint's.")
    if merkle.root_from_inclusion(leaf, index, size, _path(document)) != point.root:
        raise BadProof("The inclusion proof does not lead to the checkpoint's root.")
    return Proved(told, index, point, key is None)


def _read(text: str | bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BadProof("The file is not JSON.") from None
    if not isinstance(document, dict) or document.get("format") not in (FORMAT, CONSISTENCY):
        raise BadProof(f"The file is of neither format, {FORMAT} or {CONSISTENCY}.")
    return document


def _point(document: dict[str, Any], name: str, key: str | None) -> notes.Checkpoint:
    try:
        # An empty key is none that anyone trusts, and not the file's own.
        own = str(document.get("verifier_key", ""))
        origin, public_key = notes.parse_verifier_key(own if key is None else key)
        return notes.verify(str(document.get(name, "")), origin, public_key)
    except notes.BadNote as error:
        raise BadProof(str(error)) from None


def _path(document: dict[str, Any]) -> list[bytes]:
    steps = document.get("proof")
    if not isinstance(steps, list):
        raise BadProof("The proof is no list.")
    return [_decoded(each, "proof", 32) for each in steps]


def _entry(entry: bytes, document: dict[str, Any]) -> dict[str, Any]:
    try:
        told = orjson.loads(entry)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("id") != document.get("id"):
        raise BadProof("The entry is not that of the event that the file names.")
    return told


def _bytes(document: dict[str, Any], name: str) -> bytes:
    return _decoded(document.get(name), name, 32 if name == "leaf_hash" else None)


def _decoded(value: Any, name: str, length: int | None) -> bytes:
    try:
        decoded = base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise BadProof(f"{name} is not base64.") from None
    if length is not None and len(decoded) != length:
        raise BadProof(f"{name} is not {length} bytes.")
    return decoded
