"""Officers' entries on a whole gateway: numbers at once, lists, repeats, texts to reporters."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.gateway.citizen_kit import OFFICER, OTHER, Hall, hall
from tests.gateway.gateway_kit import locked, message, sign

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as found:
        yield found


def entry(reference: str = "T-1", **changes: object) -> dict[str, object]:
    return {
        "form": "walk_in",
        "text": f"Loket tutup, catatan {reference}",
        "reference": reference,
    } | changes


async def sms(office: Hall, text: str, sender: str) -> None:
    fields = message(text, From=sender)
    head = {"X-Twilio-Signature": sign("http://127.0.0.1:8080/hooks/sms", fields.items())}
    async with office.http.post(office.base + "/hooks/sms", data=fields, headers=head) as answer:
        assert answer.status == 200


async def test_the_officer_reads_number_and_both_times_from_the_answer(office: Hall) -> None:
    began = datetime.now(UTC)
    status, told = await office.desk(
        entry(
            category="waiting_time",
            unit="Loket 3",
            place="Lantai 2",
            priority="high",
            occurred_at=(began - timedelta(days=2)).isoformat(),
            reporter={"name": "Budi"},
        )
    )
    assert status == 200
    assert (told["outcome"], told["repeated"]) == ("opened", False)
    first, solution = (datetime.fromisoformat(told[name]) for name in ("first_answer", "solution"))
    assert began < first < solution
    assert first.utcoffset() == timedelta(hours=7)
    (row,) = await office.tickets()
    assert (row.number, row.category, row.channel) == (told["number"], "waiting_time", "loket")
    assert row.priority_hint is not None
    ((unit, place),) = await office.rows("SELECT unit_hint, place FROM tickets")
    assert (unit, place) == ("Loket 3", "Lantai 2")
    ((by, name, silence, occurred),) = await office.rows(
        "SELECT entered_by, sender_name, silence, occurred_at FROM messages"
    )
    assert (by, name) == ("sari", "Budi")
    assert "petugas" in silence
    assert str(occurred).startswith(str((began - timedelta(days=2)).date()))
    assert await office.outbox() == []


async def test_a_repeat_gets_the_same_number_and_makes_nothing(office: Hall) -> None:
    first = (await office.desk(entry()))[1]
    again = await asyncio.gather(*(office.desk(entry()) for _ in range(10)))
    assert {told["number"] for _, told in again} == {first["number"]}
    assert all(told["repeated"] for _, told in again)
    assert len(await office.tickets()) == 1
    other = (await office.desk(entry(), OTHER))[1]
    assert other["number"] != first["number"], "another officer's T-1 is another note"


async def test_mb_27_ll_03_a_box_of_five_hundred_notes_with_three_bad_ones(office: Hall) -> None:
    items: list[Any] = [entry(f"K-{n}", form="paper_box") for n in range(500)]
    items[7], items[100], items[499] = (
        {"form": "paper_box"},
        "kertas kosong",
        entry("K-x", form="fax"),
    )
    status, told = await office.desk({"items": items})
    assert status == 200
    lines = told["items"]
    bad = {at: line["error"] for at, line in enumerate(lines) if line["outcome"] == "refused"}
    assert set(bad) == {7, 100, 499}
    assert all(f"items[{at}]" in sentence for at, sentence in bad.items())
    numbers = [line["number"] for line in lines if "number" in line]
    assert len(set(numbers)) == 497 == len(await office.tickets())
    again = (await office.desk({"items": items}))[1]["items"]
    assert [line.get("number") for line in again] == [line.get("number") for line in lines]
    assert len(await office.tickets()) == 497


async def test_who_left_a_number_may_ask_by_sms_and_is_told_by_sms_if_the_office_wants(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path, loket={"reply_via": "sms"}) as office:
        told = (await office.desk(entry(reporter={"phone": "0812 0000 7777"})))[1]
        await office.quiet()
        (ack,) = office.texts()
        assert told["number"] in ack
        await sms(office, f"STATUS {told['number']}", "+6281200007777")
        await office.quiet()
        assert len(office.texts()) == 2
        assert told["number"] in office.texts()[1]
        bare = (await office.desk(entry("T-2")))[1]
        await office.quiet()
        assert len(office.texts()) == 2
        assert bare["number"]


async def test_without_reply_via_only_the_officer_tells(office: Hall) -> None:
    await office.desk(entry(reporter={"phone": "0812 0000 7777"}))
    assert await office.outbox() == []


async def test_keyword_and_commands_are_only_text_here(office: Hall) -> None:
    for n, text in enumerate(("STATUS", "STOP", "terima kasih", "HELPDESK")):
        told = (await office.desk(entry(f"T-{n}", text=text)))[1]
        assert told["outcome"] == "opened"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"[", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"null", "expected an object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"form":"phone","form":"phone"}', "form: stands there more than once"),
        (b'{"form":"phone","text":"a","reference":"1","occurred_at":"2026-07-13T09:00"}', "zone"),
        (b'{"a\\ud800":1}', "unknown"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_sentence_and_kept(
    office: Hall, body: bytes, said: str
) -> None:
    status, told = await office.desk(body)
    assert status == 400
    assert said in told["error"]
    assert await office.rows("SELECT raw FROM quarantine") == [
        (body or b"http://127.0.0.1:8080/hooks/loket",)
    ]
    assert (await office.desk(entry()))[0] == 200


async def test_a_stranger_is_refused_before_anything_is_read(office: Hall) -> None:
    for token in ("", "salah", OFFICER[:-1], OFFICER + "x"):
        status, told = await office.desk(b"{", token)
        assert (status, told) == (401, "unauthorized\n")
    assert await office.rows("SELECT * FROM quarantine") == []
    assert OFFICER not in office.log.getvalue()


async def test_a_body_over_the_limit_is_refused(office: Hall) -> None:
    status, _ = await office.desk(BytesIO(b" " * 1_100_000))
    assert status == 413


async def test_while_the_store_is_away_the_program_is_told_to_come_again(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as office:
        async with locked(office, tmp_path):
            status, _ = await office.desk(entry())
            assert status == 503
        assert (await office.desk(entry()))[1]["number"]
        assert len(await office.tickets()) == 1
