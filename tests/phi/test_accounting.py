"""The rules of the accounting of disclosures (45 CFR 164.528), against a plain computation."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi import accounting
from phi.accounting import Made, Suspension, entries, owed

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (date(2026, 3, 1), date(2020, 3, 1)),
        # 2018 has no 29 February: a day more than six years, never a day less.
        (date(2024, 2, 29), date(2018, 2, 28)),
        (date(2026, 2, 28), date(2020, 2, 28)),
        (date(2030, 3, 1), date(2024, 3, 1)),
    ],
)
def test_six_years_back(asked: date, first: date) -> None:
    assert accounting.first_day(asked) == first


@pytest.mark.parametrize(
    ("last", "on", "free"),
    [
        (None, date(2026, 1, 1), True),
        (date(2025, 3, 1), date(2026, 2, 28), False),
        (date(2025, 3, 1), date(2026, 3, 1), True),
        # Twelve months from 29 February are over on 28 February.
        (date(2024, 2, 29), date(2025, 2, 27), False),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2023, 2, 28), date(2024, 2, 28), True),
        (date(2023, 3, 1), date(2024, 2, 29), False),
        (date(2026, 1, 1), date(2026, 1, 1), False),
    ],
)
def test_free_once_in_twelve_months(last: date | None, on: date, free: bool) -> None:
    assert accounting.is_free(last, on) is free


@pytest.mark.parametrize(
    ("asked", "due", "extended"),
    [
        (date(2026, 1, 1), date(2026, 3, 2), date(2026, 4, 1)),
        (date(2024, 1, 1), date(2024, 3, 1), date(2024, 3, 31)),
    ],
)
def test_sixty_days_and_thirty_more(asked: date, due: date, extended: date) -> None:
    assert accounting.due_on(asked) == due
    assert accounting.extended_to(asked) == extended


def test_thirty_days_by_word_of_mouth() -> None:
    assert accounting.oral_until(date(2024, 2, 1)) == date(2024, 3, 2)


def made(n: int, **changes: object) -> Made:
    values = {
        "id": UUID(int=n),
        "on": DAY,
        "recipient": "County health office",
        "address": "1 Main Street",
        "description": "Result of one test",
        "purpose": "Notifiable disease",
        "authority": "512b",
        **changes,
    }
    return Made(**values)  # type: ignore[arg-type]


def listed(rows: list[Made], today: date = DAY) -> list[int]:
    found = owed(rows, first=date(2020, 3, 1), last=DAY, today=today)
    return [row.id.int for row in found]


def test_what_is_left_out() -> None:
    rows = [
        made(1),
        made(2, exclusion="operations"),
        made(3),
        made(4, corrects=UUID(int=3)),
        made(5),
        made(6, corrects=UUID(int=5), void=True),
        made(7, on=date(2020, 2, 29)),
        made(8, on=date(2020, 3, 1)),
        made(9, on=DAY + timedelta(days=1)),
    ]
    assert listed(rows) == [8, 1, 4]


def test_suspended_until_the_last_day() -> None:
    row = made(1, on=date(2026, 1, 1), suspensions=(Suspension(date(2026, 2, 1), DAY),))
    assert listed([row], date(2026, 1, 31)) == [1]
    assert listed([row], date(2026, 2, 1)) == []
    assert listed([row], DAY) == []
    assert listed([row], DAY + timedelta(days=1)) == [1]


def test_repeats_are_one_entry_at_the_place_of_the_first() -> None:
    rows = [
        made(1, on=date(2026, 1, 1)),
        made(2, on=date(2026, 1, 5), recipient="Another office"),
        made(3, on=date(2026, 2, 1), recipient="county  HEALTH office"),
        made(4, on=date(2026, 2, 2), description="Result of another test"),
    ]
    found = [(each.first.id.int, each.times, each.last_on) for each in entries(rows)]
    assert found == [
        (1, 2, date(2026, 2, 1)),
        (2, 1, date(2026, 1, 5)),
        (4, 1, date(2026, 2, 2)),
    ]


def test_only_some_authorities_may_be_told_of_together() -> None:
    assert len(entries([made(1, authority="none"), made(2, authority="none")])) == 2


DAYS = st.dates(date(2019, 12, 1), date(2026, 4, 1))
ROWS = st.lists(
    st.tuples(
        DAYS,
        st.sampled_from(["A", "a ", "B"]),
        st.sampled_from(["512b", "512f", "none"]),
        st.sampled_from(["", "", "security", "before"]),
        st.one_of(st.none(), st.integers(0, 7)),
        st.booleans(),
        st.lists(st.tuples(DAYS, st.integers(0, 400)), max_size=2),
    ),
    max_size=14,
)


@given(ROWS, DAYS, DAYS)
def test_the_statement_is_the_plain_list(rows: list, asked: date, today: date) -> None:
    """Every row that stands and is owed is counted in exactly one entry, and no other."""
    taken: set[int] = set()
    held = []
    for n, (on, recipient, authority, exclusion, corrects, void, suspended) in enumerate(rows):
        old = corrects if corrects is not None and corrects < n and corrects not in taken else None
        if old is not None:
            taken.add(old)
        held.append(
            made(
                n,
                on=on,
                recipient=recipient,
                authority=authority,
                exclusion=exclusion,
                corrects=None if old is None else UUID(int=old),
                void=void and old is not None,
                suspensions=tuple(Suspension(a, a + timedelta(days=d)) for a, d in suspended),
            )
        )
    first = accounting.first_day(asked)
    wanted = []
    for row in held:
        suspended_now = any(s.stated_on <= today <= s.ends_on for s in row.suspensions)
        in_time = first <= row.on <= asked
        if row.id.int in taken or row.void or row.exclusion or suspended_now or not in_time:
            continue
        wanted.append(row)
    wanted.sort(key=lambda row: (row.on, row.id))
    assert owed(held, first=first, last=asked, today=today) == wanted
    # The entries, by the plain way: each row joins the first like it, or begins one.
    expected: list[list[Made]] = []
    for row in wanted:
        like = [
            group
            for group in expected
            if row.authority != "none"
            and group[0].authority == row.authority
            and group[0].recipient.strip().lower() == row.recipient.strip().lower()
        ]
        like[0].append(row) if like else expected.append([row])
    assert [(e.first, e.times, e.last_on) for e in entries(wanted)] == [
        (group[0], len(group), max(row.on for row in group)) for group in expected
    ]
