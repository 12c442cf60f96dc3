"""Signed notes and checkpoints."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import note
from audit.note import BadNote, Checkpoint

# The example of the signed-note format's reference implementation (golang.org/x/mod/sumdb/note).
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    TEXT + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SIGNER.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
POINT = Checkpoint("log.example/audit", 7, bytes(32))
SIGNED = note.note(POINT, PUBLIC, SIGNER.sign(POINT.body().encode()))


def test_published_note():
    name, key = note.parse_verifier_key(KEY)
    assert note.verifier_key(name, key) == KEY
    assert note.signed_body(NOTE, name, key) == TEXT


def test_checkpoint_round_trip():
    assert note.verify(SIGNED, POINT.origin, PUBLIC) == POINT
    lines = SIGNED.split("\n")
    assert lines[:3] == ["log.example/audit", "7", base64.b64encode(bytes(32)).decode()]


def test_another_signature_beside_ours_is_passed_over():
    other = "\u2014 witness.example " + base64.b64encode(b"abcd" + bytes(64)).decode() + "\n"
    assert note.verify(SIGNED + other, POINT.origin, PUBLIC) == POINT


@pytest.mark.parametrize(
    "text",
    [
        SIGNED.replace("\n7\n", "\n8\n"),
        SIGNED.replace("log.example/audit\n7", "log.example/other\n7"),
        SIGNED.replace("AAAA", "BAAA", 1),
        SIGNED[:-5],
        SIGNED.split("\n\n")[0],
        "",
        "nonsense",
        NOTE,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(BadNote):
        note.verify(text, POINT.origin, PUBLIC)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "a\n1\n",
        "a\n01\nAAAA\n",
        "a\n-1\nAAAA\n",
        f"a\n{'9' * 30}\nAAAA\n",
        "a\n1\n!!\n",
        "a\n1\nAAAA\n",
        "\n1\nAAAA\n",
    ],
)
def test_what_is_no_checkpoint(body):
    with pytest.raises(BadNote):
        note.parse(body)


@pytest.mark.parametrize("key", ["", "x", "a+b+c", KEY.replace("c74f20a3", "00000000"), KEY[:-4]])
def test_bad_verifier_keys(key):
    with pytest.raises(BadNote):
        note.parse_verifier_key(key)
