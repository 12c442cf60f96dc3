"""Check a proof that an event is in an audit log, or that the log only grew.

python verify_proof.py FILE --key KEY, with Python 3.11 and cryptography. KEY is the log's verifier
key from elsewhere: one out of the file says nothing of who signed. Format: see audit-format.md.
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
    data = base64.b64decode(text, validate=True)
    need(length in (None, len(data)), f"a value is not {length} bytes")
    return data


def read_checkpoint(note, key):
    """The size and root of a signed note; a key is name+id+base64(0x01 || public key)."""
    name, number, data = str(key).strip().split("+", 2)
    raw = decode(data, 33)
    key_id = sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(raw[:1] == b"\x01" and key_id.hex() == number, "the key is not that name's")
    body, _, signatures = str(note).rpartition("\n\n")
    for line in signatures.splitlines():
        start, _, data = line.rpartition(" ")
        blob = decode(data) if start == f"\u2014 {name}" else b""
        if blob[:4] == key_id:
            Ed25519PublicKey.from_public_bytes(raw[1:]).verify(blob[4:], f"{body}\n".encode())
            origin, size, root = body.split("\n")[:3]
            need(origin == name, "the checkpoint is of another log")
            return int(size), decode(root, 32)
    raise ValueError("the checkpoint is not signed by the key")


def roots_of(start, number, last, path):
    """The older tree's root and the whole's that a path leads to (RFC 9162, 2.1.3.2, 2.1.4.2)."""
    older = whole = start
    for step in path:
        need(last > 0, "the proof is too long")
        if number & 1 or number == last:
            older, whole = (sha256(b"\x01" + step + each).digest() for each in (older, whole))
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            whole = sha256(b"\x01" + whole + step).digest()
        number, last = number >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return older, whole


def check_growth(file, key, path):
    old, old_root = read_checkpoint(file["from_checkpoint"], key)
    new, new_root = read_checkpoint(file["to_checkpoint"], key)
    need(f"{old} {new}" == f"{file['from']} {file['to']}" and 0 < old <= new, "sizes are wrong")
    # The walk begins with the older tree's last whole subtree; of a whole tree, with its root.
    whole = (old & -old).bit_length() - 1 if old < new else old.bit_length()
    first, *path = path if old < new and old & (old - 1) else [old_root, *path]
    roots = roots_of(first, (old - 1) >> whole, (new - 1) >> whole, path)
    need(roots == (old_root, new_root), "the proof leads to other roots")
    return f"the log of {new} begins with the log of {old}."


def check(file, key):
    path, key = [decode(x, 32) for x in file["proof"]], file["verifier_key"] if key is None else key
    if file["format"] == "voicecompliance-audit-consistency/1":
        return check_growth(file, key, path)
    need(file["format"] == "voicecompliance-audit-proof/1", "the file is of another format")
    entry, leaf, index = decode(file["entry"]), decode(file["leaf_hash"]), file["index"]
    need(leaf == sha256(b"\x00" + entry).digest(), "the leaf hash is not that of the entry")
    need(json.loads(entry)["id"] == file["id"], "the entry is of another event")
    size, root = read_checkpoint(file["checkpoint"], key)
    need(f"{index} {size}" == f"{int(index)} {file['size']}" and 0 <= index < size, "wrong place")
    need(roots_of(leaf, index, size - 1, path)[1] == root, "the proof leads to another root")
    return f"this event is entry {index} of the log of {size}:\n{entry.decode()}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--key")
    given = parser.parse_args()
    try:
        with open(given.file, encoding="utf-8") as handle:
            said = check(json.load(handle), given.key)
    except (InvalidSignature, ValueError, LookupError, TypeError, OSError, RecursionError) as error:
        sys.exit(f"NOT PROVED: {str(error) or 'the signature is not that of the key'}")
    if given.key is None:
        sys.stderr.write("WARNING: the key is the file's own, so anyone may have signed it.\n")
    sys.stdout.write(f"PROVED: {said}\n")
