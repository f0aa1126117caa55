"""The procedure of Banyuwangi by plain SMS: from the first HELPDESK to the survey, and around it.

Stories share one office and run in the order of its calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gateway.gateway_kit import message
from tests.journeys.practices.walk_bw import Walk, local, short, walking, when

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]


REASONS = {
    "power_outage": True, "hardware_on_order": True, "waiting_reporter": True,
    "waiting_partner": False, "access": True,
}  # fmt: skip
"""And whether the solution's clock stands still."""


@pytest.fixture(scope="module")
async def walk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    folder = tmp_path_factory.mktemp("banyuwangi")
    async with walking(folder, local("06/07")) as found:
        yield found


async def test_bw_08_bw_35_bw_36_bw_43_a_fault_from_its_text_to_its_survey(walk: Walk) -> None:
    walk.at("07/07", "09.00")
    unit = walk.citizen()
    number = await unit.complains("HELPDESK#Kecamatan Giri#jaringan#internet kantor mati")
    assert await walk.kinds(number) == ["TicketOpened"]  # nobody has touched it
    assert (await walk.ticket(number))["status"] == "received"
    assert "Diterima" in await unit.asks(f"STATUS {number}", "Tiket")

    walk.at("07/07", "09.10")
    await walk.does("operator", number, "answer", text="Kami kirim teknisi pukul 10.00 WIB.")
    await unit.told("Kami kirim teknisi")
    await walk.given(number)
    await unit.told("ditangani Petugas technician")
    await walk.does("technician", number, "en-route", note="Berangkat")
    await unit.told("sedang menuju lokasi")
    assert "Dikerjakan" in await unit.asks("STATUS", "Tiket")

    walk.at("07/07", "10.30")
    await walk.does("technician", number, "resolve", solution="Switch lantai 2 diganti")
    solved = await unit.told("selesai:")
    assert "Switch lantai 2 diganti" in solved
    assert f"BUKA {number} s/d {short(local('14/07', '10.30'))}" in solved
    assert "Selesai" in await unit.asks(f"STATUS {number}", "Tiket")

    assert "1-5" in await unit.asks("NILAI")
    assert number in await unit.asks("4 5 3 4 4", "sudah tersimpan")
    kept = await walk.desk.hall.rows("SELECT item, score FROM survey_answers ORDER BY item")
    assert [score for _, score in kept] == [4, 5, 3, 4, 4]
    assert "kami tutup" in await unit.asks(f"SELESAI {number}")
    assert (await walk.ticket(number))["status"] == "closed"
    wants = ["received", "assigned", "in_progress", "resolved", "closed"]
    steps = [one["data"]["to"] for one in await walk.events(number) if "to" in one["data"]]
    assert ["received", *steps] == wants


@pytest.mark.parametrize(
    ("begins", "outcome"),
    [
        ("HELPDESK", "opened"), ("helpdesk", "opened"), ("Assalamualaikum, HELPDESK:", "opened"),
        ("HLPDESK", "opened"), ("H E L P D E S K", "opened"), ("HELPDESK.", "opened"),
        ("Mohon helpdesk", "unsorted"), ("", "unsorted"), ("HELPLINE", "unsorted"),
    ],
)  # fmt: skip
async def test_bw_35_the_word_at_the_beginning_makes_the_ticket(
    walk: Walk, begins: str, outcome: str
) -> None:
    walk.at("08/07", "09.00")
    unit = walk.citizen()
    told = await unit.asks(f"{begins} printer loket 2 rusak".strip())
    assert ("no tiket" in told) is (outcome == "opened")
    assert ("Ketik: HELPDESK isi keluhan" in told) is (outcome == "unsorted")
    kept = await walk.desk.hall.rows(
        "SELECT outcome FROM messages m JOIN addresses a ON a.id = m.address_id WHERE a.value = ?",
        unit.number,
    )
    assert [row[0] for row in kept] == [outcome]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("aplikasi e-kinerja tidak bisa dibuka", "application"),
        ("internet kantor mati", "network"), ("printer loket 2 rusak", "hardware"),
        ("lupa password email dinas", "account"), ("listrik kantor padam", "power"),
    ],
)  # fmt: skip
async def test_bw_04_bw_12_a_message_fills_the_ticket_and_staff_only_correct(
    walk: Walk, text: str, category: str
) -> None:
    walk.at("09/07", "09.00")
    number = await walk.citizen().complains(
        f"HELPDESK {text}\nUnit: Kelurahan Penganjuran\nLokasi: Ruang 3\nKontak: Bu Rini"
    )
    found = await walk.ticket(number)
    assert (found["category"], found["unit_hint"], found["place"]) == (
        category, "Kelurahan Penganjuran", "Ruang 3",
    )  # fmt: skip
    assert found["subject"] == text
    mended = await walk.does("care", number, "classify", category="security", place="Ruang 4")
    assert (mended["category"], mended["place"], mended["subject"]) == (
        "security",
        "Ruang 4",
        text,
    )


