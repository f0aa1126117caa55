from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.gammu.parts import IncomingText, cut, grouped, identity_of, place_of, text_of
from channels.gammu.rows import InboxRow
from core.model.gsm7 import BASIC, EXTENSION, segments, septets

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
_numbers = iter(range(1, 1_000_000))


def row(text: str = "halo", **changes: Any) -> InboxRow:
    values: dict[str, Any] = {
        "id": next(_numbers),
        "sender": "+6281234567890",
        "coding": "Unicode_No_Compression",
        "coded": text.encode("utf-16-be", "surrogatepass").hex().upper(),
        "decoded": text.encode("utf-8", "replace").decode(),
        "udh": "",
        "kind": -1,
        "phone": "modem",
        "at": NOON,
    }
    return InboxRow(**(values | changes))


def part(number: int, total: int, text: str, reference: int = 7, **changes: Any) -> InboxRow:
    return row(text, udh=f"050003{reference:02X}{total:02X}{number:02X}", **changes)


@pytest.mark.parametrize(
    ("udh", "place"),
    [
        ("050003D30301", (0xD3, 3, 1)),
        ("060804012C0202", (0x012C, 2, 2)),
        ("0B05040B8423F0000301 0302".replace(" ", ""), (1, 3, 2)),
        (" 050003D30301 ", (0xD3, 3, 1)),
        ("050003d30303", (0xD3, 3, 3)),
        ("", None),
        ("050003D30300", None),
        ("050003D30304", None),
        ("050003D30101", None),
        ("06050415810000", None),
        ("050003D3", None),
        ("0500", None),
        ("00", None),
        ("zz", None),
        ("05000", None),
    ],
)
def test_a_parts_place(udh: str, place: tuple[int, int, int] | None) -> None:
    found = place_of(udh)
    told = None if found is None else (found.reference, found.total, found.position)
    assert told == place


@given(st.binary(max_size=140))
def test_no_header_raises(header: bytes) -> None:
    found = place_of(header.hex())
    assert found is None or 1 <= found.position <= found.total


def test_a_border_through_an_emoji_is_healed() -> None:
    first, second = part(1, 2, "lampu \ud83d"), part(2, 2, "\ude00 mati")
    assert "\ufffd" in first.decoded or "?" in first.decoded
    (found,) = grouped([first, second])
    assert found.whole
    assert text_of(found) == "lampu \U0001f600 mati"


def test_parts_in_any_order_and_between_others() -> None:
    rows = [
        part(3, 3, "tiga"),
        row("sendiri"),
        part(1, 3, "satu "),
        part(1, 2, "lain ", reference=9),
        part(2, 3, "dua "),
        part(2, 2, "orang", sender="+6281234567891", reference=9),
    ]
    found = grouped(rows)
    assert [(text_of(one), one.whole) for one in found if one.whole] == [
        ("satu dua tiga", True),
        ("sendiri", True),
    ]
    assert [len(one.rows) for one in found if not one.whole] == [1, 1]


def test_a_reference_that_comes_again_begins_another_text() -> None:
    rows = [part(1, 2, "a1"), part(2, 2, "a2"), part(1, 2, "b1"), part(2, 2, "b2")]
    assert [text_of(found) for found in grouped(rows)] == ["a1a2", "b1b2"]
    torn = [part(1, 2, "a1"), part(1, 2, "b1"), part(2, 2, "b2")]
    assert [(found.whole, len(found.rows)) for found in grouped(torn)] == [(False, 1), (True, 2)]


def test_two_modems_and_two_totals_are_kept_apart() -> None:
    rows = [part(1, 2, "a"), part(2, 2, "b", phone="lain"), part(2, 3, "c")]
    assert [found.whole for found in grouped(rows)] == [False, False, False]


