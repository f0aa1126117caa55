"""Which earlier tickets are like one, and why (BW-53)."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.likeness import MOST, EarlierTicket, most_alike, things_of, words_of
from core.model.ticket import Status
from tests.core.model.work_samples import NOON, ticket

SUBJECT = "Printer loket 2 macet kertas"


def earlier(n: int = 1, **changes: Any) -> EarlierTicket:
    """One that has nothing in common with the plain ticket."""
    plain: dict[str, Any] = {
        "id": n,
        "number": f"HD26-{n:06d}-0",
        "status": Status.CLOSED,
        "opened_at": NOON,
        "subject": "Genset tidak menyala",
        "description": "",
        "category": "power",
        "address_id": 900 + n,
        "unit_hint": "",
        "place": "",
        "unit_id": None,
        "solution": "",
    }
    return EarlierTicket(**plain | changes)


def now(**changes: Any) -> Any:
    plain: dict[str, Any] = {"subject": SUBJECT, "description": SUBJECT, "category": "hardware"}
    return ticket(**plain | {"unit_hint": "", "place": "", "unit_id": None} | changes)


ALIKE: list[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    ({}, {}, ()),
    ({}, {"subject": "Mesin Loket-2 mati"}, ("thing",)),
    ({}, {"subject": "Printer macet, kertas tersangkut"}, ("subject",)),
    ({}, {"subject": "Printer rusak"}, ()),  # one word is little
    ({}, {"subject": "Printer rusak", "category": "hardware"}, ()),
    ({"place": "Kantor Camat Srono"}, {"place": "kantor camat  SRONO"}, ("place",)),
    ({"unit_hint": "Disdik"}, {"unit_hint": "disdik"}, ("unit",)),
    ({"unit_id": 4}, {"unit_id": 4}, ()),  # every ticket of the team
    ({"unit_id": 4}, {"unit_id": 4, "category": "hardware"}, ("unit",)),
    ({"unit_id": 4, "category": "other"}, {"unit_id": 4, "category": "other"}, ()),
    ({"address_id": 7}, {"address_id": 7}, ("reporter",)),
    (
        {"place": "Srono", "address_id": 7},
        {"place": "Srono", "address_id": 7, "subject": SUBJECT},
        ("thing", "place", "subject", "reporter"),
    ),
]


@pytest.mark.parametrize(("mine", "theirs", "reasons"), ALIKE, ids=range(len(ALIKE)))
def test_bw_53_what_makes_an_earlier_ticket_alike(
    mine: dict[str, Any], theirs: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    found = most_alike(now(**mine), [earlier(**theirs)])
    assert tuple(one.reasons for one in found) == ((reasons,) if reasons else ())


def test_the_most_alike_stands_first_then_the_latest() -> None:
    plain = [earlier(n, address_id=7) for n in range(1, 9)]
    best = earlier(0, address_id=7, subject=SUBJECT)
    found = most_alike(now(address_id=7), [*plain, best, best])
    assert [one.ticket.id for one in found] == [0, 8, 7, 6, 5]
    assert len(found) == MOST


def test_a_ticket_is_not_like_itself() -> None:
    mine = now(address_id=7)
    assert most_alike(mine, [earlier(mine.id, address_id=7, subject=SUBJECT)]) == []


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("PC-07 dan pc 7", {"pc 7"}),
        ("kamar 12, AP03", {"kamar 12", "ap 3"}),
        ("sejak jam 7 pagi tanggal 14 Juli 2026", set()),
        ("Rp 50000 untuk 3 orang", set()),
        ("pukul 10.30 sampai 11.00", set()),
        ("HD26-000004-3", set()),
        ("NIK 3510161234567890", set()),
        ("", set()),
    ],
)
def test_things_have_a_number_of_their_own(text: str, things: set[str]) -> None:
    assert things_of(text) == things


def test_words_that_everybody_writes_say_nothing() -> None:
    assert words_of("Mohon segera, sudah dari kemarin tidak bisa!") == frozenset()
    assert words_of("JARINGAN Ｌｕmpuh") == {"jaringan", "lumpuh"}