async def test_bw_11_what_was_written_enters_unchanged(walk: Walk) -> None:
    walk.at("10/07", "09.00")
    written = (
        "HELPDESK  Bapak/Ibu yth,\n\tLampu <b>mati</b> {tiket} =1+1; café \u201cA\u201d 😀"
        "  \n-- \nRudi"
    )
    number = await walk.citizen().complains(written)
    (first, *_) = await walk.thread(number)
    assert first["text"] == written
    (kept,) = await walk.desk.hall.rows("SELECT text FROM messages WHERE text LIKE '%caf_ %'")
    assert kept[0] == written


async def test_bw_05_a_wish_is_a_hint_and_the_desk_assigns(walk: Walk) -> None:
    walk.at("13/07", "08.10")
    number = await walk.citizen().complains(
        "HELPDESK printer rusak\nUnit: Bidang 2\nTeknisi: Pak Budi"
    )
    found = await walk.ticket(number)
    assert (found["unit_id"], found["assignee_id"], found["status"]) == (None, None, "received")
    assert found["unit_hint"] == "Bidang 2"
    assert "Teknisi: Pak Budi" in found["description"]
    assert (await walk.given(number))["unit_name"] == "Bidang 1"
    assert (await walk.ticket(number))["unit_hint"] == "Bidang 2"


async def test_bw_06_the_desk_keeps_watch_while_another_unit_works(walk: Walk) -> None:
    walk.at("13/07", "09.00")
    unit = walk.citizen()
    number = await unit.complains("HELPDESK server e-office mati")
    await walk.does("care", number, "dispose", unit_id=2, instruction="Mohon diperiksa")
    for who in ("operator", "care"):
        listed = (await walk.desk.callers[who].get(f"/tickets?number={number}")).json["items"]
        assert [(one["unit_name"], one["status"]) for one in listed] == [("Bidang 2", "assigned")]
    await walk.does("operator", number, "answer", text="Bidang 2 memeriksa server hari ini.")
    await unit.told("Bidang 2 memeriksa")
    moved = await walk.does("care", number, "dispose", unit_id=1, instruction="Ambil alih")
    assert moved["unit_name"] == "Bidang 1"


async def test_bw_22_bw_25_bw_26_delegation_is_written_down(walk: Walk) -> None:
    walk.at("14/07", "09.00")
    number = await walk.citizen().complains("HELPDESK kabel jaringan putus")
    await walk.given(number, equipment="tang krimping, RJ45")
    refused = await walk.refused(
        "care", number, "assign", staff_id=walk.desk.ids["officer"], reason=" "
    )
    assert refused["field"] == "reason"
    await walk.given(number, "officer", reason="teknisi sedang di lapangan")
    told = (await walk.desk.operator.get(f"/tickets/{number}/handling")).json["assignments"]
    by = f"staff:{walk.desk.ids['care']}"
    assert [(one["staff_name"], one["reason"], one["equipment"], one["by"]) for one in told] == [
        ("Petugas technician", "", "tang krimping, RJ45", by),
        ("Petugas officer", "teknisi sedang di lapangan", "", by),
    ]
    assert told[0]["ended_at"] == told[1]["at"]
    moved = [one["data"] for one in await walk.events(number) if one["kind"] == "Assigned"]
    ids = walk.desk.ids
    assert [(one["staff_id"], one.get("previous")) for one in moved] == [
        (ids["technician"], None),
        (ids["officer"], ids["technician"]),
    ]


