"""/auth: a person's session with the API."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import credential_of
from accounts.services import issue_session_token, prove_token_again, revoke_session_token
from accounts.throttling import address_of, count_sign_in
from core.actors import Actor, actor_of
from core.errors import Forbidden


class TokenRequest(serializers.Serializer):  # type: ignore[type-arg]
    username = serializers.CharField(max_length=150, trim_whitespace=False)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    otp = serializers.CharField(
        max_length=64, help_text="Six digits of the authenticator app, or a recovery code."
    )


class TokenAnswer(serializers.Serializer):  # type: ignore[type-arg]
    token = serializers.CharField(help_text="Answered once. Good for one hour.")
    expires_at = serializers.DateTimeField()
    role = serializers.CharField(
        allow_null=True, help_text="The person's first role; its scopes are the token's."
    )
    roles = serializers.ListField(child=serializers.CharField(), help_text="All of them.")


class TokenView(APIView):
    authentication_classes = ()
    required_scopes = None

    @extend_schema(
        operation_id="auth_token",
        summary="Sign in: password and second factor for a session token",
        request=TokenRequest,
        responses={200: TokenAnswer},
        auth=[],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        body = TokenRequest(data=request.data)
        body.is_valid(raise_exception=True)
        # Counted after the body holds: an empty name is no try at anybody's account.
        if wait := count_sign_in(request):
            raise Throttled(wait)
        token, text = issue_session_token(
            actor=Actor.anonymous(address_of(request)),
            username=body.validated_data["username"],
            password=body.validated_data["password"],
            code=body.validated_data["otp"],
        )
        roles = token.user.role_codes
        answer = TokenAnswer(
            {
                "token": text,
                "expires_at": token.expires_at,
                "role": next(iter(roles), None),
                "roles": roles,
            }
        )
        return Response(answer.data)


class FactorRequest(serializers.Serializer):  # type: ignore[type-arg]
    otp = serializers.CharField(
        max_length=64, help_text="Six digits of the authenticator app, or a recovery code."
    )


class FactorAnswer(serializers.Serializer):  # type: ignore[type-arg]
    proved_until = serializers.DateTimeField(
        help_text="Until when the token opens what asks for a recent second factor."
    )


class FactorView(APIView):
    required_scopes = {"POST": None}

    @extend_schema(
        operation_id="auth_factor",
        summary="Prove the second factor again, with the session token that this request carries",
        request=FactorRequest,
        responses={200: FactorAnswer},
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        credential = credential_of(request)
        if credential.session_token is None:
            raise Forbidden("An API key has no second factor.", code="people-only")
        body = FactorRequest(data=request.data)
        body.is_valid(raise_exception=True)
        if wait := count_sign_in(request):
            raise Throttled(wait)
        token = prove_token_again(
            actor=actor_of(request),
            token_id=credential.session_token,
            code=body.validated_data["otp"],
        )
        until = token.last_proof + timedelta(seconds=settings.STEP_UP_SECONDS)
        return Response(FactorAnswer({"proved_until": min(until, token.expires_at)}).data)


class LogoutView(APIView):
    required_scopes = {"POST": None}

    @extend_schema(
        operation_id="auth_logout",
        summary="End the session token that this request carries",
        request=None,
        responses={204: OpenApiResponse(description="Ended.")},
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        credential = credential_of(request)
        if credential.session_token is None:
            raise Forbidden("An API key is revoked in the admin.", code="people-only")
        revoke_session_token(actor=actor_of(request), token_id=credential.session_token)
        return Response(status=204)
