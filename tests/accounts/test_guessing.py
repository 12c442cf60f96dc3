"""How often a secret may be guessed: the pure rule, against tables and any order of tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.guessing import (
    ADDRESS,
    KNOWN_BROWSER,
    NAMES,
    STRANGERS,
    Limit,
    Tally,
    give_back,
    take,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIMITS = (STRANGERS, NAMES, KNOWN_BROWSER, ADDRESS)
seconds = st.floats(0, 200_000, allow_nan=False).map(lambda each: timedelta(seconds=each))


@pytest.mark.parametrize(
    ("tries", "wait"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (15, 2048), (16, 3600), (99, 3600)]
)
def test_the_wait_doubles_up_to_an_hour(tries, wait):
    assert STRANGERS.wait(tries) == timedelta(seconds=wait)


def test_ten_thousand_tries_in_a_row_are_five():
    tally, through = None, 0
    for number in range(10_000):
        # A hundred a second: all over before the second wait is.
        taken = take(STRANGERS, tally, NOON + timedelta(milliseconds=10 * number) / 100)
        if taken is not None:
            tally, through = taken, through + 1
    assert through == STRANGERS.free


@given(st.lists(seconds, min_size=150, max_size=250))
def test_whatever_the_pace_a_hundred_are_let_through(pauses):
    now, tally, through = NOON, None, 0
    for pause in pauses:
        now += pause
        taken = take(STRANGERS, tally, now)
        if taken is not None:
            tally, through = taken, through + 1
    assert through <= STRANGERS.most == 100


@given(st.lists(st.tuples(seconds, st.booleans()), max_size=60), st.sampled_from(LIMITS))
def test_against_a_model_that_remembers_every_try(steps, limit):
    """The rule, said over the history in place of a count."""
    now, tally = NOON, None
    wrong: list[datetime] = []
    for pause, right in steps:
        now += pause
        if wrong and limit.forgotten and now - wrong[-1] >= limit.forgotten:
            wrong = []
        shut = limit.most is not None and len(wrong) >= limit.most
        early = bool(wrong) and now - wrong[-1] < limit.wait(len(wrong))
        before, taken = tally, take(limit, tally, now)
        assert (taken is None) == (shut or early)
        if taken is None:
            continue
        tally = taken
        wrong.append(now)
        assert tally.tries == len(wrong)
        if right:
            tally = give_back(taken, taken=taken, before=before)
            wrong.pop()


def test_a_right_try_leaves_what_was_before():
    before = Tally(20, NOON)
    assert take(STRANGERS, before, NOON + timedelta(minutes=59)) is None
    now = NOON + timedelta(hours=1)
    taken = take(STRANGERS, before, now)
    assert taken == Tally(21, now)
    # Right: the next step may follow at once.
    after = give_back(taken, taken=taken, before=before)
    assert take(STRANGERS, after, now) == taken
    # Wrong tries of others in between stay, and so does their wait.
    others = Tally(22, now + timedelta(hours=1))
    assert give_back(others, taken=taken, before=before) == Tally(21, others.tried_at)


def test_a_name_is_forgotten_after_a_month_and_an_account_never():
    tally = Tally(100, NOON)
    almost = NOON + NAMES.forgotten - timedelta(seconds=1)
    assert take(NAMES, tally, almost) is None
    later = almost + timedelta(seconds=1)
    assert take(NAMES, tally, later) == Tally(1, later)
    assert take(STRANGERS, tally, later) is None


def test_a_clock_that_is_put_back_makes_nothing_younger():
    tally = Tally(1, NOON)
    assert take(STRANGERS, tally, NOON - timedelta(days=1)) == Tally(2, NOON)


def test_the_highest_wait_of_any_limit_is_reached_without_overflow():
    assert Limit(0, None, timedelta(days=9), timedelta(days=99)).wait(10_000) == timedelta(days=9)