async def test_bw_27_bw_31_four_priorities_each_with_its_time(walk: Walk) -> None:
    walk.at("14/07", "09.40")
    described = (await walk.desk.stranger.get("/openapi.json")).json
    names = described["components"]["schemas"]["Priority"]["enum"]
    assert sorted(names) == ["emergency", "high", "low", "normal"]
    classes = {
        "normal": local("20/07", "17.00"),
        "emergency": local("14/07", "11.40"),
        "high": local("15/07", "17.00"),
        "low": local("20/07", "17.00"),
    }
    number = await walk.citizen().complains("HELPDESK jaringan kantor lambat")
    assert (await walk.ticket(number))["priority"] == "normal"
    for name, solved in classes.items():
        if name != "normal":
            await walk.does("operator", number, "set-priority", priority=name, reason="ditelaah")
        assert (await walk.due(number))["solution"] == solved
    refused = await walk.desk.operator.act(
        number, "set-priority", {"priority": "urgent", "reason": "x"}
    )
    assert refused.status == 422
    others = [await walk.citizen().complains(f"HELPDESK lampu {n} mati") for n in range(3)]
    for one, name in zip(others, ("high", "emergency", "low"), strict=True):
        await walk.does("operator", one, "set-priority", priority=name, reason="ditelaah")
    page = (await walk.desk.operator.get("/tickets?sort=urgency&limit=200")).json["items"]
    order = [line["priority"] for line in page if line["number"] in others]
    assert order == ["emergency", "high", "low"]


async def test_bw_29_both_promises_stand_wherever_one_is_told(walk: Walk) -> None:
    walk.at("15/07", "10.00")
    unit = walk.citizen()
    answer, solution = local("15/07", "10.30"), local("21/07", "17.00")
    number = await unit.complains("HELPDESK proyektor aula rusak")
    ack = unit.heard[0]
    assert f"Dijawab petugas paling lambat {short(answer)}" in ack
    assert f"selesai paling lambat {short(solution)} WIB" in ack
    (line,) = (await walk.desk.operator.get(f"/tickets?number={number}")).json["items"]
    assert (when(line["first_answer_due"]), when(line["solution_due"])) == (answer, solution)
    assert await walk.due(number) == {"first_answer": answer, "solution": solution}
    told = await walk.post_desk({"form": "phone", "text": "Kursi patah", "reference": "T-1"})
    assert (when(told["first_answer"]), when(told["solution"])) == (answer, solution)
    why = (await walk.desk.operator.get(f"/tickets/{number}/deadlines")).json["items"]
    assert [one["clock"]["target"] for one in why] == ["first_answer", "solution"]


async def test_bw_30_pauses_are_listed_with_reason_and_length(walk: Walk) -> None:
    expected = local("17/07", "09.00").isoformat()
    for hour, (reason, stops) in zip((8, 9, 10, 13, 14), REASONS.items(), strict=True):
        walk.at("16/07", f"{hour}.00")
        unit = walk.citizen()
        number = await unit.complains("HELPDESK komputer kasir mati")
        before = (await walk.due(number))["solution"]
        await walk.given(number)
        await walk.does(
            "technician", number, "pend", reason=reason, for_whom="PLN",
            note="Padam bergilir", expected_at=expected,
        )  # fmt: skip
        await unit.told("menunggu")
        walk.at("16/07", f"{hour}.40")
        await walk.does("technician", number, "resume", note="Dilanjutkan")
        (pause,) = (await walk.ticket(number))["pauses"]
        length = when(pause["ended_at"]) - when(pause["started_at"])
        assert (pause["reason"], pause["stops"], pause["for_whom"]) == (reason, stops, "PLN")
        assert length.total_seconds() == 40 * 60
        after = (await walk.due(number))["solution"]
        assert (after > before) is stops, reason


