"""Bearer tokens: who is let in, what it costs, and what a view is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.models import ApiKey, VoiceApplication
from accounts.permissions import (
    application_of,
    only_visible,
    require_permission,
    visible_applications,
)
from accounts.querysets import key_with
from accounts.services import change_application, revoke_api_key
from core.actors import actor_of

pytestmark = pytest.mark.django_db


class Probe(APIView):
    required_scopes = {"GET": "calls", "POST": "consents:write", "PUT": None}

    def get(self, request):
        actor = actor_of(request._request)
        assert actor == request.actor
        return Response([actor.kind, actor.id, actor.name, sorted(request.auth.scopes)])

    def post(self, request):
        return Response(str(application_of(request).pk))

    def put(self, request):
        return Response("anybody known")


class Forgotten(APIView):
    def get(self, request):
        return Response("never")


class Half(APIView):
    required_scopes = {"GET": "calls"}

    def post(self, request):
        return Response("never")


class Open(APIView):
    required_scopes = None

    def get(self, request):
        return Response("everybody")


def call(view=Probe, token=None, method="get", header=None):
    request = getattr(APIRequestFactory(), method)("/")
    if token is not None or header is not None:
        request.META["HTTP_AUTHORIZATION"] = f"Bearer {token}" if header is None else header
    response = view.as_view()(request)
    response.render()
    return response


def kind(response):
    return response.data["type"].rpartition("/")[2]


def test_a_key_opens_and_names_its_application(caller):
    answer = call(token=caller.token)
    assert answer.status_code == 200
    assert answer.data[:3] == ["application", str(caller.application.pk), "Voice app"]


def test_the_hot_path_is_one_query(caller, django_assert_num_queries):
    call(token=caller.token)
    with django_assert_num_queries(1):
        call(token=caller.token)


def test_use_is_noted_once_a_minute(caller, django_assert_num_queries):
    with django_assert_num_queries(2):
        call(token=caller.token)
    key = ApiKey.objects.get()
    assert key.last_used_address == "127.0.0.1"
    ApiKey.objects.update(last_used_at=timezone.now() - dt.timedelta(seconds=61))
    with django_assert_num_queries(2):
        call(token=caller.token)
    with django_assert_num_queries(1):
        call(token=caller.token)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token + "\n",
        lambda token: token + " ",
        lambda token: " " + token,
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("vc_", "vc__"),
        lambda token: token.upper(),
        lambda token: token + "\x00",
        lambda token: token * 500,
        lambda token: "vc_" + "a" * 12 + "_" + "b" * 43,
        lambda token: "vcs_" + "b" * 43,
        lambda token: "",
        lambda token: "x" * 65536,
        lambda token: "é" * 40,
    ],
)
def test_a_spoilt_token(caller, spoil):
    answer = call(token=spoil(caller.token))
    assert answer.status_code == 401
    assert kind(answer) == "invalid-token"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert ApiKey.objects.get().last_used_at is None


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwYXNz", "vc_without_scheme", "Token abc"])
def test_no_bearer_token_at_all(header):
    answer = call(header=header)
    assert answer.status_code == 401
    assert kind(answer) == "not-authenticated"


def test_the_scheme_is_read_without_case(caller):
    assert call(header=f"bEARER {caller.token}").status_code == 200


def test_an_expired_key(caller):
    ApiKey.objects.update(expires_at=timezone.now())
    assert kind(call(token=caller.token)) == "invalid-token"


def test_a_revoked_key(caller, system):
    revoke_api_key(actor=system, key=caller.key)
    assert kind(call(token=caller.token)) == "invalid-token"


def test_a_key_of_an_inactive_application(caller, system):
    change_application(
        actor=system,
        application=caller.application,
        name="Voice app",
        id_space="organisation",
        takes_cards=True,
        is_active=False,
    )
    assert kind(call(token=caller.token)) == "invalid-token"


def test_a_missing_scope_is_named(make_caller):
    caller = make_caller("Narrow", scopes=["mask"])
    answer = call(token=caller.token)
    assert answer.status_code == 403
    assert kind(answer) == "missing-scope"
    assert "calls" in answer.data["detail"]
    assert call(token=caller.token, method="put").status_code == 200


def test_a_view_without_scopes_is_closed(caller):
    assert call(Forgotten, caller.token).status_code == 403
    assert call(Forgotten).status_code == 401
    assert call(Half, caller.token, "post").status_code == 403


def test_a_view_may_say_that_it_is_open():
    assert call(Open).status_code == 200


def test_a_method_that_is_not_there(caller):
    answer = call(token=caller.token, method="delete")
    assert answer.status_code == 405


def session_token(user):
    from accounts.authentication import token_hash
    from accounts.models import SessionToken

    text = "vcs_" + "a" * 43
    SessionToken.objects.create(
        user=user,
        token_hash=token_hash(text),
        session_hash=user.get_session_auth_hash(),
        factor="totp",
        expires_at=timezone.now() + dt.timedelta(hours=1),
    )
    return text


def test_a_person_has_the_scopes_of_their_roles(officer, make_person):
    answer = call(token=session_token(officer))
    assert answer.data[:3] == ["person", str(officer.pk), "officer-one"]
    assert "recordings:write" not in answer.data[3]


def test_a_person_without_a_role_has_no_scope(make_person):
    answer = call(token=session_token(make_person("nobody-much")))
    assert kind(answer) == "missing-scope"


def test_some_things_only_an_application_may_do(officer):
    answer = call(token=session_token(officer), method="post")
    assert answer.status_code == 403
    assert kind(answer) == "application-only"


def test_whose_rows_are_seen(caller, stranger, officer):
    seen = {}

    class Lists(APIView):
        required_scopes = {"GET": "calls"}

        def get(self, request):
            rows = only_visible(request, ApiKey.objects.all())
            seen[request.auth.id] = (set(rows), set(visible_applications(request)))
            return Response()

    call(Lists, caller.token)
    call(Lists, session_token(officer))
    assert seen[f"key:{caller.key.pk}"] == ({caller.key}, {caller.application})
    assert seen[f"person:{officer.pk}"] == (
        {caller.key, stranger.key},
        set(VoiceApplication.objects.all()),
    )


def test_a_persons_permission_may_be_asked_for(caller, make_person):
    class Keys(APIView):
        required_scopes = {"GET": "audit:read"}

        def get(self, request):
            require_permission(request, "accounts.change_apikey")
            return Response()

    assert call(Keys, caller.token).status_code == 200
    auditor = make_person("reader", "auditor")
    assert kind(call(Keys, session_token(auditor))) == "missing-permission"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepared", [True, False])
def test_a_connection_that_was_cut_is_made_anew(caller, settings, prepared):
    """The look at the key is also the check of the kept connection: one query, and no failure."""
    settings.PREPARED_STATEMENTS = prepared
    prefix = caller.key.prefix
    assert key_with(prefix) is not None
    cut = connection.connection.info.backend_pid
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            cursor.execute("SELECT pg_terminate_backend(%s)", [cut])
    finally:
        other.close()
    connection.health_check_enabled, connection.health_check_done = True, False
    assert key_with(prefix).application == caller.application
    assert connection.connection.info.backend_pid != cut


def test_a_key_that_is_not_there(db):
    assert key_with("nothing-here") is None
