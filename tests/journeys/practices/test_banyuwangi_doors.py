"""SMS, telephone, mail and WhatsApp end in one list; a fault by mail and one by telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.sandbox.phone import Draft, Upload
from tests.journeys.practices.walk_bw import NUMBER, Walk, all_doors, local, when

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from console.sandbox.phone import Letter

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(scope="module")
async def walk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    folder = tmp_path_factory.mktemp("pintu")
    async with all_doors(folder, local("06/07"), attachments={"max_bytes": 2_000}) as found:
        yield found


def letters(walk: Walk, holder: str) -> Sequence[Letter]:
    """What came, oldest first."""
    assert walk.mail
    return [one for one in walk.mail.letters(holder)[::-1] if not one.mine]


async def answered(walk: Walk, holder: str, many: int = 1) -> Letter:
    await walk.until_sent(lambda: len(letters(walk, holder)) >= many)
    return letters(walk, holder)[many - 1]


async def counted(walk: Walk, channel: str) -> int:
    said = await walk.desk.operator.get(f"/tickets/count?channel={channel}")
    return int(said.json["count"])


async def test_bw_09_bw_16_bw_42_all_channels_end_in_one_list(walk: Walk) -> None:
    walk.at("07/07", "09.00")
    assert walk.mail
    assert walk.whatsapp
    before = {name: await counted(walk, name) for name in ("sms", "surel", "wa", "loket")}
    numbers = {"sms": await walk.citizen().complains("HELPDESK lampu mati")}
    await walk.mail.send(Draft("siti@example.org", "HELPDESK printer rusak", "Di loket 2."))
    found = NUMBER.search((await answered(walk, "siti@example.org")).subject)
    assert found
    numbers["surel"] = found[0]
    await walk.whatsapp.send("+6281299990001", "HELPDESK ac mati")
    told = walk.whatsapp.received
    await walk.until_sent(lambda: bool(told("+6281299990001")))
    found = NUMBER.search(told("+6281299990001")[0])
    assert found
    numbers["wa"] = found[0]
    entry = {"form": "phone", "text": "Kursi ruang tunggu patah", "reference": "B-1"}
    numbers["loket"] = (await walk.post_desk(entry))["number"]

    page = (await walk.desk.operator.get("/tickets")).json["items"]
    listed = {one["number"]: one["channel"] for one in page}
    for channel, number in numbers.items():
        assert listed[number] == channel
        assert (await walk.ticket(number))["channel"] == channel
        assert await counted(walk, channel) == before[channel] + 1


async def test_bw_40_the_caller_at_the_telephone_gets_the_number_by_sms(walk: Walk) -> None:
    walk.at("08/07", "10.00")
    caller = walk.citizen()
    called = local("08/07", "09.55").isoformat()
    told = await walk.post_desk(
        {
            "form": "phone", "text": "Internet kelurahan mati", "reference": "T-7",
            "occurred_at": called, "reporter": {"name": "Bu Sri", "phone": caller.number},
        }
    )  # fmt: skip
    assert told["number"] in await caller.told("no tiket")
    found = await walk.ticket(told["number"])
    assert found["channel"] == "loket"
    assert when(found["opened_at"]) == local("08/07", "10.00")
    (kept,) = await walk.desk.hall.rows(
        "SELECT occurred_at, entered_by FROM messages m JOIN addresses a ON a.id = m.address_id "
        "WHERE a.value = ?",
        caller.number,
    )
    assert when(f"{kept[0]}Z".replace(" ", "T")) == local("08/07", "09.55")
    assert kept[1] == "sari"
    assert told["number"] in await caller.asks("STATUS")


async def test_bw_41_a_mail_with_its_documents_and_a_question_in_its_thread(walk: Walk) -> None:
    walk.at("09/07", "10.00")
    assert walk.mail
    who = "rudi@example.org"
    paper = Upload("surat.pdf", "application/pdf", PDF)
    await walk.mail.send(
        Draft(who, "HELPDESK server e-office mati", "Surat terlampir.", file=paper)
    )
    first = await answered(walk, who)
    found = NUMBER.search(first.subject)
    assert found
    number = found[0]

    async def files() -> list[tuple[str, str]]:
        items = (await walk.desk.operator.get(f"/tickets/{number}/files")).json["items"]
        return [(one["filename"], one["state"]) for one in items]

    await walk.until_true(files, [("surat.pdf", "stored")])

    await walk.does("operator", number, "answer", text="Mohon kirim nomor seri server.")
    asked = await answered(walk, who, 2)
    assert number in asked.subject
    assert "nomor seri" in asked.text
    reply = Draft(who, f"Re: {asked.subject}", "Nomor seri SN-1234.", answers=asked.id)
    await walk.mail.send(reply)

    async def joined() -> list[str]:
        return [one["text"].strip() for one in await walk.thread(number) if one["inbound"]][1:]

    await walk.until_true(joined, ["Nomor seri SN-1234."])

    big = Upload("rekaman.pdf", "application/pdf", PDF + b"x" * 3_000)
    await walk.mail.send(Draft("tono@example.org", "Perbaikan", "HELPDESK AC bocor", file=big))
    other = NUMBER.search((await answered(walk, "tono@example.org")).subject)
    assert other
    number = other[0]
    await walk.until_true(files, [("rekaman.pdf", "unavailable")])

    await walk.mail.send(Draft("yuni@example.org", "HELPDESK", ""))
    hollow = await answered(walk, "yuni@example.org")
    assert "Isi keluhan belum ada" in hollow.text