async def test_bw_48_a_technician_asks_for_what_is_new_and_theirs(walk: Walk) -> None:
    walk.at("17/07", "08.10")
    mine = await walk.citizen().complains("HELPDESK scanner rusak")
    begun = await walk.citizen().complains("HELPDESK monitor bergaris")
    other = await walk.citizen().complains("HELPDESK AC bocor")
    for number in (mine, begun):
        await walk.given(number)
    await walk.given(other, "officer")
    await walk.does("technician", begun, "en-route", note="Berangkat")
    asked = "/tickets?mine=true&status=assigned&limit=200"
    listed = {one["number"] for one in (await walk.desk.technician.get(asked)).json["items"]}
    assert mine in listed
    assert not listed & {begun, other}
    assert (await walk.desk.technician.get(f"/tickets/{other}")).status == 404


async def test_bw_39_bw_24_a_person_confirms_and_the_machine_does_not(walk: Walk) -> None:
    walk.at("20/07", "09.00")
    unit = walk.citizen()
    number = await unit.complains("HELPDESK wifi aula mati")
    assert (await walk.ticket(number))["answered_at"] is None
    walk.at("20/07", "09.20")
    await walk.given(number)
    assert (await walk.ticket(number))["answered_at"] is None  # a delegation is no answer
    await walk.does("operator", number, "answer", text="Teknisi datang pukul 10.00 WIB.")
    found = await walk.ticket(number)
    assert when(found["answered_at"]) == local("20/07", "09.20")
    kept = {one["target"]: one["met_at"] for one in found["clocks"]}
    assert kept["first_answer"]
    assert not kept["solution"]


async def test_bw_20_at_night_the_number_comes_and_says_when_people_answer(walk: Walk) -> None:
    for day, clock, answered in (
        ("25/07", "23.30", "27/07 08.30"),  # Saturday night
        ("26/07", "10.00", "27/07 08.30"),  # Sunday
        ("28/07", "12.10", "28/07 13.30"),  # the break
        ("29/07", "03.00", "29/07 08.30"),
    ):
        walk.at(day, clock)
        unit = walk.citizen()
        number = await unit.complains("HELPDESK genset mati")
        assert "di luar jam layanan" in unit.heard[0]
        assert f"paling lambat {answered}" in unit.heard[0]
        assert when((await walk.ticket(number))["opened_at"]) == local(day, clock)


async def test_bw_21_every_message_is_kept_raw_and_once(walk: Walk) -> None:
    walk.at("30/07", "09.00")
    hall, unit = walk.desk.hall, walk.citizen()
    fields = message("HELPDESK keran bocor", From=unit.number)
    for _ in range(3):  # the provider repeats what it is not sure of
        assert (await hall.post(fields)).status == 200
    number = (await unit.told("no tiket")).partition("no tiket ")[2][:13]
    for text in ("terima kasih", "😀", "abc def"):
        await unit.tells(text)
    kept = await hall.rows(
        "SELECT m.text, m.raw FROM messages m JOIN addresses a ON a.id = m.address_id "
        "WHERE a.value = ? ORDER BY m.id",
        unit.number,
    )
    assert [text for text, _ in kept] == [
        "HELPDESK keran bocor", "terima kasih", "😀", "abc def",
    ]  # fmt: skip
    assert all(raw for _, raw in kept)
    assert sum("no tiket" in text for text in unit.heard) == 1
    assert (await walk.ticket(number))["contacts"] >= 1
