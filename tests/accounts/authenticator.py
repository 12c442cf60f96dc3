"""An authenticator in software: what a browser and a security key answer together.

It signs with a real key over real structures (WebAuthn Level 3, 6.1 and 6.5), so that what is
verified is verified. Every field may be bent to what an attacker would send.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
HERE = "http://localhost"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One credential: a P-256 key, an id and a counter (0 for a passkey that is synchronised)."""

    origin: str = HERE
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    counts: bool = False
    handle: bytes = b""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any], **bent: Any) -> str:
        """The answer to ``navigator.credentials.create``."""
        numbers = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self._data(ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options, bent)
        return self._answer(clientDataJSON=text(client), attestationObject=text(attestation))

    def get(self, options: dict[str, Any], **bent: Any) -> str:
        """The answer to ``navigator.credentials.get``."""
        if self.counts:
            self.counter += 1
        client = self._client("webauthn.get", options, bent)
        data = self._data(0)
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            clientDataJSON=text(client),
            authenticatorData=text(data),
            signature=text(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            **({"userHandle": text(self.handle)} if self.handle else {}),
        )

    def _data(self, flags: int) -> bytes:
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + struct.pack(">BI", self.flags | flags, self.counter)

    def _client(self, kind: str, options: dict[str, Any], bent: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False, **bent}).encode()

    def _answer(self, **response: str) -> str:
        named = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return json.dumps({**named, "clientExtensionResults": {}, "response": response})
