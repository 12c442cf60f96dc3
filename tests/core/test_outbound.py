"""We ask public addresses alone, and the one that was checked."""

import base64
import hmac
import ipaddress
import socket
import ssl
import time
from hashlib import sha256

import httpcore
import httpx
import pytest
import trustme

from core import outbound
from core.outbound import OutboundFailed, OutboundRefused, is_public, send
from tests.servers import serve, trust

NAME = "witness.example.com"
PUBLIC = "93.184.216.34"


@pytest.fixture
def names(monkeypatch):
    """Names and their addresses, in place of a resolver; counts what is asked."""
    table, asked = {}, []
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        asked.append(host)
        if host not in table:
            return real(host, port, *args, **kwargs)
        found = table[host]
        if callable(found):
            found = found()
        return [
            (
                socket.AF_INET6 if ":" in each else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (each, port),
            )
            for each in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    table["asked"] = asked
    return table


@pytest.fixture
def connected(monkeypatch):
    """Where connections go, none being made."""
    tried = []

    def connect(self, host, port, **kwargs):
        tried.append((host, port))
        raise httpcore.ConnectError("no network in tests")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return tried


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, monkeypatch, tmp_path, settings):
    monkeypatch.setenv("SSL_CERT_FILE", trust(authority, tmp_path))
    settings.OUTBOUND_ALLOW_LOOPBACK = True


HOSTILE = (
    "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16"
    " 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1"
    " 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250"
    " 240.0.0.1 255.255.255.255"
    " :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:7f00:1 64:ff9b::7f00:1"
    " 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2"
    " 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 3fff::1 5f00::1 fc00::1"
    " fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0 2606:4700::1111%eth0 fec0::1 ff02::1"
    " ff0e::1"
).split()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses(text, names, connected):
    assert not is_public(ipaddress.ip_address(text))
    names[NAME] = [text]
    with pytest.raises(OutboundRefused):
        send("POST", f"https://{NAME}/")
    # One bad address among good ones is enough.
    names[NAME] = [PUBLIC, text]
    with pytest.raises(OutboundRefused):
        send("POST", f"https://{NAME}/")
    assert connected == []


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "8.8.8.8", PUBLIC, "2606:4700:4700::1111", "2a00:1450:4001::1"]
)
def test_public_addresses(text, names, connected):
    assert is_public(ipaddress.ip_address(text))
    names[NAME] = [text]
    with pytest.raises(OutboundFailed):
        send("POST", f"https://{NAME}/")
    assert connected == [(text, 443)]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://①②⑦.⓪.⓪.①/",
    ],
)
def test_spellings_of_loopback(url, connected):
    with pytest.raises((OutboundRefused, OutboundFailed)) as caught:
        send("GET", url)
    assert connected == []
    assert caught.type is OutboundRefused or "no address" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "//example.com/",
        "https:///path",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://example.com/",
        "https://user:pw@example.com/",
        "https://user@example.com/",
        "https://example.com:22/",
        "https://example.com:6379/",
        "https://example.com:99999/",
    ],
)
def test_addresses_of_the_wrong_form(url, names, connected):
    names["example.com"] = [PUBLIC]
    with pytest.raises(OutboundRefused) as caught:
        send("POST", url)
    assert connected == []
    assert "pw" not in str(caught.value)


def test_a_name_that_changes_its_mind(names, connected):
    """Public when checked, private when asked again: nobody asks again."""
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    names[NAME] = lambda: next(answers)
    with pytest.raises(OutboundFailed):
        send("POST", f"https://{NAME}/")
    assert connected == [(PUBLIC, 443)]
    assert names["asked"].count(NAME) == 1


