"""The table of rights, word for word where requirements say so, and the rules around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.rights import (
    ABOUT_THE_HOUSE,
    COLUMNS,
    DELEGATED,
    FIGURES,
    MATRIX,
    may,
    reaches,
    rights_of,
    scope,
)
from core.model.staff import Grant, Reach, Right, Role, Staff, TicketFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

OFF = datetime(2026, 7, 14, tzinfo=UTC)
NOBODYS = TicketFacts()
MINE = TicketFacts(assignee_id=1)
OURS = TicketFacts(unit_id=11)
NEAR = TicketFacts(unit_id=99, region_id=22)
FAR = TicketFacts(unit_id=99, region_id=98, assignee_id=97, created_by=96)


def person(*roles: Role, **changes: Any) -> Staff:
    """Number 1, in unit 10 above 11, in region 20 above 22."""
    plain = Staff(
        1,
        "sari",
        "Sari",
        frozenset(roles),
        unit_id=10,
        regions=frozenset({20}),
        units=frozenset({10, 11}),
        areas=frozenset({20, 22}),
    )
    return replace(plain, **changes)


REACH = [
    # role, nobody's, mine, of a unit below mine, of my region, of others
    (Role.OPERATOR, True, True, True, True, True),
    (Role.CUSTOMER_CARE, True, True, True, True, True),
    (Role.TECHNICIAN, False, True, False, False, False),
    (Role.OFFICER, False, True, False, False, False),
    (Role.UNIT_SUPERVISOR, False, False, True, True, False),
    (Role.LEADERSHIP, True, True, True, True, True),
    (Role.AGENCY_HEAD, True, True, True, True, True),
    (Role.ADMIN, True, True, True, True, True),
]


@pytest.mark.parametrize(("role", "expected"), [(role, seen) for role, *seen in REACH])
def test_who_sees_which_tickets(role: Role, expected: Sequence[bool]) -> None:
    seen = [may(person(role), Right.VIEW, one) for one in (NOBODYS, MINE, OURS, NEAR, FAR)]
    assert seen == list(expected)


FORBIDDEN = [
    # BW-03: tests for each forbidden act; MB-12, MB-08, DK-20, MB-18
    (Role.OPERATOR, Right.CLOSE),
    (Role.OPERATOR, Right.REJECT),
    (Role.OPERATOR, Right.APPROVE),
    (Role.OPERATOR, Right.REVEAL),
    (Role.TECHNICIAN, Right.ASSIGN),
    (Role.TECHNICIAN, Right.CLOSE),
    (Role.TECHNICIAN, Right.REVEAL),
    (Role.OFFICER, Right.ASSIGN),
    (Role.UNIT_SUPERVISOR, Right.MEASURE),
    (Role.CUSTOMER_CARE, Right.INSTRUCT),
    (Role.CUSTOMER_CARE, Right.OVERSEE),
    *((Role.LEADERSHIP, right) for right in (Right.REPLY, Right.ASSIGN, Right.WORK, Right.CLOSE)),
    (Role.LEADERSHIP, Right.SENSITIVE),
    (Role.ADMIN, Right.SENSITIVE),
    (Role.ADMIN, Right.REPLY),
    (Role.ADMIN, Right.REVEAL),
    *((role, Right.ADMIN_STAFF) for role in Role if role is not Role.ADMIN),
]


@pytest.mark.parametrize(("role", "right"), FORBIDDEN)
def test_what_a_role_may_not_do(role: Role, right: Right) -> None:
    assert not may(person(role), right)
    assert not any(may(person(role), right, one) for one in (NOBODYS, MINE, OURS, NEAR, FAR))


def test_the_table_is_whole() -> None:
    assert set(COLUMNS) == set(Role)
    assert all(set(MATRIX[role]) == set(Right) for role in Role)
    assert all(any(MATRIX[role][right] for role in Role) for right in Right)


def test_whoever_may_act_may_look() -> None:
    for role in Role:
        for right in set(Right) - ABOUT_THE_HOUSE - FIGURES:
            for facts in (NOBODYS, MINE, OURS, NEAR, FAR):
                if may(person(role), right, facts):
                    assert may(person(role), Right.VIEW, facts), (role, right)


def test_nobody_sees_a_complaint_about_themselves() -> None:
    about = TicketFacts(unit_id=10, assignee_id=1, created_by=1, about_staff_id=1)
    everybody = person(*Role)
    assert not any(may(everybody, right, about) for right in set(Right) - ABOUT_THE_HOUSE)
    assert may(replace(everybody, id=2), Right.VIEW, replace(about, about_staff_id=1))


def test_sensitive_tickets_show_leadership_figures_and_no_texts() -> None:
    health = TicketFacts(unit_id=10, sensitive=True)
    for role in (Role.LEADERSHIP, Role.AGENCY_HEAD):
        assert not may(person(role), Right.VIEW, health)
        assert may(person(role), Right.REPORTS, health)
        assert may(person(role), Right.OVERSEE, health)
    assert may(person(Role.UNIT_SUPERVISOR), Right.VIEW, health)
    assert not may(person(Role.UNIT_SUPERVISOR), Right.VIEW, replace(health, unit_id=99))
    assert may(person(Role.OFFICER), Right.VIEW, replace(health, assignee_id=1))


def test_dk_04_two_roles_give_what_either_gives_and_no_more() -> None:
    both = person(Role.TECHNICIAN, Role.UNIT_SUPERVISOR)
    assert may(both, Right.WORK, MINE)
    assert may(both, Right.WORK, OURS)
    assert not may(both, Right.WORK, FAR)
    # A wide right of one role does not widen another right of the other role.
    leader = person(Role.LEADERSHIP, Role.TECHNICIAN)
    assert may(leader, Right.VIEW, FAR)
    assert not may(leader, Right.WORK, FAR)


def test_whoever_entered_a_report_goes_on_seeing_it() -> None:
    entered = TicketFacts(unit_id=99, created_by=1)
    assert may(person(Role.OFFICER), Right.VIEW, entered)
    assert not may(person(Role.OFFICER), Right.WORK, entered)
    assert not may(person(Role.TECHNICIAN), Right.VIEW, entered)


def test_mb_12_dk_21_an_office_gives_more_by_grants() -> None:
    grant = Grant(Role.OPERATOR, Right.CLOSE, Reach.ALL)
    assert may(person(Role.OPERATOR, granted=(grant,)), Right.CLOSE, FAR)
    assert not may(person(Role.OFFICER, granted=(grant,)), Right.CLOSE, MINE)
    unit = Grant(Role.TECHNICIAN, Right.VIEW, Reach.UNIT)
    technician = person(Role.TECHNICIAN, granted=(unit,))
    assert may(technician, Right.VIEW, OURS)
    assert not may(technician, Right.VIEW, NEAR)


def test_mb_08_leadership_delegates_its_watch() -> None:
    care = person(Role.CUSTOMER_CARE, granted=DELEGATED)
    assert may(care, Right.OVERSEE, FAR)
    assert may(care, Right.INSTRUCT, FAR)
    assert not may(person(Role.OPERATOR, granted=DELEGATED), Right.OVERSEE)


def test_a_token_gives_its_rights_and_no_others() -> None:
    limited = person(Role.CUSTOMER_CARE, only=frozenset({Right.VIEW, Right.ADMIN_STAFF}))
    assert may(limited, Right.VIEW, FAR)
    assert not may(limited, Right.REPLY, FAR)
    assert not may(limited, Right.ADMIN_STAFF)
    assert rights_of(limited) == {Right.VIEW}
    # Without ``sensitive`` among them such tickets stay closed.
    assert not may(limited, Right.VIEW, TicketFacts(sensitive=True))


def test_a_session_that_is_wanting_and_somebody_disabled_may_nothing() -> None:
    assert rights_of(person(*Role, only=frozenset())) == set()
    assert rights_of(person(*Role, disabled_at=OFF)) == set()
    assert scope(person(*Role, only=frozenset())).wide.nothing


def test_without_a_place_a_supervisor_sees_nothing() -> None:
    lost = person(Role.UNIT_SUPERVISOR, unit_id=None, units=frozenset(), areas=frozenset())
    assert scope(lost).wide.nothing or scope(lost).wide.entered_by == 1
    assert not any(may(lost, Right.VIEW, one) for one in (NOBODYS, MINE, OURS, NEAR, FAR))


@given(
    roles=st.frozensets(st.sampled_from(Role)),
    more=st.sampled_from(Role),
    right=st.sampled_from(Right),
    facts=st.builds(
        TicketFacts,
        unit_id=st.sampled_from([None, 10, 11, 99]),
        region_id=st.sampled_from([None, 20, 22, 98]),
        assignee_id=st.sampled_from([None, 1, 97]),
        created_by=st.sampled_from([None, 1, 96]),
        about_staff_id=st.sampled_from([None, 1, 95]),
        sensitive=st.booleans(),
    ),
)
def test_a_further_role_takes_nothing_away(
    roles: frozenset[Role], more: Role, right: Right, facts: TicketFacts
) -> None:
    if may(person(*roles), right, facts):
        assert may(person(*roles, more), right, facts)
    assert reaches(person(*roles), right) <= reaches(person(*roles, more), right)