def test_what_is_missing_is_said() -> None:
    (found,) = grouped([part(2, 4, "dua "), part(4, 4, "empat")])
    assert not found.whole
    assert text_of(found) == "dua empat\n[SMS tidak lengkap: bagian 1, 3 dari 4 tidak sampai]"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "halo"),
        ({"coding": "Default_No_Compression"}, "halo"),
        ({"coded": ""}, "halo"),
        ({"coded": "zz"}, "halo"),
        ({"coded": "123"}, "halo"),
        ({"coded": "", "decoded": ""}, ""),
        ({"coding": "8bit", "coded": "68616C6F", "decoded": ""}, "halo"),
        ({"coding": "8bit", "coded": "00FF", "decoded": ""}, "[data biner]\n00 FF"),
        ({"coded": "", "decoded": "a\0b"}, "a\ufffdb"),
        ({"coding": "Unicode_Compression", "coded": "", "decoded": "x"}, "x"),
    ],
)
def test_what_a_row_may_hold(changes: dict[str, Any], text: str) -> None:
    assert text_of(IncomingText((row(**changes),))) == text


def one(**changes: Any) -> str:
    return identity_of(IncomingText((row(**changes),)))


def test_the_same_sms_in_another_row_is_the_same() -> None:
    assert one(id=4) == one(id=5)


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "+6281234567891"},
        {"at": NOON.replace(second=1)},
        {"text": "halo!"},
        {"udh": "050003D30201"},
    ],
)
def test_another_sms_is_another(changes: dict[str, Any]) -> None:
    assert one(id=4, **changes) != one(id=4)


@pytest.mark.parametrize("at", [None, datetime(1970, 1, 1, tzinfo=UTC)])
def test_without_a_stamp_the_row_tells_two_equal_texts_apart(at: datetime | None) -> None:
    assert one(id=4, at=at) != one(id=5, at=at)
    assert one(id=4, at=at) == one(id=4, at=at)


def test_a_long_text_brought_again_is_the_same() -> None:
    rows = [part(1, 2, "a", id=1), part(2, 2, "b", id=2)]
    again = [replace_id(found, found.id + 10) for found in rows]
    assert identity_of(grouped(rows)[0]) == identity_of(grouped(again)[0])
    assert identity_of(grouped(rows)[0]) != identity_of(grouped(rows[:1])[0])


def replace_id(found: InboxRow, number: int) -> InboxRow:
    return replace(found, id=number)


@given(st.lists(st.tuples(st.binary(max_size=8), st.text(max_size=20)), max_size=30))
def test_no_rows_raise_and_none_is_lost(told: list[tuple[bytes, str]]) -> None:
    clean = [(udh, text.encode("utf-16-be", "replace").decode("utf-16-be")) for udh, text in told]
    rows = [row(text, udh=udh.hex()) for udh, text in clean]
    found = grouped(rows)
    assert sorted(one.id for text in found for one in text.rows) == [one.id for one in rows]
    for text in found:
        text_of(text).encode()
        identity_of(text)


def test_a_short_text_goes_out_as_one_part() -> None:
    (found,) = cut("halo", 7)
    assert (found.text, found.coded, found.udh) == ("halo", "00680061006C006F", "")
    assert found.coding == "Default_No_Compression"
    (found,) = cut("mati \U0001f600", 7)
    assert (found.coding, found.coded[-8:]) == ("Unicode_No_Compression", "D83DDE00")


@given(st.text(st.sampled_from(BASIC + EXTENSION), min_size=1, max_size=900))
def test_septets_are_cut_as_the_network_counts_them(text: str) -> None:
    found = cut(text, 200)
    assert "".join(part.text for part in found) == text
    assert len(found) == segments(text).parts
    if len(found) > 1:
        assert all(septets(part.text) <= 153 for part in found)
        assert [place_of(part.udh) for part in found] == [
            place_of(f"050003C8{len(found):02X}{number:02X}")
            for number in range(1, len(found) + 1)
        ]


@given(st.text(min_size=1, max_size=400))
def test_units_are_cut_between_characters(text: str) -> None:
    clean = text.encode("utf-16-be", "replace").decode("utf-16-be") + "\u2713"
    found = cut(clean, 0)
    assert "".join(part.text for part in found) == clean
    assert len(found) == segments(clean).parts
    assert all(
        len(part.text.encode("utf-16-be")) <= (134 if len(found) > 1 else 140) for part in found
    )
    assert all(bytes.fromhex(part.coded).decode("utf-16-be") == part.text for part in found)
