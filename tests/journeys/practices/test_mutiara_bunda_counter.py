"""The hospital of Padang (MB) at its counter: what is entered, and what is never refused."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from core.model.staff import Role
from tests.journeys.practices.walk_mb import DESK, Practice, practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="module")
async def rs(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """The hospital with its units; its desk is open day and night."""
    async with practice(tmp_path_factory.mktemp("rs"), "hospital") as made:
        await made.hires("fitri", Role.OFFICER, unit="perawat")
        yield made


# --- at the counter, on paper, by other ways ----------------------------------------------------


async def test_mb_06_the_reporter_and_who_entered_it_are_kept_apart(rs: Practice) -> None:
    phone = "+6281270000001"
    body = {
        "form": "walk_in", "text": "Kamar jenazah tidak dijaga", "reference": "C-1",
        "reporter": {"name": "Pak Yusuf", "phone": phone},
    }  # fmt: skip
    number = (await rs["fitri"].post("/entries", body)).json["number"]
    assert (await rs.ticket(number))["created_by"] == rs.ids["fitri"]
    assert await rs.reporters(number) == [phone]
    # Whoever entered it goes on seeing it, though it is nobody's and no officer sees the tray.
    assert number in await rs.listed("fitri")
    assert (await rs.ticket(number, "fitri"))["assignee_id"] is None
    assert number not in await rs.listed("officer")


async def test_mb_13_at_the_counter_with_a_phone_the_same_notices_come(rs: Practice) -> None:
    ibu = rs.citizen()
    body = {
        "form": "walk_in", "text": "Ruang laktasi terkunci", "reference": "C-2",
        "reporter": {"name": "Bu Lina", "phone": ibu.number},
    }  # fmt: skip
    said = await rs["operator"].post("/entries", body)
    number, due = said.json["number"], said.json["solution_due"]
    assert due, "to be told at once"
    assert (await ibu.reads()).startswith(f"Laporan Anda diterima, no tiket {number}. ")
    await rs.solve(number, "perawat", "fitri", "Ruang laktasi sudah dibuka")
    assert "ditangani Fitri" in await ibu.reads()
    assert "Ruang laktasi sudah dibuka" in await ibu.reads()
    found = await rs.ticket(number)
    assert (found["channel"], found["form"]) == ("loket", "walk_in")


async def test_mb_13_at_the_counter_with_a_mail_address_they_come_by_mail(rs: Practice) -> None:
    body = {
        "form": "letter", "text": "Tagihan dikirim dua kali", "reference": "C-3",
        "reporter": {"name": "Bu Nila", "email": "nila@example.org"},
    }  # fmt: skip
    number = (await rs["operator"].post("/entries", body)).json["number"]
    await rs.solve(number, "keuangan", "officer", "Tagihan kedua sudah dibatalkan")
    await rs.until(lambda: len(rs.mailed("nila@example.org")) == 3)
    taken, assigned, solved = rs.mailed("nila@example.org")
    assert f"Nomor tiket: {number}" in taken
    assert "sekarang ditangani Petugas officer" in assigned
    assert "Yang sudah dilakukan: Tagihan kedua sudah dibatalkan" in solved
    assert rs.hall.log.getvalue().count("nila@example.org") == 0


@pytest.mark.parametrize(
    ("form", "label"),
    [
        ("paper_box", ""), ("letter", ""), ("phone", ""), ("walk_in", "Loket 3"),
        ("other", "Faks"), ("other", "Facebook"),
    ],
)  # fmt: skip
async def test_mb_14_dk_37_every_other_way_in_is_entered_with_its_name(
    rs: Practice, form: str, label: str
) -> None:
    entry = {"form": form, "label": label, "text": f"Lewat {label or form}", "reference": "x"}
    entry["reference"] = f"{form}-{label}"
    said = await rs["operator"].post("/entries", entry)
    assert said.status == 201, said.text
    found = await rs.ticket(said.json["number"])
    assert (found["form"], found["form_label"]) == (form, label)
    nameless = entry | {"form": "other", "label": "", "reference": f"{form}-{label}-x"}
    wrong = await rs["operator"].post("/entries", nameless)
    assert (wrong.status, wrong.json["field"]) == (422, "label")


# --- boxes, papers, rights of citizens ----------------------------------------------------------


async def test_mb_27_ll_03_a_box_of_papers_keeps_the_date_on_each(rs: Practice) -> None:
    written = "2026-07-09T00:00:00+07:00"
    notes = [
        {
            "form": "paper_box", "reference": f"kotak-28-{place}",
            "text": f"Catatan {place}: parkir pasien penuh", "occurred_at": written,
        }
        for place in range(12)
    ]  # fmt: skip
    began = rs.clock.now()
    async with rs.hall.http.post(
        f"{rs.hall.base}/hooks/loket", json=notes, headers={"Authorization": f"Bearer {DESK}"}
    ) as answer:
        assert answer.status == 200
        told = (await answer.json())["items"]
    numbers = [one["number"] for one in told]
    assert len({*numbers}) == 12
    rows = await rs.hall.rows(
        "SELECT occurred_at, received_at FROM messages WHERE external_id LIKE 'sari:kotak-28-%'"
    )
    assert len(rows) == 12
    assert {str(row[0])[:16] for row in rows} == {"2026-07-08 17:00"}
    assert all(str(row[1]) >= f"{began:%Y-%m-%d %H:%M}" for row in rows)
    opened = (await rs.ticket(numbers[0]))["clocks"][0]
    assert datetime.fromisoformat(opened["started_at"]) >= began, "due times run from entry"


@pytest.mark.parametrize(
    "text",
    [
        "HELPDESK petugas loket minta uang rokok",
        "HELPDESK PELAYANAN BANGSAT!!!",
        "HELPDESK " + "a" * 1500,
        "HELPDESK x'; DROP TABLE tickets;--",
        "HELPDESK tolong 🙏🙏",
    ],
)
async def test_mb_28_nobody_is_turned_away_and_nobody_needs_an_account(
    rs: Practice, text: str
) -> None:
    warga = rs.citizen()
    number = (await warga.says(text)).partition("no tiket ")[2][:13]
    assert (await rs.ticket(number))["status"] == "received"
    assert text.removeprefix("HELPDESK ") in (await rs.ticket(number))["description"]


async def test_mb_28_what_is_no_complaint_yet_is_kept_and_explained(rs: Practice) -> None:
    warga = rs.citizen()
    assert (await warga.says("pelayanan di sini mengecewakan")).startswith("Pesan belum kami")
    tray = (await rs["operator"].get("/unsorted")).json["items"]
    assert "pelayanan di sini mengecewakan" in [one["text"] for one in tray]


async def test_mb_34_a_date_that_disagrees_with_its_weekday_is_never_trusted(rs: Practice) -> None:
    text = "sesi edukasi hari Senin, tanggal 21 November 2021 jam 14.00 WIB"
    ibu = rs.citizen()
    await ibu.says(f"HELPDESK {text} berakhir jam 16.00 WIB belum ada undangan")
    number = max(row.number for row in await rs.hall.tickets())
    ticket = await rs.ticket(number)
    assert text in ticket["description"]
    assert ticket["visit_at"] is None
    [one] = ticket["suggested_times"]
    assert (one["day"], one["weekday"]) == ("2021-11-21", "Senin")
    assert one["doubt"] == "tanggal itu hari Minggu, tertulis Senin"
    assert [one["starts"], one["ends"]] == [
        "2021-11-21T14:00:00+07:00", "2021-11-21T16:00:00+07:00",
    ]  # fmt: skip
