#!/usr/bin/env python3
"""Check the proof that an event is in an audit log: python verify_proof.py FILE --key KEY

Needs Python 3.11 and cryptography. KEY is the log's verifier key (name+id+base64) as you got it
from elsewhere: one out of the file says nothing of who signed. Format: see audit-format.md.
"""

import argparse
import base64
import json
import sys
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def need(condition, reason):
    if not condition:
        raise ValueError(reason)


def decode(text, length=None):
    need(isinstance(text, str), "a value is no text")
    data = base64.b64decode(text, validate=True)
    need(length in (None, len(data)), f"a value is not {length} bytes")
    return data


def key_id(name, public):
    return sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def read_key(text):
    """The name and the public key of a verifier key: name+id+base64(0x01 || key)."""
    name, number, data = text.strip().split("+", 2)
    raw = decode(data, 33)
    need(raw[:1] == b"\x01" and key_id(name, raw[1:]).hex() == number, "the key is not that name's")
    return name, raw[1:]


def read_checkpoint(note, name, public):
    """The size and the root of a signed note: origin, size, root; a blank line; signatures."""
    body, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        start, _, data = line.rpartition(" ")
        blob = decode(data) if start == f"\u2014 {name}" else b""
        if blob[:4] == key_id(name, public):
            Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], f"{body}\n".encode())
            origin, size, root = body.split("\n")[:3]
            need(origin == name, "the checkpoint is of another log")
            return int(size), decode(root, 32)
    raise ValueError("the checkpoint is not signed by the key")


def root_of(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    need(0 <= index < size, "the index lies outside the log")
    number, last, result = index, size - 1, leaf
    for step in path:
        need(last > 0, "the inclusion proof is too long")
        if number & 1 or number == last:
            result = sha256(b"\x01" + step + result).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            result = sha256(b"\x01" + result + step).digest()
        number, last = number >> 1, last >> 1
    need(last == 0, "the inclusion proof is too short")
    return result


def check(file, key):
    need(isinstance(file, dict) and isinstance(file.get("checkpoint"), str), "it is no proof")
    need(file["format"] == "voicecompliance-audit-proof/1", "the file is of another format")
    entry, leaf = decode(file["entry"]), decode(file["leaf_hash"])
    need(leaf == sha256(b"\x00" + entry).digest(), "the leaf hash is not that of the entry")
    event = json.loads(entry)
    need(event["id"] == file["id"], "the entry is of another event")
    size, root = read_checkpoint(file["checkpoint"], *read_key(key or file["verifier_key"]))
    need(type(file["index"]) is int and file["size"] == size, "index or size are wrong")
    path = [decode(step, 32) for step in file["proof"]]
    need(root_of(leaf, file["index"], size, path) == root, "the proof leads to another root")
    return event, file["index"], size


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--key", help="the log's verifier key, from a source you trust")
    given = parser.parse_args()
    try:
        with open(given.file, encoding="utf-8") as handle:
            event, index, size = check(json.load(handle), given.key)
    except (InvalidSignature, ValueError, LookupError, TypeError, OSError, RecursionError) as error:
        sys.exit(f"NOT PROVED: {str(error) or 'the signature is not that of the key'}")
    if given.key is None:
        sys.stderr.write("WARNING: the key is the file's own, so anyone may have signed it.\n")
    event = json.dumps(event, indent=2)
    sys.stdout.write(f"PROVED: this event is entry {index} of the log of {size}:\n{event}\n")
