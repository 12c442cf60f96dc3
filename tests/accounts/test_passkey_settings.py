"""Which name passkeys belong to, and tables of the library that nobody writes."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from voicecompliance import environment


@pytest.mark.parametrize(
    ("hosts", "name"),
    [
        (["127.0.0.1", "localhost", "[::1]"], "localhost"),
        (["10.0.0.7", "compliance.example.com", "localhost"], "compliance.example.com"),
        (["*", ".example.com", "[::1]"], "localhost"),
        ([], "localhost"),
    ],
)
def test_the_first_name_and_never_an_address(hosts, name):
    assert environment.first_name(hosts) == name


def test_origins():
    assert environment.origin_of("compliance.example.com") == "https://compliance.example.com"
    assert environment.origin_of("localhost") == "http://localhost"


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["webauthncredential", "webauthnattestation"])
def test_the_librarys_own_tables_are_shut(table):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT 1 FROM django_otp_webauthn_{table}")
