"""One-time codes against RFC 6238's own vectors, and how long a code is good."""

from __future__ import annotations

import base64

import pytest

from accounts import otp

SECRET = base64.b32encode(b"12345678901234567890").decode()

# RFC 6238, appendix B, SHA-1 rows.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("moment", "code"), VECTORS)
def test_rfc_6238(moment, code):
    assert otp.matching_step(SECRET, code, moment, digits=8) == moment // 30
    assert otp.code_at(SECRET, moment // 30, digits=8) == code


def test_leading_zeros_count():
    code = otp.code_at(SECRET, 1111111109 // 30)
    assert code == "081804"
    assert otp.matching_step(SECRET, "81804", 1111111109) is None


@pytest.mark.parametrize(
    ("seconds", "good"), [(-1, False), (0, True), (29.999, True), (30, False), (59, False)]
)
def test_a_code_is_good_for_its_own_thirty_seconds(seconds, good):
    start = 1_800_000_000
    code = otp.code_at(SECRET, start // 30)
    assert (otp.matching_step(SECRET, code, start + seconds) is not None) is good


def test_a_used_step_is_used():
    now = 1_800_000_005
    code = otp.code_at(SECRET, now // 30)
    assert otp.matching_step(SECRET, code, now, after=now // 30) is None
    assert otp.matching_step(SECRET, code, now, after=now // 30 - 1) == now // 30
    # A clock that was set back does not bring a used step back.
    assert otp.matching_step(SECRET, code, now, after=now // 30 + 1) is None


@pytest.mark.parametrize("text", ["123456", "123 456", "123-456", " 123456\n"])
def test_shape_of_a_totp_code(text):
    assert otp.totp_shaped(text) == "123456"


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123456\x00"])
def test_other_shapes(text):
    assert otp.totp_shaped(text) is None
    assert otp.recovery_shaped(text) is None


def test_recovery_codes_are_random_and_readable():
    codes = {otp.new_recovery_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert otp.recovery_shaped(code.upper().replace("-", " ")) == code.replace("-", "")
        assert not set(code) & set("01lio")


def test_secrets_have_160_bits():
    assert len(base64.b32decode(otp.new_secret())) == 20
