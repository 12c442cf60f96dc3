"""The web server of `make run`, on the wire: where a request ends, and what is not served."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.docs.pages import ROOT
from voicecompliance.embedded import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="dies with its parent there alone")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A running server; nothing that is asked here needs tables."""
    port = _free()
    server = subprocess.Popen(
        [sys.executable, "-m", "voicecompliance.embedded.web", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert processes.wait(lambda: _up(port), 30)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _up(port: int) -> bool:
    try:
        return b"200" in raw(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    except OSError:
        return False


def raw(port: int, request: str, seconds: float = 2) -> bytes:
    """Send these bytes; everything that comes back until the server closes or says no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except TimeoutError:
            pass
        return answer


def get(port: int, path: str, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return raw(port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n")


def statuses(answer: bytes) -> list[int]:
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


HIDDEN = (
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    "X-Request-ID: 00f067aa0ba902b7\r\n\r\n"
)
CHUNKS = f"0\r\n\r\n{HIDDEN}"


def post(port: int, head: str, body: str = CHUNKS) -> bytes:
    return raw(port, f"POST /nothing HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n{body}")


@pytest.mark.parametrize(
    "head",
    [
        f"Content-Length: {len(CHUNKS)}\r\nTransfer-Encoding: chunked",
        f"Transfer-Encoding: chunked\r\nContent-Length: {len(CHUNKS)}",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\x0bchunked",
        "Transfer-Encoding: chunked, identity",
    ],
)
def test_no_second_request_hides_in_a_first(port, head):
    """RFC 9112, 6.1 and 11.2: where a proxy could see another end of the message than we, it is
    refused, or read by its chunks and the connection closed."""
    answer = post(port, head)
    assert statuses(answer) in ([400], [404])
    assert b"00f067aa0ba902b7" not in answer
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("head", ["Transfer-Encoding: chunked", "Content-Length: 5"])
def test_a_second_request_after_a_plain_end_is_one(port, head):
    """What shows that the test above could fail."""
    assert b"00f067aa0ba902b7" in post(port, head)


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/secrets.env",
        "/.local/secrets.env",
        "/static/../.git/config",
        "/static/%2e%2e/.git/config",
        "/static/..%2f.git/config",
        "/static/..%5c..%5cpyproject.toml",
        "/static/....//pyproject.toml",
        "//etc/passwd",
        "/static//etc/passwd",
        "/static/accounts/../../pyproject.toml",
        "/static/%00",
        "/manage.py",
        "/pyproject.toml",
        "/static/accounts/passkeys.js.py",
        "/voicecompliance/settings.py",
        "/static/__pycache__/",
        "/media/",
        "/blobs/",
    ],
)
def test_files_of_ours_are_not_served(port, path):
    answer = get(port, path)
    assert statuses(answer)[0] in {400, 404}, answer[:200]
    for inside in (b"[core]", b"ref: refs", b"SECRET_KEY", b"root:", b"[project]", b"import "):
        assert inside not in answer


@pytest.mark.parametrize("path", ["/static/", "/static/accounts/", "/static/admin", "/static"])
def test_folders_are_not_listed(port, path):
    answer = get(port, path)
    assert statuses(answer)[0] == 404
    assert b"passkeys.js" not in answer


def test_what_is_served_is_served_as_what_it_is(port):
    answer = get(port, "/static/accounts/passkeys.js")
    assert statuses(answer) == [200]
    head = answer.split(b"\r\n\r\n")[0].lower()
    assert b"content-type: text/javascript" in head
    assert b"x-content-type-options: nosniff" in head


def test_a_head_that_never_ends_is_cut(port):
    """64 kB of headers, one or many: an answer that refuses, or none, and the next is served."""
    assert statuses(get(port, "/healthz", X_Long="x" * 65536))[:1] in ([], [200], [400], [431])
    many = {f"X_{number}": "x" for number in range(2000)}
    assert statuses(get(port, "/healthz", **many))[:1] in ([], [400], [431])
    long = get(port, "/healthz?" + "x" * 100_000)
    assert statuses(long)[:1] in ([], [200], [400], [414], [431])
    assert statuses(get(port, "/healthz")) == [200]


def test_a_trace_sends_nothing_back(port):
    answer = raw(
        port,
        "TRACE /admin/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Cookie: canary=1\r\n\r\n",
    )
    assert statuses(answer) == [405]
    assert b"canary" not in answer
