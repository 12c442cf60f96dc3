"""Bad headers on the wire, against the server that `make run` starts; and what it logs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings

from accounts.models import ApiKey
from accounts.services import revoke_api_key, rotate_api_key
from audit.models import AuditEvent
from core.actors import Actor
from tests.docs.test_readme import address_of_test_database

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/v1/consents/check"
NAME = b"Authorization: Bearer "


class Served:
    """A server of our own, asked by bytes."""

    def __init__(self, **environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voicecompliance.embedded.web", str(self.port)],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "voicecompliance.settings",
                "DATABASE_URL": address_of_test_database(),
                "DATABASE_ROLE": "web",
                "CACHE_URL": settings.CACHES["default"]["LOCATION"],
                "LOG_LEVEL": "DEBUG",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.said = b""
        for _ in range(150):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the server did not come up")

    def ask(self, *headers, path=PATH, method=b"GET", body=b""):
        """The status of the answer, and its body."""
        lines = [
            method + b" " + path.encode() + b" HTTP/1.1",
            b"Host: 127.0.0.1",
            b"Connection: close",
            *headers,
            b"",
            body,
        ]
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            try:
                connection.sendall(b"\r\n".join(lines))
                while part := connection.recv(65536):
                    answer += part
            except ConnectionError:
                # Refused before all of it was sent: the answer may be there all the same.
                pass
        head, _, rest = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]) if head else 0, rest.decode()

    def stop(self):
        """End it, and what it has written."""
        if self.process.poll() is None:
            self.process.terminate()
        self.said += self.process.communicate(timeout=30)[0] or b""
        return self.said.decode()


@pytest.fixture
def serve():
    started = []

    def start(**environment):
        started.append(Served(**environment))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_bad_credentials_on_the_wire(serve, caller, stranger):
    server = serve()
    token = caller.token.encode()
    for headers, status in (
        ([NAME + token], 422),
        # White space around a field's value is no part of it (RFC 9110, 5.5).
        ([NAME + token + b" \t"], 422),
        ([NAME + b" " + token], 401),
        ([NAME + token.lower()], 401),
        ([NAME + token.upper()], 401),
        ([NAME + token[:20] + b" " + token[20:]], 401),
        ([NAME + token + b"\x0b"], 400),
        ([NAME + token + b"\0"], 400),
        ([NAME + b"\0" + token], 400),
        ([NAME + token + b"\r"], 400),
        # A line folded (RFC 9112, 5.2), which could hide a key from who looks at lines.
        ([NAME + b"\r\n " + token], 400),
        ([NAME + token[:-1] + b"\xe9"], 401),
        ([NAME + "é".encode() * 43], 401),
        # Several fields: none is chosen.
        ([NAME + token, NAME + token], 401),
        ([NAME + token, NAME + b"x"], 401),
        ([NAME + b"x", NAME + token], 401),
        ([NAME + token + b", Bearer " + token], 401),
        ([NAME + stranger.token.encode(), NAME + token], 401),
        # A name that CGI would take for the same.
        ([b"Authorization_: Bearer " + token], 401),
        # 64 kB of it, and of another beside it.
        ([NAME + b"x" * 65536], 401),
        ([NAME + token + b"x" * 65536], 401),
        ([NAME + token, b"X-Padding: " + b"x" * 65536], 422),
        ([NAME + b"x" * (1 << 20)], 431),
        ([NAME + token, *(b"X-%d: 1" % number for number in range(500))], 431),
    ):
        shown = [header[:60] for header in headers]
        got = server.ask(*headers)[0]
        # Cut off in the middle of a header, one may not come to read why.
        assert got == status or (got, status) == (0, 431), shown
    assert server.ask(path=f"{PATH}?x={'y' * 70_000}")[0] == 414
    # Keys that end, from the next request on.
    actor = Actor.system("tests")
    assert server.ask(NAME + caller.token.encode())[0] == 422
    new, text = rotate_api_key(actor=actor, key=caller.key)
    assert server.ask(NAME + caller.token.encode())[0] == 422
    revoke_api_key(actor=actor, key=caller.key)
    assert server.ask(NAME + caller.token.encode())[0] == 401
    assert server.ask(NAME + text.encode())[0] == 422
    ApiKey.objects.filter(pk=new.pk).update(expires_at=new.created_at)
    assert server.ask(NAME + text.encode())[0] == 401
    type(stranger.application).objects.filter(pk=stranger.application.pk).update(is_active=False)
    assert server.ask(NAME + stranger.token.encode())[0] == 401


def test_whose_word_is_believed_on_the_wire(serve):
    server = serve(TRUSTED_PROXIES="127.0.0.1")
    body = b'{"username": "nobody-here", "password": "wrong wrong wrong", "otp": "000000"}'
    sent = [b"Content-Type: application/json", b"Content-Length: %d" % len(body)]
    for forwarded in (
        [b"X-Forwarded-For: 1.1.1.1, 203.0.113.9"],
        # Two fields are one list, in order (RFC 9110, 5.3).
        [b"X-Forwarded-For: 1.1.1.1", b"X-Forwarded-For: 203.0.113.9"],
    ):
        path = "/api/v1/auth/token"
        assert server.ask(*forwarded, *sent, path=path, method=b"POST", body=body)[0] == 401
        event = AuditEvent.objects.filter(event_type="sign_in").latest("id")
        assert event.actor_address == "203.0.113.9", forwarded


def test_nothing_that_a_caller_wrote_is_logged(serve, caller):
    server = serve()
    key, secret = caller.token, "customer-4711-canary"
    sent = NAME + key.encode()
    for path, headers, status in (
        (f"{PATH}?api_key={key}", (), 401),
        (f"{PATH}?access_token={key}&external_id={secret}", (), 401),
        (f"{PATH}?external_id={secret}&purpose=record", (sent,), 404),
        (f"{PATH}?external_id={secret}", (sent,), 422),
        (f"/api/v1/{secret}/{key}?x={secret}", (sent,), 404),
        (f"/{secret}/{key}?x={secret}", (), 404),
        (f"/admin/login/?next=/{secret}&key={key}", (), 200),
        (f"/admin/?x={secret}", (), 302),
        (f"/{secret}%00?{secret}", (), 404),
        (PATH, (NAME + secret.encode(),), 401),
        (PATH, (sent, sent), 401),
        (PATH, (f"Cookie: sessionid={secret}".encode(), f"Referer: /{secret}".encode()), 401),
        (f"{PATH}?{secret}", (sent, f"X-Request-ID: {secret} {key}".encode()), 422),
    ):
        assert server.ask(*headers, path=path)[0] == status, path
    assert server.ask(sent, path=f"/admin/login/?{secret}", method=b"POST")[0] == 403
    wrong = f"Host: {secret}.example".encode()
    assert server.ask(wrong, sent, path=f"{PATH}?{secret}")[0] == 400
    said = server.stop()
    assert "Unauthorized" in said
    assert "Bad Request" in said
    assert key not in said
    assert key.split("_", 2)[2] not in said
    assert secret not in said
