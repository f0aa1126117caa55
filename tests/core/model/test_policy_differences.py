"""What differs between two policies, cell by cell."""

from __future__ import annotations

import pytest

from core.model.deadline import Measure, SlaTarget
from core.model.policy_differences import Cell, Difference, differences
from core.model.policy_documents import parse_policy
from core.model.sla import DEFAULT_POLICY, Matter
from core.model.ticket import Priority

FIVE, THREE = SlaTarget(5, Measure.WORKING_DAYS), SlaTarget(3, Measure.WORKING_DAYS)
RULE = '[[override]]\nunit = "rsud"\n[override.low]\nsolution = "3 working_days"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (
            '[promises.low]\nsolution = "3 working_days"',
            [Difference(Cell("solution", Priority.LOW), FIVE, THREE)],
        ),
        ("warn_percent = 0", [Difference(Cell("warn_percent"), 75, 0)]),
        (
            "pending = {}",
            [
                Difference(
                    Cell("pending", reason="hardware_on_order"),
                    SlaTarget(7, Measure.CALENDAR_DAYS),
                    None,
                )
            ],
        ),
        (
            "answer_escalate = []",
            [Difference(Cell("answer_escalate"), DEFAULT_POLICY.answer_steps, ())],
        ),
    ],
)
def test_each_cell_that_differs_is_named(text: str, found: list[Difference]) -> None:
    assert list(differences(DEFAULT_POLICY, parse_policy(text))) == found


def test_a_rule_that_comes_or_goes_is_told_with_what_it_is_for() -> None:
    more = differences(DEFAULT_POLICY, parse_policy(RULE))
    matter = Matter(unit="rsud")
    assert Difference(Cell("solution", Priority.LOW, matter), None, THREE) in more
    assert {one.cell.matter for one in more} == {matter}
    less = differences(parse_policy(RULE), DEFAULT_POLICY)
    assert [(one.cell, one.after, one.before) for one in less] == [
        (one.cell, one.before, one.after) for one in more
    ]
