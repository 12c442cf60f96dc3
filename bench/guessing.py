"""Hostile tries at one account over HTTP, and whether the time of an answer tells anything.

    make bench-guessing
    make bench-guessing BENCH_ARGS="--tries 500 --rounds 50"

First the four kinds of failure at /auth/token in turn, each round in another order, judged by the
ratio of their medians; then the tries, as fast as the server answers; then the owner, by a
passkey, in a browser that was never there and from the attackers' own address.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from bench.audit_http import await_server, free_port
from bench.scratch import scratch

NAME = "bench_guessing"
PASSWORD = "correct horse battery staple"
HOST = "localhost"
# What the cache counts is not what is measured here: the tallies must hold by themselves, and
# against somebody with any number of addresses.
RATES = {
    **dict.fromkeys(("RATE_SIGN_IN", "RATE_STRANGER", "RATE_ADDRESS"), "10000000/min"),
    "TRUSTED_PROXIES": "127.0.0.1",
}


class Wire:
    """One connection that keeps cookies."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.host = f"{HOST}:{port}"

    def send(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(
            method, path, body, {"Host": self.host, "Cookie": cookies, **headers}
        )
        answer = self.connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode()

    def token(self, username: str, password: str, otp: str, address: str = "192.0.2.1") -> int:
        body = json.dumps({"username": username, "password": password, "otp": otp})
        head = {"Content-Type": "application/json", "X-Forwarded-For": address}
        return self.send("POST", "/api/v1/auth/token", body, **head)[0]

    def form(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        return self.send(
            "POST",
            path,
            urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields}),
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )


@contextmanager
def server(port: int) -> Iterator[None]:
    environment = {
        **os.environ,
        **RATES,
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "bench.http_settings",
        "BENCH_DATABASE": NAME,
        "DATABASE_ROLE": "web",
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "voicecompliance.embedded.web", str(port)], env=environment
    )
    try:
        await_server(port)
        yield
    finally:
        running.terminate()
        running.wait(30)


def times(port: int, rounds: int, owner: Any) -> dict[str, Any]:
    """Medians of four failures, in ms, and the greatest over the least."""
    from django.utils import timezone

    from accounts.guessing import STRANGERS
    from accounts.models import AttemptTally
    from accounts.services.attempts import account_place

    wire = Wire(port)
    took: dict[str, list[float]] = {"name": [], "password": [], "code": [], "shut": []}
    for _ in range(rounds):
        for kind in random.sample(sorted(took), len(took)):
            AttemptTally.objects.all().delete()
            if kind == "shut":
                AttemptTally.objects.create(
                    place=account_place(owner),
                    user=owner,
                    tries=STRANGERS.most,
                    tried_at=timezone.now(),
                )
            name = "nobody-here" if kind == "name" else owner.username
            password = "another wrong one" if kind == "password" else PASSWORD
            start = time.perf_counter()
            assert wire.token(name, password, "000000") == 401
            took[kind].append((time.perf_counter() - start) * 1000)
    AttemptTally.objects.all().delete()
    medians = {kind: round(statistics.median(each), 2) for kind, each in took.items()}
    return {
        "median_ms": medians,
        "spread_ms": {
            kind: round(statistics.quantiles(each, n=4)[2] - statistics.quantiles(each, n=4)[0], 2)
            for kind, each in took.items()
        },
        "greatest_over_least": round(max(medians.values()) / min(medians.values()), 3),
    }


def attack(port: int, tries: int, username: str) -> float:
    """``tries`` wrong passwords by four connections, each from another address; seconds."""
    start = time.perf_counter()

    def some(share: int) -> None:
        wire = Wire(port)
        for number in range(share):
            address = f"198.51.{number // 250 % 250}.{number % 250 + 1}"
            assert wire.token(username, f"guess number {number}", "000000", address) == 401

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(some, tries // 4) for _ in range(4)]:
            done.result()
    return time.perf_counter() - start


def owner_gets_in(port: int, owner: Any, key: Any) -> dict[str, Any]:
    """By password, which must not do, and by passkey, which must."""
    wire = Wire(port)
    start = time.perf_counter()
    wire.send("GET", "/admin/login/")
    by_password = wire.form("/admin/login/", {"username": owner.username, "password": PASSWORD})[0]
    key.origin, key.handle = f"http://{HOST}:{port}", owner.pk.bytes
    _, options = wire.form("/admin/login/passkey-options/", {"ceremony": "sign_in"})
    answer = key.get(json.loads(options))
    by_passkey = wire.form("/admin/login/", {"passkey": answer, "next": "/admin/sessions/"})[0]
    _, page = wire.send("GET", "/admin/sessions/")
    return {
        "by_password": by_password == 302,
        "by_passkey": by_passkey == 302 and bool(re.search("Your sessions", page)),
        "seconds": round(time.perf_counter() - start, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=100)
    args = parser.parse_args()
    port = free_port()
    with scratch(NAME):
        from accounts.services import create_person
        from audit.models import AuditEvent
        from core.actors import Actor
        from tests.accounts.authenticator import Authenticator
        from tests.accounts.test_passkeys import register

        owner = create_person(
            actor=Actor.system("bench"),
            username="owner",
            roles=["compliance officer"],
            password=PASSWORD,
        )
        key = Authenticator()
        register(owner, key)
        with server(port):
            told = times(port, args.rounds, owner)
            before = AuditEvent.objects.filter(event_type="sign_in", action="failed")
            seen = before.filter(details__looked_at=True).count()
            seconds = attack(port, args.tries, owner.username)
            guesses = before.filter(details__looked_at=True).count() - seen
            result = {
                "times": {**told, "bound": "the medians' ratio near 1"},
                "tries": args.tries,
                "per_s": round(args.tries / seconds),
                "guesses_looked_at": guesses,
                "bound": "<= 100",
                "owner": owner_gets_in(port, owner, key),
            }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
