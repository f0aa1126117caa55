"""What each command does to which ticket (requirements §4, table "Commands")."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.automatic import Automatic
from core.model.messages import Outcome
from core.model.ticket import ALLOWED, KnownTicket, Sender, Status
from tests.core.fakes import DAY, HOUR, NOON, decided, knows, number_of, ticket, told

if TYPE_CHECKING:
    from core.model.case import Decision

ONE, TWO, THREE, NOBODYS = (number_of(sequence) for sequence in (1, 2, 3, 999_999))
MISREAD = NOBODYS[:-1] + str((int(NOBODYS[-1]) + 1) % 10)
WEEK = timedelta(days=7)
LATE: dict[str, Any] = {"status_at": NOON - WEEK}
WORDS = ["SELESAI", "BUKA", "BATAL", "ESKALASI", "KEBERATAN"]
"""The commands about one ticket."""


def changed(decision: Decision) -> tuple[str, Status | None, list[tuple[str, str]]]:
    return decision.fact, decision.status, told(decision)


CANCELLED = "Cancelled", Status.CANCELLED, "status"
REOPENED = "Reopened", Status.IN_PROGRESS, "reopened"
# Event, new status and reply on an own ticket that, if it has ended, ended an hour ago.
NOTED = {
    "SELESAI": ("SolutionReported", None, "status"),
    "BUKA": ("ReopenAsked", None, "status"),
    "BATAL": ("CancelAsked", None, "status"),
    "ESKALASI": ("EscalationNotTaken", None, "status"),
    "KEBERATAN": ("ObjectionNotTaken", None, "status"),
}
RUNNING = [status for status in Status if status.running]
ACTED = {
    **{("ESKALASI", one): ("EscalationAsked", None, "escalation_asked") for one in RUNNING},
    ("KEBERATAN", Status.REJECTED): ("ObjectionRaised", Status.UNDER_REVIEW, "objection"),
    ("SELESAI", Status.RESOLVED): ("Confirmed", Status.CLOSED, "closed"),
    ("BUKA", Status.RESOLVED): REOPENED,
    ("BUKA", Status.CLOSED): REOPENED,
    ("BUKA", Status.CANCELLED): ("Reopened", Status.RECEIVED, "reopened"),
    ("BATAL", Status.RECEIVED): CANCELLED,
    ("BATAL", Status.UNDER_REVIEW): CANCELLED,
    ("BATAL", Status.ASSIGNED): CANCELLED,
    ("BATAL", Status.PENDING): CANCELLED,
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("word", WORDS)
def test_a_command_on_an_own_ticket(word: str, status: Status) -> None:
    decision = decided(f"{word} {ONE}", ticket(1, status), ticket(2))
    fact, new, reply = ACTED.get((word, status), NOTED[word])
    assert changed(decision) == (fact, new, [(reply, ONE)])
    assert (decision.outcome, decision.kind) == (Outcome.JOINED, "command")
    assert bool(decision.reason) == bool(new)
    assert decision.renew == (fact in ("Reopened", "ObjectionRaised"))


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED, Status.CANCELLED])
@pytest.mark.parametrize("text", [f"BUKA {ONE} masih rusak", f"BUKA {ONE}", "BUKA"])
def test_opened_again_too_late_it_becomes_a_new_ticket(text: str, status: Status) -> None:
    decision = decided(text, ticket(1, status, **LATE))
    if text == "BUKA":
        assert told(decision) == [("help", "")]
        return
    assert (decision.outcome, decision.status) == (Outcome.OPENED, None)
    assert told(decision) == [("ack", "")]
    assert decision.note == f"lanjutan dari {ONE}, masa buka kembali lewat"
    assert decision.continues == ticket(1, status, **LATE)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("word", WORDS)
def test_a_partner_commands_nothing(word: str, status: Status) -> None:
    decision = decided(f"{word} {ONE}", ticket(1, status, mine=False), ticket(2))
    assert changed(decision) == ("MessageJoined", None, [])
    assert (decision.outcome, decision.kind) == (Outcome.JOINED, "command")
    assert (decision.ticket, bool(decision.silence)) == (ticket(1, status, mine=False), True)


@pytest.mark.parametrize("number", [NOBODYS, MISREAD])
@pytest.mark.parametrize("tickets", [(), (ticket(1),), (ticket(1), ticket(2))])
@pytest.mark.parametrize("word", [*WORDS, "STATUS"])
def test_a_number_that_is_not_the_senders_is_not_found(
    word: str, tickets: tuple[KnownTicket, ...], number: str
) -> None:
    decision = decided(f"{word} {number}", *tickets)
    assert changed(decision) == ("", None, [("unknown_ticket", number)])
    assert (decision.outcome, decision.ticket) == (Outcome.ANSWERED, None)


@pytest.mark.parametrize("word", WORDS)
def test_an_own_number_beside_a_foreign_one_is_meant(word: str) -> None:
    decision = decided(f"{word} {ONE} {NOBODYS}", ticket(1))
    assert decision.ticket == ticket(1)
    assert NOBODYS not in str(told(decision))


DONE, SHUT, GONE, NO = (
    ticket(3, status)
    for status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.REJECTED)
)
# The command alone, the sender's tickets, and which of them it is about; two when we ask.
ALONE = [
    ("SELESAI", (), []),
    ("SELESAI", (ticket(1),), [ONE]),
    ("SELESAI", (ticket(1), DONE), [THREE]),
    ("SELESAI", (ticket(1), ticket(2), DONE), [THREE]),
    ("SELESAI", (ticket(1), ticket(2)), [TWO, ONE]),
    ("SELESAI", (ticket(1, Status.RESOLVED), DONE), [THREE, ONE]),
    ("SELESAI", (SHUT,), [THREE]),
    ("BUKA", (), []),
    ("BUKA", (ticket(1), DONE), [THREE]),
    ("BUKA", (ticket(1), SHUT), [THREE]),
    ("BUKA", (ticket(1), GONE), [THREE]),
    ("BUKA", (ticket(1),), [ONE]),
    ("BUKA", (DONE, ticket(2, Status.CLOSED)), [THREE, TWO]),
    ("BUKA", (ticket(2, Status.CLOSED, **LATE), DONE), [THREE]),
    ("BATAL", (), []),
    ("BATAL", (ticket(1),), [ONE]),
    ("BATAL", (ticket(1), DONE), [ONE]),
    ("BATAL", (ticket(1), ticket(2), ticket(3)), [THREE, TWO]),
    ("BATAL", (DONE,), [THREE]),
    ("BATAL", (ticket(1, mine=False),), []),
    ("BATAL", (ticket(1), ticket(2, mine=False)), [ONE]),
    ("ESKALASI", (ticket(1),), [ONE]),
    ("ESKALASI", (ticket(1), ticket(2)), [TWO, ONE]),
    ("KEBERATAN", (ticket(1), NO), [THREE]),
    ("KEBERATAN", (ticket(1), ticket(3, Status.REJECTED, **LATE)), [ONE]),
    ("KEBERATAN", (NO,), [THREE]),
    ("KEBERATAN", (GONE,), []),
]


@pytest.mark.parametrize(("text", "tickets", "meant"), ALONE)
def test_a_command_without_a_number(
    text: str, tickets: tuple[KnownTicket, ...], meant: list[str]
) -> None:
    decision = decided(text, *tickets)
    if len(meant) == 1:
        assert decision.ticket
        assert decision.ticket.number == meant[0]
        return
    assert (decision.outcome, decision.ticket) == (Outcome.ANSWERED, None)
    if meant:
        [reply] = decision.replies
        assert reply.ticket
        assert (reply.purpose, reply.ticket.number, reply.asked) == ("which_ticket", *meant)
    else:
        assert told(decision) == [("help", "")]


STATUS = [
    ("STATUS", (), [("help", "")]),
    ("STATUS", (ticket(1),), [("status", ONE)]),
    ("STATUS", (ticket(1), DONE), [("status", ONE)]),
    ("STATUS", (ticket(1, mine=False),), [("status", ONE)]),
    ("STATUS", (DONE,), [("status", THREE)]),
    ("STATUS", (replace(DONE, **LATE),), [("help", "")]),
    ("STATUS", (NO,), [("help", "")]),
    ("STATUS", (ticket(1), ticket(2)), [("which_ticket", TWO)]),
    ("nomor tiketnya berapa", (ticket(1), ticket(2)), [("status", TWO)]),
    ("nomor tiketnya berapa", (), [("help", "")]),
    (ONE, (ticket(1), ticket(2)), [("status", ONE)]),
    (f"{ONE} sampai mana pak?", (ticket(1), ticket(2)), [("status", ONE)]),
    (f"STATUS {ONE} {TWO}", (ticket(1), ticket(2)), [("status", ONE), ("status", TWO)]),
    (f"STATUS {ONE} {TWO} {THREE}", (ticket(1), ticket(2), DONE),
     [("status", ONE), ("status", TWO)]),
    (f"STATUS {ONE} {NOBODYS}", (ticket(1),), [("status", ONE), ("unknown_ticket", NOBODYS)]),
    (f"STATUS {NOBODYS} {MISREAD}", (ticket(1),), [("unknown_ticket", NOBODYS)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tickets", "replies"), STATUS)
def test_status(
    text: str, tickets: tuple[KnownTicket, ...], replies: list[tuple[str, str]]
) -> None:
    decision = decided(text, *tickets)
    assert told(decision) == replies
    assert (decision.outcome, decision.kind) == (Outcome.ANSWERED, "status_query")
    assert (decision.fact == "StatusAsked") == (replies[0][0] == "status")
    assert decision.status is None


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("age", [HOUR, 400 * DAY])
def test_the_state_of_a_named_ticket_is_told_whatever_it_is(
    status: Status, age: timedelta
) -> None:
    decision = decided(f"STATUS {ONE}", ticket(1, status, status_at=NOON - age))
    assert changed(decision) == ("StatusAsked", None, [("status", ONE)])


def test_new_after_a_duplicate_splits_its_message() -> None:
    decision = decided("BARU", sender=knows(ticket(1), joined=(42, ticket(1).id)))
    assert (decision.outcome, decision.kind) == (Outcome.OPENED, "command")
    assert (decision.split_from, told(decision)) == ((42, ticket(1).id), [("ack", "")])


def test_new_without_a_duplicate_splits_nothing() -> None:
    decision = decided("BARU", ticket(1))
    assert (decision.outcome, decision.split_from) == (Outcome.ANSWERED, None)
    assert told(decision) == [("help", "")]


def test_new_in_a_flood_joins_and_keeps_what_can_be_split_later() -> None:
    sender = knows(ticket(1), joined=(42, ticket(1).id), opened=(NOON,) * 20)
    decision = decided("BARU", sender=sender)
    assert (decision.outcome, decision.kind) == (Outcome.JOINED, "command")
    assert (decision.split_from, decision.duplicate) == (None, False)


RATED = ticket(1, Status.RESOLVED)


@pytest.mark.parametrize(
    ("text", "tickets", "fact", "purpose"),
    [
        ("NILAI", (RATED,), "SurveyOpened", "survey"),
        (f"NILAI {ONE}", (RATED, DONE), "SurveyOpened", "survey"),
        ("NILAI", (ticket(1, Status.CLOSED), ticket(2)), "SurveyOpened", "survey"),
        ("NILAI 4 5 3 4 4", (RATED,), "SurveyAnswered", "survey_thanks"),
        ("NILAI 45344", (RATED, ticket(2)), "SurveyAnswered", "survey_thanks"),
        (f"NILAI {ONE} 4 5 3 4 4", (RATED, DONE), "SurveyAnswered", "survey_thanks"),
        (f"NILAI {ONE}: 45344", (RATED, DONE), "SurveyAnswered", "survey_thanks"),
        ("NILAI", (), "", "help"),
        ("NILAI 4 5 3 4 4", (), "", "help"),
        ("NILAI", (ticket(1),), "SurveyNotTaken", "status"),
        (f"NILAI {ONE} 45344", (ticket(1), ticket(2)), "SurveyNotTaken", "status"),
        ("NILAI", (ticket(1), ticket(2)), "", "help"),
        ("NILAI", (replace(RATED, **LATE),), "SurveyOpened", "survey"),
        ("NILAI", (replace(RATED, mine=False),), "", "help"),
        (f"NILAI {NOBODYS}", (), "", "help"),
    ],
)
def test_rating(text: str, tickets: tuple[KnownTicket, ...], fact: str, purpose: str) -> None:
    decision = decided(text, *tickets)
    assert (decision.fact, [reply.purpose for reply in decision.replies]) == (fact, [purpose])
    assert decision.survey == (fact == "SurveyOpened")
    assert dict(decision.data) == ({"scores": "4 5 3 4 4"} if "Answered" in fact else {})
    if fact:
        assert decision.ticket
        assert decision.ticket.number == ONE


def surveyed(*tickets: KnownTicket) -> Sender:
    """The survey on the first of them is open."""
    return knows(*tickets, survey=tickets[0].id)


@pytest.mark.parametrize(
    ("text", "fact", "purpose"),
    [
        ("4 5 3 4 4", "SurveyAnswered", "survey_thanks"),
        ("4,5,3,4,4", "SurveyAnswered", "survey_thanks"),
        ("45344", "SurveyAnswered", "survey_thanks"),
        ("T4 R5 D3 J4 E4", "SurveyAnswered", "survey_thanks"),
        ("NILAI 4 5 3 4 4", "SurveyAnswered", "survey_thanks"),
        ("4", "SurveyAnswerRefused", "survey_invalid"),
        ("LEWATI", "SurveySkipped", ""),
    ],
)
@pytest.mark.parametrize("others", [(), (ticket(2),)])
def test_an_open_survey(
    text: str, fact: str, purpose: str, others: tuple[KnownTicket, ...]
) -> None:
    decision = decided(text, sender=surveyed(RATED, *others))
    assert (decision.fact, decision.ticket) == (fact, RATED)
    assert [reply.purpose for reply in decision.replies] == ([purpose] if purpose else [])
    assert decision.survey_done == (fact != "SurveyAnswerRefused")
    assert (decision.status, bool(decision.silence)) == (None, not purpose)
    if fact == "SurveyAnswered":
        assert dict(decision.data) == {"scores": "4 5 3 4 4"}


@pytest.mark.parametrize("text", ["4 5 3 4 4", "4"])
def test_digits_without_an_open_survey_are_plain_text(text: str) -> None:
    assert decided(text, RATED).outcome is Outcome.UNSORTED
    assert decided(text, ticket(1)).kind == "follow_up"


@pytest.mark.parametrize("text", ["4 5 3 4 4", "4"])
def test_digits_after_the_surveys_ticket_is_out_of_sight_are_plain_text(text: str) -> None:
    assert decided(text, sender=knows(survey=RATED.id)).outcome is Outcome.UNSORTED


def test_nothing_to_skip() -> None:
    for sender in (knows(RATED), knows(survey=RATED.id)):
        decision = decided("LEWATI", sender=sender)
        assert (decision.outcome, told(decision)) == (Outcome.ANSWERED, [("help", "")])


@pytest.mark.parametrize("tickets", [(), (ticket(1),), (ticket(1), ticket(2))])
def test_stop_is_obeyed_and_not_answered(tickets: tuple[KnownTicket, ...]) -> None:
    for text in ("STOP", "stop", "BERHENTI"):
        decision = decided(text, *tickets)
        assert (decision.muted, decision.replies, decision.ticket) == (True, (), None)
        assert decision.silence


@pytest.mark.parametrize("text", ["STOP dong", "jangan STOP airnya", "HELPDESK stop kontak rusak"])
def test_stop_inside_a_sentence_stops_nothing(text: str) -> None:
    assert decided(text, ticket(1)).muted is None


@pytest.mark.parametrize(
    ("tickets", "replies"),
    [((), [("help", "")]), ((ticket(1), ticket(2)), [("status", TWO)]), ((DONE,), [("help", "")])],
)
def test_start_lifts_it(tickets: tuple[KnownTicket, ...], replies: list[tuple[str, str]]) -> None:
    decision = decided("MULAI", sender=knows(*tickets, muted=True))
    assert (decision.muted, told(decision)) == (False, replies)


@pytest.mark.parametrize("text", ["INFO", "HELP", "BANTUAN", "MENU", "?", "/start", "/help"])
def test_info_is_told_however_often(text: str) -> None:
    decision = decided(text, sender=knows(ticket(1), helped_on="2026-07-14"))
    assert (decision.outcome, decision.kind) == (Outcome.ANSWERED, "help")
    assert told(decision) == [("info", "")]


def test_a_complaint_of_somebody_who_wrote_stop_is_still_acknowledged() -> None:
    sender = knows(muted=True)
    assert told(decided("HELPDESK lampu mati", sender=sender)) == [("ack", "")]


TICKETS = st.lists(
    st.builds(
        lambda status, age, mine: (status, timedelta(days=age), mine),
        st.sampled_from(list(Status)),
        st.integers(0, 9),
        st.booleans(),
    ),
    max_size=4,
)
TEXTS = st.sampled_from(
    [f"{word}{rest}" for word in [*WORDS, "STATUS", "NILAI", "BARU", "LEWATI", "STOP", "MULAI"]
     for rest in ("", f" {ONE}", f" {TWO}", f" {NOBODYS}")]
    + ["4 5 3 4 4", "4", "halo", "terima kasih", "", "HELPDESK", "HELPDESK lampu mati",
       f"{ONE} masih mati", f"HELPDESK {TWO} {NOBODYS}", "nomor tiketnya berapa"]
)  # fmt: skip


@given(
    tickets=TICKETS,
    text=TEXTS,
    threaded=st.sampled_from([None, ONE, NOBODYS]),
    automatic=st.sampled_from([None, None, Automatic("auto_reply", "mesin")]),
    survey=st.booleans(),
)
def test_whatever_is_decided_keeps_the_promises(
    tickets: list[tuple[Status, timedelta, bool]],
    text: str,
    threaded: str | None,
    automatic: Automatic | None,
    *,
    survey: bool,
) -> None:
    known = [
        ticket(place, status, status_at=NOON - age, mine=mine)
        for place, (status, age, mine) in enumerate(tickets, start=1)
    ]
    sender = knows(*known, survey=known[0].id if survey and known else None)
    decision = decided(text, sender=sender, threaded=threaded, automatic=automatic)
    about = decision.ticket
    assert about is None or about in known
    assert (about is None) == (decision.fact == "")
    assert all(reply.ticket is None or reply.ticket in known for reply in decision.replies)
    assert (decision.outcome is Outcome.JOINED) <= (about is not None)
    assert (decision.outcome is Outcome.OPENED) <= (about is None)
    assert bool(decision.replies) != bool(decision.silence)
    if decision.status:
        assert about
        assert about.mine
        assert decision.status in ALLOWED[about.status]
        assert decision.reason
        assert automatic is None
    assert decision.renew <= (decision.fact in ("Reopened", "ObjectionRaised"))
