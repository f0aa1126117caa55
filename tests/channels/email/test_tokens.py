from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.mail import FromFault, Mail, MailAddress, Report
from channels.email.tokens import OwnId, Seal, marks_of
from core.model.numbers import TicketNumber

SEAL = Seal(("rahasia-yang-cukup-panjang",), "HD")
OTHER = Seal(("rahasia-lain-yang-panjang",), "HD")
NUMBER = "HD26-004217-4"
DESK = "surel@dinas.example"

numbers = st.builds(
    lambda year, sequence: str(TicketNumber("HD", year, sequence)),
    st.integers(0, 99),
    st.integers(1, 999_999_999),
)


def mail(**more: Any) -> Mail:
    return Mail(None, FromFault.MISSING, "", "", **more)


@given(numbers, st.integers(1, 10**18 - 1))
def test_marks_come_back(number: str, item: int) -> None:
    address = SEAL.reply_address(DESK, number)
    message_id = SEAL.message_id(item, number, "dinas.example")
    assert SEAL.ticket_at(address) == number
    assert SEAL.own_id(message_id) == OwnId(item, number)
    assert address == address.lower()
    assert message_id == message_id.lower()
    assert len(address.partition("@")[0]) <= 64
    # programs that fold the case of addresses spoil nothing
    assert SEAL.ticket_at(address.upper()) == number
    assert SEAL.own_id(message_id.upper()) == OwnId(item, number)


def test_the_same_item_has_the_same_id() -> None:
    first = SEAL.message_id(12, NUMBER, "dinas.example")
    assert first == SEAL.message_id(12, NUMBER, "dinas.example")
    assert first != SEAL.message_id(13, NUMBER, "dinas.example")


def test_a_text_about_no_ticket_has_an_id_without_one() -> None:
    assert SEAL.own_id(SEAL.message_id(12, None, "dinas.example")) == OwnId(12, None)
    assert SEAL.reply_address(DESK, "bukan nomor") == DESK


def test_a_plus_part_is_replaced() -> None:
    address = SEAL.reply_address("surel+pengaduan@dinas.example", NUMBER)
    assert address.count("+") == 1
    assert SEAL.ticket_at(address) == NUMBER


def test_every_altered_character_spoils_a_mark() -> None:
    address = SEAL.reply_address(DESK, NUMBER)
    token = address.partition("+")[2].partition("@")[0]
    for at, was in enumerate(token):
        for new in "7az2":
            if new != was:
                forged = f"surel+{token[:at]}{new}{token[at + 1 :]}@dinas.example"
                assert SEAL.ticket_at(forged) is None
    message_id = SEAL.message_id(12, NUMBER, "dinas.example")
    local = message_id.partition("@")[0]
    for at, was in enumerate(local):
        if was not in ".hd7":
            assert SEAL.own_id(f"{local[:at]}7{local[at + 1 :]}@x") is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "surel@dinas.example",
        "surel+@dinas.example",
        "surel+26004217@dinas.example",
        "surel+26004217aaaaaaaaaaaaaaaaaaaa@dinas.example",
        "surel+\u06f2\u06f6004217aaaaaaaaaaaaaaaaaaaa@dinas.example",
        "surel+HD26-004217-4@dinas.example",
    ],
)
def test_other_addresses_carry_no_mark(address: str) -> None:
    assert SEAL.ticket_at(address) is None


def test_a_mark_of_one_kind_is_none_of_the_other() -> None:
    mac = SEAL.reply_address(DESK, NUMBER).partition("+26004217")[2].partition("@")[0]
    assert SEAL.own_id(f"hd.12.26004217.{mac}@x") is None


def test_another_gateways_marks_are_nothing_to_us() -> None:
    assert SEAL.ticket_at(OTHER.reply_address(DESK, NUMBER)) is None
    assert SEAL.own_id(OTHER.message_id(1, NUMBER, "x")) is None


