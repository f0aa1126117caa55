"""Priority, category, marks; answers, notes and escalation by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from core.model import acts
from core.model.act_rules import decide
from core.model.acts_words import LONGEST_ANSWER
from core.model.clock import DUTY_CALL, FIRST_ANSWER, SOLUTION
from core.model.scene import WorkPolicy, digest
from core.model.sla import DEFAULT_POLICY, Matter, Measure, SlaOverride, SlaTarget, SlaTargets
from core.model.ticket import Priority, Status
from core.model.work import Assigned, Noted, Raised, RefusalKind
from tests.core.fakes import HOUR, NOON, office
from tests.core.model.calendar_samples import WIB
from tests.core.model.work_samples import WAY, made, refused, scene, ticket


def test_bw_44_every_priority_counts_from_receipt() -> None:
    of = ticket()
    for priority in set(Priority) - {of.priority}:
        change = made(decide(scene(of), acts.SetPriority(priority, "Dinilai ulang")))
        clock = change.after.clock(SOLUTION)
        assert clock
        assert clock.started_at == of.opened_at
        assert change.facts[0].data["solution"] == clock.due_at.isoformat()
        called = change.after.clock(DUTY_CALL)
        assert (called is not None) == (priority is Priority.EMERGENCY)
    assert refused(decide(scene(of), acts.SetPriority(of.priority, "x"))).kind is (
        RefusalKind.ALREADY
    )
    ended = ticket(Status.CLOSED)
    refusal = refused(decide(scene(ended), acts.SetPriority(Priority.HIGH, "x")))
    assert refusal.kind is RefusalKind.NOT_ALLOWED


def test_bw_44_kept_promises_stay_kept_and_broken_ones_broken() -> None:
    of = ticket()
    kept, broken = (of.clock(name) for name in (FIRST_ANSWER, SOLUTION))
    assert kept
    assert broken
    kept = replace(kept, open=False, met_at=NOON, look_at=None)
    broken = replace(broken, breached_at=NOON)
    of = replace(of, clocks=(kept, broken))
    after = made(decide(scene(of), acts.SetPriority(Priority.HIGH, "Mendesak"))).after
    # Its next time, should that be broken too, is as long as the new priority has it.
    assert set(after.clocks) == {kept, replace(broken, length=SlaTarget(1, Measure.WORKING_DAYS))}


def test_mb_05_classifying_is_a_step_of_its_own() -> None:
    act = acts.Classify("network", "incident", "Diskominfo", "Loket 2", "Wifi mati", 4)
    change = made(decide(scene(ticket()), act))
    after = change.after
    assert (after.category, after.kind, after.unit_hint, after.place, after.subject) == (
        "network",
        "incident",
        "Diskominfo",
        "Loket 2",
        "Wifi mati",
    )
    assert after.region_id == 4
    without = made(decide(scene(after), acts.Classify(region_id=0))).after
    assert without.region_id is None
    data = change.facts[0].data
    assert (data["category"], data["category_before"]) == ("network", "other")
    assert data["place_sha256"] == digest("Loket 2")


def test_a_category_with_other_promises_is_counted_anew() -> None:
    normal = DEFAULT_POLICY.targets[Priority.NORMAL]
    quick = SlaTargets(normal.first_answer, SlaTarget(1, Measure.WORKING_DAYS))
    rule = SlaOverride({Priority.NORMAL: quick}, Matter(category="power"))
    policy = WorkPolicy(office(sla=replace(DEFAULT_POLICY, overrides=(rule,))))
    of = ticket()
    after = made(decide(scene(of, policy=policy), acts.Classify(category="power"))).after
    new, old = after.clock(SOLUTION), of.clock(SOLUTION)
    assert new
    assert old
    assert new.due_at < old.due_at
    ended = ticket(Status.CLOSED)
    still = made(decide(scene(ended, policy=policy), acts.Classify(category="power"))).after
    assert still.clocks == ended.clocks


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (acts.Classify(category="weather"), "category"),
        (acts.Classify(kind="rumour"), "kind"),
        (acts.Classify(subject="a" * 81), "subject"),
        (acts.Classify(region_id=5), "region_id"),
        (acts.Mark(about_staff_id=99), "about_staff_id"),
    ],
)
def test_a_word_that_is_not_known_is_refused(act: Any, field: str) -> None:
    refusal = refused(decide(scene(ticket()), act))
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, field)


@pytest.mark.parametrize(
    "act",
    [
        acts.Classify(),
        acts.Classify(category="other"),
        acts.Mark(),
        acts.Mark(sensitive=False),
        acts.Mark(about_staff_id=0),
        acts.SetMeasure("  "),
    ],
)
def test_nothing_to_change_is_said(act: Any) -> None:
    assert refused(decide(scene(ticket()), act)).kind is RefusalKind.ALREADY


def test_mb_26_a_complaint_about_a_person_leaves_that_person() -> None:
    held = ticket(Status.IN_PROGRESS)
    change = made(decide(scene(held), acts.Mark(about_staff_id=7)))
    assert (change.after.about_staff_id, change.after.assignee_id) == (7, None)
    assert isinstance(change.laid[0], Assigned)
    other = made(decide(scene(held), acts.Mark(about_staff_id=8)))
    assert (other.after.assignee_id, other.laid) == (7, ())
    cleared = made(decide(scene(ticket(about_staff_id=8)), acts.Mark(about_staff_id=0)))
    assert cleared.after.about_staff_id is None


def test_ll_07_the_measure_is_only_bound() -> None:
    change = made(decide(scene(ticket()), acts.SetMeasure("Teguran tertulis")))
    assert change.after.internal_measure == "Teguran tertulis"
    assert change.facts[0].data == {"text_sha256": digest("Teguran tertulis")}
    assert change.notices == ()


# --- words ------------------------------------------------------------------------------------


def test_rule_3_an_answer_keeps_the_answer_clocks_only() -> None:
    change = made(decide(scene(ticket()), acts.Answer(" Kami periksa. ")))
    answer, solution = (change.after.clock(name) for name in (FIRST_ANSWER, SOLUTION))
    assert answer
    assert solution
    assert (answer.met_at, solution.open) == (NOON, True)
    assert change.letter
    assert change.letter.text == "Kami periksa."
    assert change.facts[0].data == {"text_sha256": digest("Kami periksa."), "first": True}
    again = made(decide(scene(change.after, now=NOON + HOUR), acts.Answer("Lagi.")))
    assert again.after.answered_at == NOON
    assert "first" not in again.facts[0].data


@pytest.mark.parametrize(
    ("of", "act", "field"),
    [
        (ticket(ways=()), acts.Answer("x"), "spoken"),
        (ticket(ways=(replace(WAY, unreachable="mati"),)), acts.Answer("x"), "spoken"),
        (ticket(), acts.Answer("x" * (LONGEST_ANSWER + 1)), "text"),
        (ticket(Status.MERGED, merged_number="HD26-000002-7"), acts.Answer("x"), ""),
    ],
)
def test_an_answer_that_reaches_nobody_is_refused(of: Any, act: Any, field: str) -> None:
    assert refused(decide(scene(of), act)).field == field


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mungkin hari pertama lebaran tutup.", "Mungkin"),
        ("Sepertinya besok, kira-kira siang.", "Sepertinya, kira-kira"),
        ("kayaknya obatnya dikirim", "kayaknya"),
    ],
)
def test_km_19_a_guess_is_pointed_out_and_stays_when_confirmed(text: str, told: str) -> None:
    warned = refused(decide(scene(ticket()), acts.Answer(text)))
    assert (warned.field, f": {told}." in warned.sentence) == ("guesses", True)
    change = made(decide(scene(ticket()), acts.Answer(text, guesses=True)))
    assert change.letter
    assert change.letter.text == text
    made(decide(scene(ticket()), acts.Answer(text, spoken=True)))


@pytest.mark.parametrize("text", ["Kemungkinan sudah dicek.", "Apotek tutup 2 Mei.", "perkiraan"])
def test_km_19_facts_are_let_pass(text: str) -> None:
    made(decide(scene(ticket()), acts.Answer(text)))


def test_somebody_without_a_way_back_is_answered_by_mouth() -> None:
    change = made(decide(scene(ticket(ways=())), acts.Answer("Sudah beres.", spoken=True)))
    assert (change.letter, change.laid) == (None, (Noted("spoken", "Sudah beres."),))


@pytest.mark.parametrize(
    ("act", "kind", "event"),
    [
        (acts.Note("a"), "note", "NoteAdded"),
        (acts.AskSupervisor("a"), "question", "SupervisorAsked"),
        (acts.Instruct("a"), "instruction", "Instructed"),
    ],
)
def test_mb_17_dk_25_words_that_stay_inside(act: Any, kind: str, event: str) -> None:
    change = made(decide(scene(ticket(Status.CLOSED)), act))
    assert change.laid == (Noted(kind, "a"),)
    assert [fact.kind for fact in change.facts] == [event]
    assert (change.notices, change.letter) == ((), None)


def test_km_13_escalation_at_any_time_leaves_everything_running() -> None:
    of = ticket(asked_escalation=True)
    change = made(decide(scene(of), acts.Escalate(2, "Warga menunggu")))
    assert change.after == replace(of, escalation=2, asked_escalation=False)
    assert change.laid == (Raised(2, "leadership", "Warga menunggu"),)
    assert change.notices[0].values["jabatan"] == "pimpinan"
    assert change.notices[0].values["kabar"] == datetime(2026, 7, 15, 17, tzinfo=WIB)
    again = refused(decide(scene(change.after), acts.Escalate(1, "x")))
    assert again.kind is RefusalKind.ALREADY
    assert made(decide(scene(change.after), acts.Escalate(3, "x"))).after.escalation == 3


@pytest.mark.parametrize("level", [0, 4, -1])
def test_a_level_that_does_not_exist_is_refused(level: int) -> None:
    assert refused(decide(scene(ticket()), acts.Escalate(level, "x"))).field == "level"


def test_what_has_ended_is_not_escalated() -> None:
    refusal = refused(decide(scene(ticket(Status.CLOSED)), acts.Escalate(1, "x")))
    assert refusal.kind is RefusalKind.NOT_ALLOWED
