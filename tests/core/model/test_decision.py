"""The order of the rules (requirements §4 rule 8), and what each decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.model.automatic import Automatic
from core.model.messages import Address, AddressKind, Attachment, Outcome
from core.model.ticket import Status
from tests.core.fakes import (
    DAY,
    HOUR,
    NOON,
    case,
    decided,
    knows,
    number_of,
    office,
    said,
    ticket,
    told,
)

if TYPE_CHECKING:
    from core.model.decision import Decision

COMPLAINT = "HELPDESK lampu ruang tunggu mati sejak kemarin sore"
MATCH = "lampu ruang tunggu mati sejak kemarin sore"
N1, N2, N9 = number_of(1), number_of(2), number_of(9)
MISREAD = f"{N1[:-1]}{(int(N1[-1]) + 1) % 10}"
WEEK = timedelta(days=7)
NOTICE = Automatic("auto_reply", "balasan mesin menurut kepala surel")
NEWSLETTER = Automatic("ignored", "surel massal atau milis")
PHOTO = Attachment("https://media.example/1", "image/jpeg")
ENDED = [status for status in Status if not status.running]
RUNNING = [status for status in Status if status.running]
REOPENABLE = [Status.RESOLVED, Status.CLOSED]


def verdict(decision: Decision) -> tuple[str, str, str, list[str]]:
    """Outcome, kind, ticket's number, purposes of the replies."""
    number = decision.ticket.number if decision.ticket else ""
    purposes = [reply.purpose for reply in decision.replies]
    return decision.outcome.value, decision.kind, number, purposes


def with_photo(text: str) -> dict[str, Any]:
    return {"message": said(text, attachments=(PHOTO,))}


# What each pair of neighbouring rules decides when both could speak: the earlier one.
ORDER: list[tuple[str, str, dict[str, Any], tuple[str, str, str]]] = [
    ("machine before command", "STATUS", {"automatic": NEWSLETTER}, ("ignored", "ignored", "")),
    ("machine before number", f"{N1} ok", {"automatic": NOTICE}, ("joined", "auto_reply", N1)),
    ("machine before keyword", COMPLAINT, {"automatic": NOTICE}, ("ignored", "auto_reply", "")),
    (
        "machine before thread",
        "di luar kantor",
        {"automatic": NOTICE, "threaded": N2},
        ("joined", "auto_reply", N2),
    ),
    ("unanswerable before command", "STATUS", {"unanswerable": "x"}, ("ignored", "ignored", "")),
    ("command before number", f"STATUS {N1}", {}, ("answered", "status_query", N1)),
    ("command before thread", f"BATAL {N1}", {"threaded": N2}, ("joined", "command", N1)),
    ("command before keyword", f"HELPDESK BATAL {N1}", {}, ("joined", "command", N1)),
    ("number before thread", f"{N1} masih mati", {"threaded": N2}, ("joined", "follow_up", N1)),
    ("number before keyword", f"{COMPLAINT} {N1}", {}, ("joined", "follow_up", N1)),
    ("thread before keyword", COMPLAINT, {"threaded": N2}, ("joined", "follow_up", N2)),
    ("keyword before conversation", COMPLAINT, {}, ("opened", "new_ticket", "")),
]


