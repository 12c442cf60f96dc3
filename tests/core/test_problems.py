"""Errors as problem documents."""

from rest_framework.exceptions import APIException

from core.rest.exceptions import as_problem


class Teapot(APIException):
    status_code = 418


def test_an_error_of_no_known_kind_is_no_conflict():
    problem = as_problem(Teapot())
    assert (problem.code, problem.status) == ("error", 418)


def test_a_fault_of_ours_is_none():
    assert as_problem(RuntimeError("x")) is None