def test_a_new_secret_leaves_the_old_marks_valid() -> None:
    both = Seal(("baru-dan-cukup-panjang", *SEAL.secrets), "HD")
    assert both.ticket_at(SEAL.reply_address(DESK, NUMBER)) == NUMBER
    assert SEAL.ticket_at(both.reply_address(DESK, NUMBER)) is None


@pytest.mark.parametrize("secrets", [(), ("",), ("   " * 9,), ("pendek",), ("x" * 20, "")])
def test_no_seal_without_a_secret(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="secret"):
        Seal(secrets, "HD")


def test_the_secret_is_not_shown() -> None:
    assert "rahasia" not in repr(SEAL)


@pytest.mark.parametrize("around", ["{}", "relay-17.{}", "<{}>", "{}.cab12@mta.example", "x_{}"])
def test_an_id_is_found_within_one_that_a_relay_rewrote(around: str) -> None:
    rewritten = around.format(SEAL.message_id(12, NUMBER, "dinas.example"))
    assert SEAL.own_id(rewritten) == OwnId(12, NUMBER)


@pytest.mark.parametrize("where", ["to", "cc", "delivered_to", "envelope"])
def test_the_mark_is_found_wherever_an_address_stands(where: str) -> None:
    address = SEAL.reply_address(DESK, NUMBER)
    envelope = [address] if where == "envelope" else ["surel@dinas.example"]
    more: dict[str, Any] = {}
    if where == "delivered_to":
        more["delivered_to"] = ("a@b.example", address)
    elif where != "envelope":
        more[where] = (MailAddress("a@b.example"), MailAddress(address, "Helpdesk"))
    assert marks_of(mail(**more), envelope, SEAL).number == NUMBER


def test_ids_are_found_nearest_first() -> None:
    second = str(TicketNumber("HD", 26, 17))
    references = (
        SEAL.message_id(3, second, "x"),
        "asing@y.example",
        SEAL.message_id(1, NUMBER, "x"),
    )
    marks = marks_of(mail(references=references), (), SEAL)
    assert marks.items == (OwnId(3, second), OwnId(1, NUMBER))
    assert (marks.number, marks.others) == (second, (NUMBER,))


def test_an_address_goes_before_ids_and_disagreement_is_told() -> None:
    second = str(TicketNumber("HD", 26, 17))
    marks = marks_of(
        mail(references=(SEAL.message_id(3, second, "x"),)),
        [SEAL.reply_address(DESK, NUMBER)],
        SEAL,
    )
    assert (marks.number, marks.others) == (NUMBER, (second,))


@pytest.mark.parametrize(
    "report",
    [
        Report("delivery-status", ({"original-envelope-id": SEAL.message_id(9, NUMBER, "x")},)),
        Report(
            "delivery-status",
            returned=b"Received: x\r\nMessage-ID: <"
            + SEAL.message_id(9, NUMBER, "x").encode()
            + b">\r\n\r\nisi",
        ),
    ],
)
def test_a_report_brings_our_id_back(report: Report) -> None:
    marks = marks_of(mail(report=report), (), SEAL)
    assert marks.items == (OwnId(9, NUMBER),)
    assert marks.number == NUMBER


def test_the_reply_address_in_a_returned_mail_names_the_ticket() -> None:
    returned = f"Reply-To: <{SEAL.reply_address(DESK, NUMBER)}>\r\n\r\n".encode()
    marks = marks_of(mail(report=Report("delivery-status", returned=returned)), (), SEAL)
    assert (marks.number, marks.items) == (NUMBER, ())


def test_a_mail_without_marks_has_none() -> None:
    marks = marks_of(mail(references=("a@b",), to=(MailAddress(DESK),)), [DESK], SEAL)
    assert (marks.number, marks.items, marks.others) == (None, (), ())


@given(st.text(max_size=200), st.binary(max_size=300))
def test_any_text_is_searched(text: str, raw: bytes) -> None:
    assert SEAL.ticket_at(text) is None
    assert SEAL.own_id(text) is None
    assert SEAL.ids_in(raw) == ()
    assert SEAL.tickets_in(raw) == ()