@pytest.mark.parametrize(("text", "more", "expected"), [row[1:] for row in ORDER], ids=[
    row[0] for row in ORDER
])  # fmt: skip
def test_the_earlier_rule_speaks(
    text: str, more: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    decision = decided(text, ticket(1), ticket(2), **more)
    assert verdict(decision)[:3] == expected


SILENT = [row for row in ORDER if "automatic" in row[2] or "unanswerable" in row[2]]


@pytest.mark.parametrize(("text", "more"), [row[1:3] for row in SILENT])
def test_machines_are_never_answered(text: str, more: dict[str, Any]) -> None:
    decision = decided(text, ticket(1), ticket(2), **more)
    assert decision.replies == ()
    assert decision.silence


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("notice", [NOTICE, NEWSLETTER])
def test_automatic_mail_changes_no_status(status: Status, notice: Automatic) -> None:
    for more in ({"threaded": N1}, {}):
        decision = decided(f"{N1} saya cuti", ticket(1, status), automatic=notice, **more)
        assert decision.status is None
        assert not decision.renew
        assert (decision.ticket is not None) == (notice is NOTICE)


def test_automatic_mail_about_a_strangers_ticket_joins_nothing() -> None:
    decision = decided(f"{N9} saya cuti", ticket(1), automatic=NOTICE, threaded=N9)
    assert verdict(decision) == ("ignored", "auto_reply", "", [])


ALONE = [
    (COMPLAINT, ("opened", "new_ticket", "", ["ack"])),
    ("HELPDESK", ("answered", "help", "", ["empty"])),
    ("halo pak", ("unsorted", "help", "", ["help"])),
    ("", ("unsorted", "help", "", ["help"])),
    ("lampu mati di ruang tunggu", ("unsorted", "help", "", ["help"])),
    ("terima kasih", ("ignored", "ignored", "", [])),
    ("STATUS", ("answered", "status_query", "", ["help"])),
    ("INFO", ("answered", "help", "", ["help"])),
    (N1, ("answered", "status_query", "", ["unknown_ticket"])),
    (f"{N1} masih mati", ("unsorted", "help", "", ["help"])),
    (f"{COMPLAINT} {N1}", ("opened", "new_ticket", "", ["ack"])),
    (f"{COMPLAINT} {MISREAD}", ("opened", "new_ticket", "", ["ack"])),
]


@pytest.mark.parametrize(("text", "expected"), ALONE)
def test_somebody_without_a_ticket(text: str, expected: tuple[str, str, str, list[str]]) -> None:
    assert verdict(decided(text)) == expected


def test_a_foreign_number_is_noted_for_staff_only() -> None:
    for text in (f"{COMPLAINT} {N9}", f"{N9} masih mati"):
        decision = decided(text, ticket(1))
        assert decision.note == f"menyebut nomor yang bukan miliknya: {N9}"
        assert N9 not in str(decision.replies)
        assert decision.ticket is None


def test_a_foreign_number_is_not_taken_for_the_running_ticket() -> None:
    for number in (N9, MISREAD):
        decision = decided(f"{number} masih mati pak", ticket(1))
        assert verdict(decision) == ("unsorted", "help", "", ["help"])


def test_among_several_numbers_the_own_one_counts() -> None:
    assert verdict(decided(f"{N9} dan {N1} masih mati", ticket(1)))[:3] == (
        "joined",
        "follow_up",
        N1,
    )


def test_among_several_own_numbers_the_living_one_counts() -> None:
    old = ticket(1, Status.CLOSED, status_at=NOON - 30 * DAY)
    assert verdict(decided(f"{N1} {N2} masih mati", old, ticket(2)))[2] == N2


@pytest.mark.parametrize("status", RUNNING)
def test_a_follow_up_joins_a_running_ticket_as_it_is(status: Status) -> None:
    for text, more in ((f"{N1} masih", {}), ("masih", {"threaded": N1}), ("masih mati pak", {})):
        decision = decided(text, ticket(1, status), **more)
        assert verdict(decision) == ("joined", "follow_up", N1, [])
        assert decision.silence == "satu pemberitahuan nomor per tiket"
        assert (decision.fact, decision.status) == ("MessageJoined", None)


@pytest.mark.parametrize("status", REOPENABLE)
def test_a_follow_up_within_the_window_reopens_with_new_promises(status: Status) -> None:
    for text, more in ((f"{N1} mati lagi", {}), ("mati lagi pak", {"threaded": N1})):
        decision = decided(text, ticket(1, status), **more)
        assert verdict(decision) == ("joined", "follow_up", N1, ["reopened"])
        assert (decision.fact, decision.status) == ("Reopened", Status.IN_PROGRESS)
        assert decision.renew
        assert decision.reason


@pytest.mark.parametrize("status", REOPENABLE)
def test_a_follow_up_after_the_window_opens_a_ticket_that_names_the_old_one(
    status: Status,
) -> None:
    old = ticket(1, status, status_at=NOON - WEEK)
    for text, more in ((f"{N1} mati lagi", {}), ("mati lagi pak", {"threaded": N1})):
        decision = decided(text, old, **more)
        assert verdict(decision) == ("opened", "new_ticket", "", ["ack"])
        assert decision.note == f"lanjutan dari {N1}, masa buka kembali lewat"
    inside = replace(old, status_at=NOON - WEEK + timedelta(microseconds=1))
    assert decided(f"{N1} mati lagi", inside).status is Status.IN_PROGRESS


@pytest.mark.parametrize("status", [Status.REJECTED, Status.CANCELLED, Status.MERGED])
def test_a_follow_up_to_what_ended_otherwise_stands_in_the_ticket(status: Status) -> None:
    for text, more in ((f"{N1} mati lagi", {}), ("mati lagi pak", {"threaded": N1})):
        decision = decided(text, ticket(1, status), **more)
        assert verdict(decision) == ("joined", "follow_up", N1, [])
        assert decision.status is None


THANKS = ["terima kasih", "👍", "mksh min", f"{N1} terima kasih"]


@pytest.mark.parametrize("text", THANKS)
@pytest.mark.parametrize("status", REOPENABLE)
def test_thanks_do_not_reopen(text: str, status: Status) -> None:
    ended = ticket(1, status)
    for known in (ended, replace(ended, status_at=NOON - WEEK)):
        decision = decided(text, known, threaded=N1)
        assert verdict(decision) == ("joined", "follow_up", N1, [])
        assert decision.status is None
    assert verdict(decided(text, ended))[:3] == ("joined", "follow_up", N1)


def test_a_sticker_does_not_reopen_but_a_photo_does() -> None:
    ended = ticket(1, Status.RESOLVED)
    assert decided("", ended, threaded=N1).status is None
    assert decided("", ended, threaded=N1, **with_photo("")).status is Status.IN_PROGRESS


def test_thanks_go_to_the_newest_running_ticket() -> None:
    assert verdict(decided("terima kasih", ticket(1), ticket(2))) == (
        "joined",
        "follow_up",
        N2,
        [],
    )


@pytest.mark.parametrize("status", RUNNING)
def test_with_several_running_we_ask_which(status: Status) -> None:
    decision = decided("kapan petugas datang ya pak", ticket(1, status), ticket(2))
    assert verdict(decision) == ("unsorted", "help", "", ["which_ticket"])
    [reply] = decision.replies
    assert {reply.ticket and reply.ticket.number, reply.asked} == {N1, N2}


@pytest.mark.parametrize("status", ENDED)
def test_without_number_or_thread_an_ended_ticket_is_left_alone(status: Status) -> None:
    decision = decided("lampu di lorong mati", ticket(1, status))
    assert verdict(decision) == ("unsorted", "help", "", ["help"])


# --- partners ------------------------------------------------------------------------------


def test_a_partner_joins_and_never_reopens() -> None:
    theirs = ticket(1, mine=False)
    assert verdict(decided(f"{N1} suku cadang tiba", theirs)) == ("joined", "follow_up", N1, [])
    for age in (HOUR, 2 * WEEK):
        ended = replace(theirs, status=Status.RESOLVED, status_at=NOON - age)
        decision = decided(f"{N1} suku cadang tiba", ended)
        assert (decision.outcome, decision.status) == (Outcome.JOINED, None)


def test_a_partners_complaint_is_no_repeat_of_the_ticket_it_takes_part_in() -> None:
    theirs = ticket(1, mine=False, match_text=MATCH)
    assert decided(COMPLAINT, theirs).outcome is Outcome.OPENED


# --- keyword and repeats -------------------------------------------------------------------


REPEATS = [
    (COMPLAINT, True),
    (f"{COMPLAINT} tolong segera pak", True),
    ("HELPDESK lampu ruang tungu mati sejak kemarin sore", True),
    ("HELPDESK lampu ruang tunggu 2 mati sejak kemarin sore", False),
    ("HELPDESK lampu ruang tunggu tidak mati sejak kemarin sore", False),
    ("HELPDESK kran ruang tunggu mati sejak kemarin sore", False),
]


@pytest.mark.parametrize(("text", "same"), REPEATS)
def test_nearly_the_same_text_joins(text: str, same: bool) -> None:  # noqa: FBT001 - a column
    decision = decided(text, ticket(1, match_text=MATCH), ticket(2, match_text="printer macet"))
    if not same:
        assert verdict(decision) == ("opened", "new_ticket", "", ["ack"])
        return
    assert verdict(decision) == ("joined", "follow_up", N1, ["duplicate"])
    assert decision.duplicate
    assert decision.fact == "DuplicateJoined"


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_ticket_is_not_repeated(status: Status) -> None:
    assert decided(COMPLAINT, ticket(1, status, match_text=MATCH)).outcome is Outcome.OPENED


def test_a_ticket_of_yesterday_is_not_repeated() -> None:
    old = ticket(1, match_text=MATCH, opened_at=NOON - DAY)
    assert decided(COMPLAINT, old).outcome is Outcome.OPENED
    young = replace(old, opened_at=NOON - DAY + timedelta(seconds=1))
    assert decided(COMPLAINT, young).outcome is Outcome.JOINED


def test_a_text_too_old_to_be_known_is_not_repeated() -> None:
    assert decided(COMPLAINT, ticket(1, match_text="")).outcome is Outcome.OPENED


def test_a_photo_with_the_bare_keyword_is_a_complaint() -> None:
    decision = decided("HELPDESK", **with_photo("HELPDESK"))
    assert verdict(decision) == ("opened", "new_ticket", "", ["ack"])
    assert decision.note == "hanya lampiran"


def test_a_sender_without_an_address() -> None:
    more = {"unanswerable": "pengirim tanpa nomor yang dapat dibalas"}
    opened = decided(COMPLAINT, **more)
    assert verdict(opened) == ("opened", "new_ticket", "", [])
    assert (opened.silence, opened.note) == (more["unanswerable"], "pengirim tidak dapat dibalas")
    again = decided(COMPLAINT, ticket(1, match_text=MATCH), **more)
    assert verdict(again) == ("joined", "follow_up", N1, [])
    assert again.silence == more["unanswerable"]
    for text in ("HELPDESK", "STATUS", "Anda mendapat hadiah", "terima kasih"):
        assert verdict(decided(text, ticket(1), **more)) == ("ignored", "ignored", "", [])


# --- flood ---------------------------------------------------------------------------------


def flooding(count: int, minutes: float = 1) -> Any:
    return knows(ticket(1), opened=(NOON - timedelta(minutes=minutes),) * count)


def test_a_flood_joins_the_last_ticket() -> None:
    limit = office().limits.tickets_per_ten_minutes
    assert decided(COMPLAINT, sender=flooding(limit - 1)).outcome is Outcome.OPENED
    decision = decided(COMPLAINT, sender=flooding(limit))
    assert verdict(decision) == ("joined", "follow_up", N1, [])
    assert decision.silence
    assert decision.note
    assert decided(COMPLAINT, sender=flooding(limit, minutes=10)).outcome is Outcome.OPENED


def test_a_flood_has_nothing_to_join_where_nothing_runs() -> None:
    limit = office().limits.tickets_per_ten_minutes
    ended = replace(flooding(limit), tickets=(ticket(1, Status.CANCELLED),))
    assert decided(COMPLAINT, sender=ended).outcome is Outcome.OPENED
    theirs = replace(flooding(limit), tickets=(ticket(1, mine=False),))
    assert decided(COMPLAINT, sender=theirs).outcome is Outcome.OPENED


# --- without keyword -----------------------------------------------------------------------


def test_help_leaves_once_a_day_of_the_office() -> None:
    today = knows(helped_on="2026-07-14")
    silent = decided("halo", sender=today)
    assert verdict(silent) == ("unsorted", "help", "", [])
    assert silent.silence == "teks bantuan sudah dikirim hari ini"
    assert told(decided("halo", sender=knows(helped_on="2026-07-13"))) == [("help", "")]


@pytest.mark.parametrize(
    ("utc", "leaves"), [("2026-07-14T16:59:59+00:00", False), ("2026-07-14T17:00:00+00:00", True)]
)
def test_the_day_ends_at_local_midnight(utc: str, leaves: bool) -> None:  # noqa: FBT001 - a column
    at = type(NOON).fromisoformat(utc)
    decision = decided("halo", sender=knows(helped_on="2026-07-14"), message=said(
        "halo", received_at=at
    ))  # fmt: skip
    assert bool(decision.replies) == leaves


LENIENT = [
    ("lampu di ruang tunggu mati", "opened"),
    ("P", "unsorted"),
    ("??", "unsorted"),
    ("", "unsorted"),
    ("ini bener nomer helpdesk?", "unsorted"),
    ("betul ini kontak layanan?", "unsorted"),
    ("STATUS", "answered"),
    ("HELPDESK", "answered"),
    ("terima kasih", "ignored"),
    (f"{N9} masih mati", "opened"),
]


@pytest.mark.parametrize(("text", "outcome"), LENIENT)
def test_without_the_keyword_rule_words_are_enough(text: str, outcome: str) -> None:
    lenient = office(require_keyword=False)
    assert decided(text, policy=lenient).outcome.value == outcome


def test_without_the_keyword_rule_a_file_is_enough() -> None:
    lenient = office(require_keyword=False)
    assert decided("", policy=lenient, **with_photo("")).outcome is Outcome.OPENED
    assert decided("", **with_photo("")).outcome is Outcome.UNSORTED


def test_without_the_keyword_rule_a_conversation_is_still_one() -> None:
    lenient = office(require_keyword=False)
    assert verdict(decided("masih mati pak", ticket(1), policy=lenient))[:3] == (
        "joined",
        "follow_up",
        N1,
    )


def test_a_number_that_was_withheld_is_told_at_the_next_word() -> None:
    decision = decided("masih mati pak", sender=knows(ticket(1), untold=(N1,)))
    assert verdict(decision) == ("joined", "follow_up", N1, ["status"])
    assert decision.silence == ""


# --- views ---------------------------------------------------------------------------------


def test_a_case_shows_only_what_the_sender_may_know() -> None:
    ended = ticket(2, Status.CLOSED)
    seen = case(f"{N1} {N9} {N2} {MISREAD}", ticket(1), ended, ticket(3, Status.REJECTED))
    assert [known.number for known in seen.named] == [N1, N2]
    assert seen.foreign == [N9, MISREAD]
    assert [known.number for known in seen.running] == [N1]
    assert seen.lately_ended == [ended]
    assert seen.known(N9) is None


def test_mail_is_read_as_mail() -> None:
    sender = Address(AddressKind.EMAIL, "sari@dinas.example")
    message = said("Lampu ruang tunggu mati.", sender, subject="HELPDESK lampu mati")
    assert verdict(decided("", message=message)) == ("opened", "new_ticket", "", ["ack"])
