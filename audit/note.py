"""Checkpoints as signed notes: C2SP tlog-checkpoint and signed-note, with Ed25519.

A checkpoint is text that anyone can keep and check: the log's name (origin), how many events
it holds, the root of their Merkle tree, and a signature over those three lines.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
_SIZE = re.compile(r"(0|[1-9][0-9]{0,17})\Z")


class BadNote(ValueError):
    """The text is no checkpoint of this log: malformed, or not signed by its key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: the log's name, its size (events), the root of its tree."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The signed text, with its last newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(origin: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line names its key (signed-note, "Signatures")."""
    return sha256(origin.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(origin: str, public_key: bytes) -> str:
    """The key as text that verifiers take: name, key id in hex, type and key in base64."""
    encoded = base64.b64encode(ED25519 + public_key).decode()
    return f"{origin}+{key_id(origin, public_key).hex()}+{encoded}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """The name and the 32 bytes of a verifier key. Raises BadNote."""
    name, _, rest = text.strip().partition("+")
    hashed, _, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise BadNote("The verifier key is not base64.") from None
    if len(key) != 33 or key[:1] != ED25519 or key_id(name, key[1:]).hex() != hashed:
        raise BadNote("The verifier key is no Ed25519 key of the name that it bears.")
    return name, key[1:]


def note(checkpoint: Checkpoint, public_key: bytes, signature: bytes) -> str:
    """The checkpoint with its signature line."""
    line = base64.b64encode(key_id(checkpoint.origin, public_key) + signature).decode()
    return f"{checkpoint.body()}\n\u2014 {checkpoint.origin} {line}\n"


def parse(body: str) -> Checkpoint:
    """What a checkpoint's signed text says; further lines are extensions. Raises BadNote."""
    lines = body.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.match(lines[1]):
        raise BadNote("The text is not a checkpoint.")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error:
        raise BadNote("The checkpoint's root is not base64.") from None
    if len(root) != 32:
        raise BadNote("The checkpoint's root is not 32 bytes.")
    return Checkpoint(lines[0], int(lines[1]), root)


def signed_body(text: str, name: str, public_key: bytes) -> str:
    """The text of a note that ``public_key`` signed under ``name``. Raises BadNote.

    Signatures of other keys are passed over, as the format asks.
    """
    body, _, signatures = text.rpartition("\n\n")
    wanted = key_id(name, public_key)
    for line in signatures.splitlines():
        mark, _, rest = line.partition(" ")
        signer, _, encoded = rest.rpartition(" ")
        if mark != "\u2014" or signer != name:
            continue
        try:
            blob = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        if blob[:4] != wanted:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(blob[4:], f"{body}\n".encode())
        except InvalidSignature:
            break
        return f"{body}\n"
    raise BadNote("The note is not signed by the log's key.")


def verify(text: str, origin: str, public_key: bytes) -> Checkpoint:
    """The checkpoint, signed by ``public_key`` for ``origin``. Raises BadNote."""
    checkpoint = parse(signed_body(text, origin, public_key))
    if checkpoint.origin != origin:
        raise BadNote(f"The checkpoint is of another log: {checkpoint.origin}.")
    return checkpoint
