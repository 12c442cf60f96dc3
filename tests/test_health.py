"""/healthz, /readyz, /metrics."""

import pytest
from cryptography.fernet import Fernet

from vault.services import verify_keys

pytestmark = pytest.mark.django_db


def test_healthz_and_readyz(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert set(answer.json()["parts"].values()) == {"ok"}


def test_not_ready_with_a_wrong_key(client, settings):
    verify_keys()
    settings.FIELD_ENCRYPTION_KEYS = (Fernet.generate_key().decode(),)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["keys"] == "wrong key"


def test_not_ready_without_a_broker(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert client.get("/readyz").json()["parts"]["broker"] == "unreachable"


def test_metrics_and_their_token(client, settings):
    answer = client.get("/metrics")
    assert b"voicecompliance_evidence" in answer.content
    settings.METRICS_TOKEN = "open sesame"
    assert client.get("/metrics").status_code == 404
    with_token = client.get("/metrics", headers={"Authorization": "Bearer open sesame"})
    assert with_token.status_code == 200


def test_request_id_is_answered_and_kept_only_when_fit(client):
    for fit in (
        "0199a0f7-7d0d-707f-8892-940d7e6a109d",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00f067aa0ba902b7",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ):
        assert client.get("/healthz", headers={"X-Request-ID": fit})["X-Request-ID"] == fit
    unfits = ("short", "x" * 100, "with space 123", "a" * 16 + "\n", "abc-12345", "zebulon.canary")
    for unfit in (*unfits, "4111111111111111", "4111111111111111" * 2, "0" * 26):
        assert client.get("/healthz", headers={"X-Request-ID": unfit})["X-Request-ID"] != unfit


def test_headers(client):
    answer = client.get("/healthz")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store"