def test_proxies_of_the_environment_are_not_used(names, connected, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    names[NAME] = [PUBLIC]
    with pytest.raises(OutboundFailed):
        send("POST", f"https://{NAME}/")
    assert connected == [(PUBLIC, 443)]


def test_loopback_is_for_whoever_says_so(names, settings):
    with serve() as server:
        with pytest.raises(OutboundRefused):
            send("POST", f"http://127.0.0.1:{server.port}/")
        settings.OUTBOUND_ALLOW_LOOPBACK = True
        assert send("POST", f"http://127.0.0.1:{server.port}/").status == 204
        assert len(server.heard) == 1


def test_allowing_loopback_allows_nothing_else(names, connected, settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    for addresses, url in (
        (["10.0.0.1"], f"https://{NAME}/"),
        (["127.0.0.1", "10.0.0.1"], f"https://{NAME}/"),
        ([PUBLIC], f"http://{NAME}/"),
        ([PUBLIC], f"https://{NAME}:6379/"),
    ):
        names[NAME] = addresses
        with pytest.raises(OutboundRefused):
            send("POST", url)
    assert connected == []


def test_name_and_certificate_are_the_hosts(authority, trusted, names):
    names[NAME] = ["127.0.0.1"]
    with serve(authority, NAME) as server:
        answer = send(
            "POST",
            f"https://{NAME}:{server.port}/in?a=b",
            content=b"text",
            headers={"Content-Type": "text/plain"},
        )
        assert answer.status == 204
        (heard,) = server.heard
        assert heard.headers["host"] == f"{NAME}:{server.port}"
        assert (heard.method, heard.path, heard.body) == ("POST", "/in?a=b", b"text")


def test_a_certificate_of_another_name(authority, trusted, names):
    names[NAME] = ["127.0.0.1"]
    with serve(authority, "other.example.com") as server:
        with pytest.raises(OutboundFailed):
            send("POST", f"https://{NAME}:{server.port}/")
        assert server.heard == []


def test_a_certificate_of_nobody_we_trust(trusted, names):
    names[NAME] = ["127.0.0.1"]
    with serve(trustme.CA(), NAME) as server:
        with pytest.raises(OutboundFailed):
            send("POST", f"https://{NAME}:{server.port}/")
        assert server.heard == []


def test_old_versions_of_tls_are_not_spoken(authority, trusted, names):
    """A server that offers TLS 1.1 at most is asked nothing."""
    names[NAME] = ["127.0.0.1"]
    with serve(authority, NAME, newest=ssl.TLSVersion.TLSv1_1) as server:
        with pytest.raises(OutboundFailed):
            send("POST", f"https://{NAME}:{server.port}/")
        assert server.heard == []
    context = httpx.create_ssl_context()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_redirect_is_an_answer(settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = True

    def redirect(handler):
        handler.send_response(307)
        handler.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serve() as server:
        server.answer = redirect
        answer = send("POST", f"http://127.0.0.1:{server.port}/")
        assert answer.status == 307
        assert len(server.heard) == 1


@pytest.mark.parametrize("length", [True, False])
def test_long_answers_are_cut(settings, length):
    settings.OUTBOUND_ALLOW_LOOPBACK = True

    def long(handler):
        handler.send_response(200)
        if length:
            handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        handler.close_connection = True
        for _ in range(100):
            handler.wfile.write(b"x" * 65536)

    with serve() as server:
        server.answer = long
        with pytest.raises(OutboundFailed, match="more than 1000 bytes"):
            send("GET", f"http://127.0.0.1:{server.port}/", most=1000)


@pytest.mark.parametrize("part", ["head", "body"])
@pytest.mark.parametrize("secure", [True, False])
def test_the_time_is_for_all_of_it(authority, trusted, names, part, secure):
    """A byte now and then resets a time-out per read; the whole is still cut."""
    names[NAME] = ["127.0.0.1"]

    def drip(handler):
        if part == "body":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        handler.close_connection = True
        for _ in range(100):
            time.sleep(0.1)
            handler.wfile.write(b"x")
            handler.wfile.flush()

    with serve(*((authority, NAME) if secure else ())) as server:
        server.answer = drip
        begun = time.monotonic()
        with pytest.raises(OutboundFailed, match="took over"):
            send("GET", f"http{'s' * secure}://{NAME}:{server.port}/", seconds=0.8)
        assert time.monotonic() - begun < 4


def test_nobody_there(settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OutboundFailed, match="ConnectError"):
        send("POST", f"http://127.0.0.1:{port}/")


def test_a_webhook_is_signed_as_the_standard_says():
    """The vector of the Standard Webhooks libraries' tests."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    content = b'{"test": 2432232314}'
    sent = outbound.webhook_headers(message_id="msg_1", content=content, secret=secret)
    signed = f"msg_1.{sent['webhook-timestamp']}.".encode() + content
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, sha256)).decode()
    assert sent["webhook-signature"] == f"v1,{expected}"
    assert abs(int(sent["webhook-timestamp"]) - time.time()) < 5
    for bad in ("", "whsec_", "whsec_MfKQ9r8G", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_?"):
        with pytest.raises(ValueError):
            outbound.webhook_key(bad)


def test_the_known_signature(monkeypatch):
    """Fixed id and time give the signature that the standard's own documents show."""
    monkeypatch.setattr(time, "time", lambda: 1614265330)
    sent = outbound.webhook_headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        content=b'{"test": 2432232314}',
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert sent["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
