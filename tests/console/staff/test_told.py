"""Quotes folded, mails as they came, colleagues remembered for as long as they look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from console.staff.original import headers
from console.staff.presence import FRESH, MOST, MOST_WORDS, Presence
from console.staff.shown import Said
from console.staff.told import More, with_more
from core.model.staff import Role, Staff
from core.model.views import OriginalMessage, ThreadEntry

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MORE = More("HD26-000001-9", frozenset({"surel"}), may_answer=True)
DEWI = Staff(1, "dewi", "Dewi", frozenset({Role.OPERATOR}))
BAGUS = Staff(2, "bagus", "Bagus", frozenset({Role.OPERATOR}))
QUOTED = (
    "Sudah menyala, terima kasih.\n\nPada 22 Nov 2026 10.00, Helpdesk <a@b.id> menulis:\n> Lampu"
)


def told(text: str = "x", **changes: Any) -> Said:
    plain: dict[str, Any] = {"inbound": True, "who": "d***@x.id", "channel": "surel"}
    entry = ThreadEntry(id=7, at=AT, text=text, **(plain | changes))
    key = "m7" if entry.inbound else "o7"
    said = Said(key, "reporter", "Pelapor", entry.who, text, "", "")
    return with_more([said], [entry], {4: "Dewi"}, MORE)[0]


def test_a_mail_shows_what_its_sender_wrote_and_folds_the_rest() -> None:
    one = told(QUOTED)
    assert one.text == "Sudah menyala, terima kasih."
    assert one.whole.endswith("> Lampu")
    assert one.original == "/console/tiket/HD26-000001-9/asli/7"


@pytest.mark.parametrize(
    ("text", "channel"),
    [("Tidak ada kutipan", "surel"), ("> semuanya kutipan", "surel"), (QUOTED, "sms")],
)
def test_nothing_is_folded_where_there_is_nothing_to_fold(text: str, channel: str) -> None:
    one = told(text, channel=channel)
    assert (one.text, one.whole) == (text, "")
    assert bool(one.original) == (channel == "surel")


def test_folded_texts_are_masked() -> None:
    one = told(QUOTED.replace("menyala", "menyala 3510012345678901"))
    assert "3510012345678901" not in one.text + one.whole


@pytest.mark.parametrize(
    ("state", "again"),
    [("dead", True), ("held", True), ("failed", True), ("delivered", False), ("waiting", False)],
)
def test_only_what_did_not_arrive_is_offered_again(state: str, again: bool) -> None:
    one = told(inbound=False, state=state, event=4)
    assert bool(one.again) == again
    assert one.who == "Dewi"


# --- mails as they came --------------------------------------------------------------------------


def original(raw: bytes) -> OriginalMessage:
    return OriginalMessage("Perihal", "teks", raw, AT)


def test_headers_are_decoded_and_masked() -> None:
    raw = (
        b"From: =?utf-8?q?Budi_=C3=A9?= <budi.santoso@contoh.id>\r\n"
        b"Subject: NIK 3510012345678901\r\n\r\nisi"
    )
    shown = dict(headers(original(raw)))
    assert "Budi é" in shown["From"]
    assert "budi.santoso@contoh.id" not in shown["From"]
    assert "3510012345678901" not in shown["Subject"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: <>\r\nTo: ;;;,<<>>\r\nDate: kemarin\r\n\r\n",
        b"Subject: =?x-unknown?B?////?=\r\n\r\n",
        b"From: " + b"(" * 5_000 + b"\r\n\r\n",
        b"Message-ID: <" + b"[" * 200 + b"\r\n\r\n",
    ],
)
def test_odd_mail_breaks_no_page(raw: bytes) -> None:
    assert isinstance(headers(original(raw)), list)


async def test_the_original_is_there_for_whoever_sees_the_ticket(
    house: ApiOffice, operator: Browser
) -> None:
    number, other = await house.ticket("HELPDESK <script>alert(1)</script>"), await house.ticket()
    [row] = await house.hall.rows(
        "SELECT m.id FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE t.number = ?",
        number,
    )
    page = await operator.get(f"/console/tiket/{number}/asli/{row[0]}")
    assert page.status == 200
    assert "<script>alert" not in page.text
    for path in (f"{other}/asli/{row[0]}", f"{number}/asli/x", f"{number}/asli/999", "x/asli/1"):
        assert (await operator.get(f"/console/tiket/{path}")).status == 404


# --- presence ------------------------------------------------------------------------------------


def test_a_look_fades_and_oneself_is_not_told() -> None:
    presence = Presence()
    presence.look("HD", DEWI, 100.0)
    presence.look("HD", BAGUS, 100.0 + FRESH)
    assert presence.others("HD", BAGUS, 100.0 + FRESH / 2) == ["Dewi"]
    assert presence.others("HD", BAGUS, 101.0 + FRESH) == []
    assert presence.others("HD", DEWI, 101.0 + FRESH) == ["Bagus"]
    assert presence.among(["HD", "XX"], DEWI, 101.0 + FRESH) == {"HD": "Bagus"}


async def test_looks_of_other_processes_are_heard() -> None:
    here, there = Presence(), Presence()
    here.look("HD", DEWI, 1.0)  # before anybody shares: kept to itself
    words = here.share()
    here.look("HD", DEWI, 2.0)
    assert words.qsize() == 1
    there.hear(words.get_nowait(), 500.0)
    assert there.others("HD", BAGUS, 501.0) == ["Dewi"]
    assert there.share().empty()  # what was heard is not told on
    for _ in range(MOST_WORDS + 5):
        here.look("HD", DEWI, 3.0)
    assert words.qsize() == MOST_WORDS


@pytest.mark.parametrize(
    "word", ["", "x", "[]", '["HD"]', '["HD", "1", "Dewi"]', '{"HD": 1}', "null", '[1, 2, "x"]']
)
def test_what_is_no_look_is_not_heard(word: str) -> None:
    presence = Presence()
    presence.hear(word, 1.0)
    assert presence.others("HD", BAGUS, 1.0) == []


def test_memory_is_bounded() -> None:
    presence = Presence()
    for place in range(MOST + 5):
        presence.look(str(place), DEWI, 1.0)
    assert presence.others("0", BAGUS, 1.0) == []
    assert presence.others(str(MOST), BAGUS, 1.0) == ["Dewi"]
