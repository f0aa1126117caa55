"""Whom of the staff an act concerns, and in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.model import acts
from core.model.act_rules import decide
from core.model.gsm7 import segments
from core.model.messages import Address, AddressKind
from core.model.staff_words import StaffCall, staff_calls, staff_text
from core.model.texts import TextForm
from core.model.ticket import Status
from core.model.work import Change
from tests.core.fakes import NOON, SARI
from tests.core.model.calendar_samples import WIB
from tests.core.model.work_samples import (
    POLICY,
    SECRET,
    WAY,
    all_acts,
    made,
    scene,
    ticket,
    visited,
)

STRICT = replace(POLICY, approval_before_work=True, approval_after_work=True)
HELD = ticket(Status.ASSIGNED)


@pytest.mark.parametrize(
    ("of", "act", "told"),
    [
        (ticket(), acts.Assign(8), [StaffCall("assigned", 8)]),
        (HELD, acts.Assign(8, "x"), [StaffCall("assigned", 8), StaffCall("taken", 7)]),
        (HELD, acts.TakeBack("x"), [StaffCall("taken", 7)]),
        (ticket(), acts.Dispose(1, "x"), [StaffCall("disposed", to_role="unit_supervisor")]),
        (ticket(), acts.Dispose(1, "x", 8), [StaffCall("assigned", 8)]),
        (HELD, acts.EnRoute("Berangkat"), [StaffCall("en_route", to_role="operator")]),
        (HELD, acts.AskSupervisor("x"), [StaffCall("question", to_role="unit_supervisor")]),
        (
            HELD,
            acts.Instruct("x"),
            [StaffCall("instruction", to_role="customer_care"), StaffCall("instruction", 7)],
        ),
        (ticket(), acts.Instruct("x"), [StaffCall("instruction", to_role="customer_care")]),
        (HELD, acts.Escalate(2, "x"), [StaffCall("escalated", to_role="leadership")]),
        (ticket(Status.RESOLVED), acts.Reopen("x"), [StaffCall("reopened", 7)]),
        (ticket(Status.CLOSED), acts.Reopen("x"), []),
        (
            replace(HELD, approval="before"),
            acts.Approve(),
            [StaffCall("approved", 7)],
        ),
        (replace(HELD, approval="before"), acts.RefuseApproval("x"), [StaffCall("taken", 7)]),
        (
            ticket(Status.RESOLVED, approval="after"),
            acts.RefuseApproval("x"),
            [StaffCall("returned", 7)],
        ),
        (ticket(), acts.Note("x"), []),
        (ticket(), acts.Answer("x"), []),
    ],
)
def test_whom_an_act_concerns(of: Any, act: Any, told: list[StaffCall]) -> None:
    assert staff_calls(of, made(decide(scene(of), act))) == told


def test_a_supervisor_is_asked_to_approve() -> None:
    change = made(decide(scene(ticket(), policy=STRICT), acts.Assign(8)))
    assert StaffCall("approval", to_role="unit_supervisor") in staff_calls(ticket(), change)


def test_bw_25_number_unit_place_contact_and_deadline() -> None:
    of = replace(HELD, place="Loket 2, lantai 1", unit_hint="Dinas Sosial")
    text = staff_text(StaffCall("assigned", 7), of, TextForm.SMS, WIB)
    for part in (of.number, "Normal", "Dinas Sosial", "Loket 2", SARI.value, "20/07 17.00 WIB"):
        assert part in text
    assert segments(text).parts == 1


@pytest.mark.parametrize(
    "of",
    [
        replace(HELD, sensitive=True),
        replace(HELD, ways=()),
        replace(HELD, ways=(replace(WAY, address=Address(AddressKind.EMAIL, "a@b.example")),)),
    ],
)
def test_no_contact_where_there_is_none_to_give(of: Any) -> None:
    text = staff_text(StaffCall("assigned", 7), of, TextForm.CHAT, WIB)
    assert "kontak" not in text
    assert "example" not in text


@pytest.mark.parametrize("form", list(TextForm))
def test_every_text_names_the_ticket_and_nothing_that_people_wrote(form: TextForm) -> None:
    for status in Status:
        for more in ({}, {"approval": "before"}, {"approval": "after"}, {"visit": visited()}):
            of = ticket(status, place="x" * 500, unit_hint="y" * 500, **more)
            for act in all_acts(NOON).values():
                found = decide(scene(of), act)
                for call in staff_calls(of, found) if isinstance(found, Change) else ():
                    text = staff_text(call, found.after, form, WIB)  # type: ignore[union-attr]  # a Change, as asked above
                    assert of.number in text
                    assert SECRET[:10] not in text
                    assert form is not TextForm.SMS or segments(text).parts == 1


def test_without_a_promise_no_time_is_invented() -> None:
    text = staff_text(StaffCall("reopened", 7), replace(HELD, clocks=()), TextForm.SMS, WIB)
    assert "belum ditentukan" in text
