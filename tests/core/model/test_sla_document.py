"""Policies as documents: what may stand in one, and what is said of what may not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.policy_documents import parse_policy
from core.model.sla import DEFAULT_POLICY, Matter, Measure, Since, SlaTarget
from core.model.sla_document import read_policy
from core.model.sla_writing import write_policy
from core.model.ticket import Priority

WHOLE = """
warn_percent = 80
pending_warning = "2 calendar_days"
answer_escalate = [{ to = "leadership" }]
pending_escalate = []

[pending]
hardware_on_order = "14 calendar_days"
access = "3 working_days"

[promises.normal]
first_answer = "20 working_minutes"
solution = "3 working_days"
escalate = [
  { to = "unit_supervisor" },
  { to = "agency_head", after = "10 working_days", since = "receipt" },
]

[[override]]
unit = "rsud"
category = "medicine"
[override.normal]
solution = "4 working_hours"
"""


def test_an_empty_document_is_the_default() -> None:
    assert read_policy({}) == DEFAULT_POLICY


@pytest.mark.parametrize("document", ["", WHOLE])
def test_what_is_written_out_is_read_as_it_was(document: str) -> None:
    policy = parse_policy(document)
    assert parse_policy(write_policy(policy)) == policy
    assert write_policy(parse_policy(write_policy(policy))) == write_policy(policy)


@given(st.text(min_size=1, max_size=20))
def test_any_code_is_written_so_that_it_is_read(code: str) -> None:
    quoted = {"override": [{"unit": code, "low": {"solution": "9 working_days"}}]}
    policy = read_policy(quoted)
    try:
        code.encode()
    except UnicodeEncodeError:
        return  # no TOML file holds it
    assert parse_policy(write_policy(policy)) == policy


def test_the_example_file_is_what_is_built_in() -> None:
    example = Path("config/example-promises.toml").read_text("utf-8")
    assert parse_policy(example) == DEFAULT_POLICY == parse_policy(write_policy(DEFAULT_POLICY))


def test_nested_beyond_reason_is_a_mistake_too() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_policy("a = " + "[" * 50_000)


def test_a_whole_document() -> None:
    policy = read_policy(tomllib.loads(WHOLE))
    normal = policy.targets[Priority.NORMAL]
    assert policy.warn_percent == 80
    assert policy.pending_warning == SlaTarget(2, Measure.CALENDAR_DAYS)
    assert policy.pending["access"] == SlaTarget(3, Measure.WORKING_DAYS)
    assert policy.pending_steps == ()
    assert [step.to_role for step in policy.answer_steps] == ["leadership"]
    assert normal.first_answer == SlaTarget(20, Measure.WORKING_MINUTES)
    assert normal.next_answer == DEFAULT_POLICY.targets[Priority.NORMAL].next_answer
    assert [(s.to_role, s.since) for s in normal.steps] == [
        ("unit_supervisor", Since.BREACH), ("agency_head", Since.RECEIPT),
    ]  # fmt: skip
    assert policy.targets[Priority.HIGH] == DEFAULT_POLICY.targets[Priority.HIGH]


def test_an_override_begins_with_what_its_priority_promises() -> None:
    policy = read_policy(tomllib.loads(WHOLE))
    found = policy.targets_for(Priority.NORMAL, Matter("medicine", "rsud", "sms"))
    assert found.solution == SlaTarget(4, Measure.WORKING_HOURS)
    assert found.first_answer == SlaTarget(20, Measure.WORKING_MINUTES)
    assert (
        policy.targets_for(Priority.NORMAL, Matter("billing", "rsud"))
        is (policy.targets[Priority.NORMAL])
    )


WRONG = [
    # document, the key named, what is expected
    ({"warn": 75}, "warn", "one of warn_percent"),
    ({"warn_percent": 100}, "warn_percent", "0 (no warnings) to 99"),
    ({"warn_percent": True}, "warn_percent", "whole number"),
    ({"pending_warning": "1 day"}, "pending_warning", "5 working_days"),
    ({"pending": {"stok": "1 working_days"}}, "pending.stok", "hardware_on_order"),
    ({"pending": {"access": 7}}, "pending.access", "number and one of"),
    ({"pending": []}, "pending", "a table"),
    ({"promises": {"urgent": {}}}, "promises.urgent", "one of low, normal, high, emergency"),
    ({"promises": {"low": 5}}, "promises.low", "a table"),
    ({"promises": {"low": {"answer": "1 working_hours"}}}, "promises.low.answer", "first_answer"),
    ({"promises": {"low": {"solution": "0 working_days"}}}, "promises.low.solution", "a year"),
    ({"promises": {"low": {"solution": "9999 working_days"}}}, "promises.low.solution", "a year"),
    ({"promises": {"low": {"solution": "-1 working_days"}}}, "promises.low.solution", "number"),
    ({"promises": {"low": {"escalate": "leadership"}}}, "promises.low.escalate", "a list"),
    ({"promises": {"low": {"escalate": [{}]}}}, "promises.low.escalate 1.to", "leadership"),
    ({"promises": {"low": {"escalate": [{"to": "bos"}]}}}, "escalate 1.to", "agency_head"),
    ({"answer_escalate": [7]}, "answer_escalate 1", "a table"),
    ({"answer_escalate": [{"to": "leadership", "since": "now"}]}, "1.since", "breach, receipt"),
    ({"answer_escalate": [{"to": "leadership", "after": "x"}]}, "1.after", "number"),
    ({"override": {"unit": "a"}}, "override", "[[override]]"),
    ({"override": [{"normal": {}}]}, "override 1", "at least one of category, unit, channel"),
    ({"override": [{"unit": 3}]}, "override 1.unit", "a text"),
    ({"override": [{"category": "obat"}]}, "override 1.category", "medicine"),
    ({"override": [{"unit": "a"}, {"unit": "a"}]}, "override 2", "only once"),
    ({"override": ["a"]}, "override 1", "a table"),
    ({"override": [{"unit": "a", "urgent": {}}]}, "override 1.urgent", "one of low"),
]


@pytest.mark.parametrize(("document", "key", "expected"), WRONG)
def test_what_is_wrong_is_named(document: dict[str, Any], key: str, expected: str) -> None:
    with pytest.raises(ValueError, match="expected") as told:
        read_policy(document)
    [line] = [line for line in str(told.value).splitlines() if f"{key}: " in line]
    assert expected in line


def test_all_problems_are_told_at_once() -> None:
    wrong = {"warn_percent": -1, "pending": {"a": 1}, "override": 3}
    with pytest.raises(ValueError, match="expected") as told:
        read_policy(wrong)
    assert len(str(told.value).splitlines()) == 3


plain = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
anything = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["override", "promises", "pending", "low", "solution", "escalate", "to"]
            )
            | st.text(max_size=6),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["override", "promises", "pending", "x"]), anything))
def test_whatever_stands_there_only_value_errors_are_raised(document: dict[str, Any]) -> None:
    told = ""
    try:
        read_policy(document)
    except ValueError as error:
        told = str(error)
    assert all(": expected " in line for line in told.splitlines())
