"""Every automatic reply, in every form, about a ticket in every state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.decision import Reply
from core.model.gsm7 import segments, septets
from core.model.replies import Told, compose, due, text_key
from core.model.texts import TextForm
from core.model.ticket import KnownTicket, Promise, Status
from tests.core.fakes import DAY, HOUR, NOON, number_of, office, ticket
from tests.core.model.calendar_samples import local

N1, N9 = number_of(1), number_of(9)
ABOUT_A_TICKET = (
    "ack",
    "duplicate",
    "status",
    "closed",
    "reopened",
    "which_ticket",
    "survey_thanks",
)
ABOUT_NONE = ("help", "empty", "unknown_ticket")
WITHOUT_NUMBER = ("survey", "survey_invalid")
FORMS = list(TextForm)
SUNDAY = local("2026-07-19 22:00")
BREAK = local("2026-07-14 12:30")
IDUL_FITRI = local("2026-03-21 09:00")


def text(
    purpose: str,
    form: TextForm,
    known: KnownTicket | None = None,
    told: Told | None = None,
) -> str:
    asked = N9 if purpose in ("unknown_ticket", "which_ticket") else ""
    told = told or Told(NOON, "lampu ruang tunggu mati", asked)
    return compose(Reply(purpose, known, asked), known, told, (office(), form))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("purpose", [*ABOUT_A_TICKET, *ABOUT_NONE, *WITHOUT_NUMBER])
def test_every_reply_can_be_written(purpose: str, status: Status, form: TextForm) -> None:
    known = None if purpose in ABOUT_NONE else ticket(1, status)
    written = text(purpose, form, known)
    assert "{" not in written
    assert "None" not in written
    assert (N1 in written) == (purpose in ABOUT_A_TICKET)
    for guess in ("mungkin", "kayaknya", "sepertinya", "kira-kira", "barangkali"):
        assert guess not in written.lower()
    if form is TextForm.SMS:
        assert septets(written) <= 160
        assert segments(written).parts == 1


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("form", FORMS)
def test_a_state_is_told_with_its_reason(status: Status, form: TextForm) -> None:
    plain = text("status", form, ticket(1, status))
    assert status.word in plain
    given = text("status", form, ticket(1, status, reason="menunggu kabel dari gudang"))
    assert "menunggu kabel dari gudang" in given
    assert "menunggu kabel dari gudang" not in plain


def test_both_promises_are_told_with_date_time_and_zone() -> None:
    promised = (
        Promise("first_answer", NOON + timedelta(minutes=30)),
        Promise("solution", local("2026-07-20 17:00")),
    )
    known = ticket(1, promises=promised)
    short = text("ack", TextForm.SMS, known)
    assert "14/07 10.30" in short
    assert "20/07 17.00 WIB" in short
    long = text("ack", TextForm.CHAT, known)
    assert "Dijawab petugas paling lambat: Sel 14 Juli 2026 pukul 10.30 WIB" in long
    assert "Diselesaikan paling lambat: Sen 20 Juli 2026 pukul 17.00 WIB" in long
    assert "Ringkasan: lampu ruang tunggu mati" in long


def test_only_mail_is_signed() -> None:
    signed = {form for form in FORMS if "-- \nHelpdesk Dinas Kominfo" in text("help", form)}
    assert signed == {TextForm.EMAIL}


@pytest.mark.parametrize(
    ("at", "key"), [(NOON, "ack"), (SUNDAY, "out_of_hours"), (BREAK, "out_of_hours")]
)
def test_an_acknowledgement_knows_the_hours(at: object, key: str) -> None:
    assert isinstance(at, type(NOON))
    assert text_key("ack", office(), at) == key
    assert text_key("status", office(), at) == "status"


def test_outside_the_hours_we_say_why_and_until_when() -> None:
    night = text("ack", TextForm.CHAT, ticket(1), Told(SUNDAY))
    assert "di luar jam layanan (hari Minggu)" in night
    assert "Petugas kembali bertugas Sen 20 Juli 2026 pukul 08.00 WIB" in night
    holiday = text("ack", TextForm.CHAT, ticket(1), Told(IDUL_FITRI))
    assert "Idul Fitri" in holiday
    assert "112" in text("ack", TextForm.SMS, ticket(1), Told(SUNDAY))


def test_a_number_is_shown_back_as_it_was_written() -> None:
    for form in FORMS:
        asked = Told(NOON, asked="hd26 000001 7")
        assert "hd26 000001 7" in text("unknown_ticket", form, told=asked)


def test_the_unknown_number_says_the_same_whatever_the_number_is() -> None:
    for form in FORMS:
        one, other = (
            text("unknown_ticket", form, told=Told(NOON, asked=number)) for number in (N1, N9)
        )
        assert one.replace(N1, "X") == other.replace(N9, "X")


def test_the_last_day_for_reopening_is_told() -> None:
    known = ticket(1, Status.CLOSED, status_at=NOON)
    week = NOON + office().reopening
    assert week == NOON + 7 * DAY
    assert "21/07 10.00" in text("closed", TextForm.SMS, known)
    assert "Sel 21 Juli 2026 pukul 10.00" in text("closed", TextForm.EMAIL, known)


def test_words_of_people_do_not_act() -> None:
    nasty = Told(NOON, "{tiket} {0} %s <b>x</b> {status}")
    written = text("ack", TextForm.CHAT, ticket(1), nasty)
    assert "{tiket} {0} %s <b>x</b> {status}" in written


def test_surveys_fit_every_channel() -> None:
    asked = ticket(1, Status.RESOLVED)
    for purpose in ("survey", "survey_invalid", "survey_thanks"):
        assert len({text(purpose, form, asked) for form in FORMS}) == 1


def test_a_promise_that_was_never_made_is_an_error() -> None:
    assert due(ticket(1).promises, "solution") == NOON + 5 * DAY
    with pytest.raises(LookupError):
        due((Promise("first_answer", NOON - HOUR),), "solution")
