"""What a citizen met at a national helpdesk, and what must happen instead: by SMS alone.

Stories share one office and run in the order of its calendar.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.model.text_defaults import DEFAULTS
from tests.gateway.gateway_kit import until
from tests.journeys.practices.walk_bw import NUMBER, PATIENT, Walk, all_doors, local, short, when

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

POLL = 600.0
"""Seconds: whatever leaves within a test leaves because it was committed, not because of this."""


@pytest.fixture(scope="module")
async def walk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    folder = tmp_path_factory.mktemp("kemenkes")
    async with all_doors(folder, local("06/07"), dispatch={"poll_seconds": POLL}) as found:
        yield found


async def test_km_04_a_review_never_holds_the_number_back(walk: Walk) -> None:
    walk.at("08/07", "09.00")
    citizen = walk.citizen()
    number = await citizen.complains("HELPDESK obat isoman untuk istri saya")
    await walk.does("care", number, "review", note="apakah masih di wilayah kami")
    assert f"Tiket {number}: Ditelaah, karena sedang ditelaah" in await citizen.asks("STATUS")


async def test_km_03_the_number_is_the_reference_on_every_channel(walk: Walk) -> None:
    walk.at("09/07", "09.00")
    assert walk.whatsapp
    citizen, stranger = walk.citizen(), walk.citizen()
    number = await citizen.complains("HELPDESK paket obat belum datang")
    await citizen.tells(f"{number} alamatnya Jalan Mawar 7")
    await stranger.tells(f"{number} ini milik saya")
    told = await stranger.asks(f"STATUS {number}", "Nomor")
    assert "tidak kami temukan" in told
    await walk.whatsapp.send(stranger.number, f"STATUS {number}")
    phone = walk.whatsapp.received
    await walk.until_sent(lambda: bool(phone(stranger.number)))
    assert "tidak kami temukan" in phone(stranger.number)[0]
    joined = [one["text"] for one in await walk.thread(number) if one["inbound"]]
    assert joined == ["HELPDESK paket obat belum datang", f"{number} alamatnya Jalan Mawar 7"]


async def test_km_07_km_22_each_promise_says_what_with_day_time_and_zone(walk: Walk) -> None:
    walk.at("10/07", "10.00")
    citizen = walk.citizen()
    number = await citizen.complains("HELPDESK paket obat belum datang")
    answer, solution = short(local("10/07", "10.30")), short(local("16/07", "17.00"))
    ack = citizen.heard[0]
    assert f"Dijawab petugas paling lambat {answer}, selesai paling lambat {solution} WIB" in ack
    assert f"Batas selesai {solution} WIB" in await citizen.asks(f"STATUS {number}")


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_km_07_km_28_no_text_promises_bare_hours_or_asks_to_end_the_talk(key: str) -> None:
    text = DEFAULTS[key].lower()
    assert not re.search(r"\d+ ?(x|\*)? ?\d* ?jam\b(?! layanan)", text)
    assert not re.search(
        r"akhiri|mengakhiri|percakapan (selesai|berakhir)|tutup (chat|percaka)", text
    )
    for what in ("jawab", "selesai", "mulai", "lanjut", "kabar"):
        if f"{{{what}}}" in text and "{perkiraan}" not in text:
            assert "{zona}" in text, key


async def test_km_14_km_20_km_28_work_and_talk_are_apart(walk: Walk) -> None:
    walk.at("13/07", "09.00")
    citizen = walk.citizen()
    assert "HELPDESK isi keluhan" in await citizen.asks("MENU")
    number = await citizen.complains("HELPDESK paket obat belum datang")
    await citizen.asks("INFO")
    await citizen.tells("resepnya sudah saya unggah")  # free text after a menu
    await walk.given(number)
    await walk.does("operator", number, "answer", text="Paket dikirim besok, 14/07 10.00 WIB.")
    expected = local("15/07", "09.00").isoformat()
    await walk.does(
        "technician", number, "pend", reason="waiting_partner", for_whom="Apotek Sehat",
        note="stok kosong", expected_at=expected,
    )  # fmt: skip
    await citizen.tells("baik, saya tunggu di rumah")
    await walk.does("operator", number, "answer", text="Terima kasih.")
    assert (await walk.ticket(number))["status"] == "pending"  # talking moves no work
    await walk.does("technician", number, "resume", note="stok datang")
    await walk.does("technician", number, "resolve", solution="Paket diterima")
    await citizen.asks("NILAI", "1-5")
    await citizen.asks("6 7 8 9 9", "5 angka")
    await citizen.tells("kurirnya ramah sekali")  # free text in the middle of a survey
    inbound = [one["text"] for one in await walk.thread(number) if one["inbound"]]
    for text in ("resepnya sudah saya unggah", "baik, saya tunggu di rumah"):
        assert text in inbound
    assert "kurirnya ramah sekali" in await walk.desk.hall.stored_texts()
    assert not any(re.search("akhiri|berakhir", text) for text in citizen.heard)


async def test_km_26_the_affected_may_be_another_and_the_reporter_is_told(walk: Walk) -> None:
    walk.at("14/07", "09.00")
    citizen = walk.citizen()
    number = await citizen.complains("HELPDESK istri saya positif, obat belum datang")
    marked = await walk.does("operator", number, "mark", affected="Ibu Ani (istri pelapor)")
    assert marked["affected"] == "Ibu Ani (istri pelapor)"
    assert [way["address"][-4:] for way in marked["ways"]] == [citizen.number[-4:]]
    await walk.given(number)
    await citizen.told("ditangani")
    assert "Ibu Ani" not in " ".join(citizen.heard)


@pytest.mark.parametrize(
    "asked",
    [
        "nomor tiketnya berapa", "Nomor tiket saya berapa ya?", "minta nomor tiket",
        "no tiket saya berapa pak", "boleh minta nomor laporan saya?", "berapa nomor pengaduannya",
        "mana nomor tiketnya min", "nmr tiket brp",
    ],
)  # fmt: skip
async def test_km_27_asked_in_any_words_the_number_is_told_again(walk: Walk, asked: str) -> None:
    walk.at("15/07", "09.00")
    citizen = walk.citizen()
    number = await citizen.complains("HELPDESK paket obat belum datang")
    before = len(citizen.heard)
    await citizen.tells(asked)
    assert number in await citizen.told("", before)
    assert (await walk.kinds(number))[-1] == "StatusAsked"


async def test_km_19_an_opinion_is_pointed_out_before_it_leaves(walk: Walk) -> None:
    walk.at("15/07", "13.30")
    citizen = walk.citizen()
    number = await citizen.complains("HELPDESK paket obat belum datang")
    opinion = "Mungkin untuk hari pertama lebaran tutup."
    warned = await walk.refused("operator", number, "answer", text=opinion)
    assert warned["field"] == "guesses"
    await walk.does("operator", number, "answer", text="Apotek buka Senin 20/07 09.00 WIB.")
    await citizen.told("Apotek buka")
    await walk.does("operator", number, "answer", text=opinion, guesses=True)
    await citizen.told(opinion)
    assert sum(opinion in text for text in citizen.heard) == 1


async def test_km_21_a_number_elsewhere_is_kept_and_masked(walk: Walk) -> None:
    walk.at("16/07", "09.00")
    order = "4508965460567118"
    number = await walk.citizen().complains(f"HELPDESK pesanan {order} belum datang")
    await walk.does("operator", number, "mark", external_ref=order)
    for path in ("", "/thread", "/notes", "/history"):
        assert order not in (await walk.desk.operator.get(f"/tickets/{number}{path}")).text
    assert order not in (await walk.desk.operator.get("/tickets?limit=200")).text
    assert (await walk.ticket(number))["external_ref"] == "************7118"
    (kept,) = await walk.desk.hall.rows(
        "SELECT external_ref FROM ticket_work w JOIN tickets t ON t.id = w.ticket_id "
        "WHERE t.number = ?",
        number,
    )
    assert kept[0] == order


async def test_km_17_the_page_says_whether_the_pharmacy_is_open(walk: Walk) -> None:
    walk.at("17/07", "10.00")
    body = {"code": "apotek", "name": "Apotek Sehat", "partner": True, "calendar": "pemerintah"}
    assert (await walk.desk.admin.post("/units", body)).status == 201
    units = (await walk.desk.operator.get("/units")).json["items"]
    pharmacy = next(one["id"] for one in units if one["code"] == "apotek")
    number = await walk.citizen().complains("HELPDESK paket obat belum datang")
    await walk.does("care", number, "dispose", unit_id=pharmacy, instruction="Cek stok")
    assert (await walk.ticket(number))["unit_id"] == pharmacy
    path = f"/units/{pharmacy}/hours"
    now = (await walk.desk.operator.get(path)).json
    assert (now["open"], now["why"]) == (True, "")
    walk.at("17/07", "16.45")
    shut = (await walk.desk.operator.get(path)).json
    assert shut["open"] is False
    assert when(shut["opens_at"]) == local("20/07", "07.30")
    assert (await walk.desk.operator.get("/units/9999/hours")).status == 404


async def test_km_23_on_a_holiday_the_text_names_it_and_the_next_working_time(
    walk: Walk,
) -> None:
    assert walk.whatsapp
    walk.at("17/08", "08.16")
    await walk.whatsapp.send("+6281277770001", "HELPDESK paket obat belum datang")
    await walk.until_sent(lambda: bool(walk.whatsapp.received("+6281277770001")))  # type: ignore[union-attr]  # looked at above
    (told,) = walk.whatsapp.received("+6281277770001")
    assert NUMBER.search(told)
    assert "(hari libur: " in told
    assert "Kemerdekaan" in told
    assert "Petugas kembali bertugas Sel 18 Agustus 2026 pukul 08.00 WIB" in told


HOURS = [
    ("18/08", "03.00"), ("18/08", "10.00"), ("18/08", "12.30"), ("22/08", "23.59"),
    ("23/08", "14.00"), ("25/08", "08.16"), ("25/12", "00.01"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "clock"), HOURS)
async def test_km_01_km_02_km_29_the_number_comes_at_every_hour_without_a_human(
    walk: Walk, day: str, clock: str
) -> None:
    walk.at(day, clock)
    citizen = walk.citizen()
    number = await citizen.complains("HELPDESK paket obat isoman belum datang")
    assert await walk.kinds(number) == ["TicketOpened"]
    (received, ack) = await walk.thread(number)
    assert (received["inbound"], ack["purpose"]) == (
        True,
        "ack" if clock == "10.00" else "out_of_hours",
    )
    asked = (
        "SELECT m.received_at, o.handed_over_at FROM messages m JOIN outbox o "
        "ON o.ticket_id = m.ticket_id JOIN tickets t ON t.id = m.ticket_id WHERE t.number = ?"
    )

    async def handed_over() -> bool:
        return all(one[1] for one in await walk.desk.hall.rows(asked, number))

    await until(handed_over, PATIENT)
    (times,) = await walk.desk.hall.rows(asked, number)
    received_at, handed_over_at = (datetime.fromisoformat(f"{one}+00:00") for one in times)
    assert handed_over_at - received_at < timedelta(seconds=10)
    hollow = "SELECT count(*) FROM tickets WHERE number IS NULL OR number = ''"
    assert (await walk.desk.hall.rows(hollow))[0][0] == 0


async def test_km_10_the_form_warns_before_somebody_is_only_told_to_wait(walk: Walk) -> None:
    patient = walk.citizen()
    number = await patient.complains("HELPDESK paket obat isoman belum datang")
    path = f"/tickets/{number}/acts/answer/check"

    async def checked(text: str) -> Any:
        said = await walk.desk.operator.post(path, {"text": text})
        assert said.status == 200, said.text
        return said.json

    assert not (await checked("Mohon ditunggu"))["asked_for_state"]
    await patient.tells(f"{number} sudah sampai mana ya?")
    told = await checked("Mohon ditunggu, mungkin nanti.")
    assert told["asked_for_state"]
    assert told["lacks"] == ["state", "reason", "step", "time"]
    assert told["guesses"] == ["mungkin"]
    whole = (
        "Masih menunggu kurir karena stok apotek kosong. Paket akan dikirim besok, kabar "
        "berikutnya besok pukul 09.00."
    )
    assert (await checked(whole))["lacks"] == []
    await walk.does("operator", number, "answer", text=whole)
    assert not (await checked("Terima kasih"))["asked_for_state"]
    assert (await walk.desk.leader.post(path, {"text": "x"})).status == 403
