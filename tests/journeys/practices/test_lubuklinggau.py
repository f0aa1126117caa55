"""The health office of Lubuklinggau (LL): a complaint by SMS alone, and who does what with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.model.staff import Role
from core.model.text_defaults import DEFAULTS
from tests.journeys.practices.walk_mb import Practice, practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OFFICE = {"name": "Dinas Kesehatan Kota Lubuklinggau", "calendar": "pemerintah"}


@pytest.fixture(scope="module")
async def dinkes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """The office, in which leadership disposes; Tuesday, 14 July 2026, 10.00 WIB."""
    grants = {"grants": ["leadership:assign:all"]}
    folder = tmp_path_factory.mktemp("dinkes")
    async with practice(folder, "", office=OFFICE, staff=grants) as made:
        yield made


async def test_ll_04_ll_15_ll_45_from_filing_to_the_survey_by_sms_alone(dinkes: Practice) -> None:
    ibu = dinkes.citizen()
    told = await ibu.says("HELPDESK antrean obat puskesmas sampai dua jam")
    number = told.partition("no tiket ")[2][:13]
    assert "Dijawab petugas paling lambat" in told
    assert "selesai paling lambat 21/07 16.00 WIB" in told, "five working days, at closing time"
    await dinkes.does("care", number, "review", note="lengkap")
    assert (await ibu.says(f"STATUS {number}")).startswith(f"Tiket {number}: Ditelaah, karena")
    await dinkes.does("care", number, "answer", text="Laporan Ibu sedang kami periksa.")
    assert await ibu.reads() == "Laporan Ibu sedang kami periksa."
    to = {"unit_id": 1, "staff_id": dinkes.ids["technician"], "instruction": "Tambah loket"}
    await dinkes.does("leader", number, "dispose", **to)
    assert "ditangani Petugas technician, Bidang 1" in await ibu.reads()
    await dinkes.does("technician", number, "start", note="Mulai")
    await dinkes.does("technician", number, "resolve", solution="Loket obat kedua dibuka")
    solved = await ibu.reads()
    assert solved.startswith(f"Tiket {number} selesai: Loket obat kedua dibuka. ")
    assert "Mohon nilai layanan kami: balas NILAI" in solved
    assert (await ibu.says("NILAI")).startswith("Nilai 1-5 (1 sangat tidak baik, 5 sangat baik)")
    assert (await ibu.says("4 3 5 4 5")).startswith("Terima kasih, nilai Anda untuk tiket")
    assert "saran Anda" in await ibu.says("semoga loketnya tetap dua")
    await dinkes.later(hours=2)
    assert (await ibu.says(f"SELESAI {number}")).startswith(f"Tiket {number} kami tutup.")
    assert await ibu.hears_nothing_more()
    assert (await dinkes.ticket(number))["status"] == "closed"
    flagged = (await dinkes.ticket(number))["noticed_at"]
    assert flagged is None, "closed by the citizen, so nothing waits for a silent closing"


async def test_ll_15_a_solution_that_nobody_could_be_told_is_seen(dinkes: Practice) -> None:
    entry = {"form": "paper_box", "text": "Timbangan posyandu rusak", "reference": "K-1"}
    number = (await dinkes["operator"].post("/entries", entry)).json["number"]
    await dinkes.does("care", number, "assign", staff_id=dinkes.ids["technician"])
    await dinkes.does("technician", number, "start", note="Mulai")
    said = await dinkes.tries("technician", number, "resolve", solution="Timbangan diganti")
    assert said.json["told"] == []
    bapak = dinkes.citizen()
    told = await bapak.complains("timbangan bayi rusak juga")
    await dinkes.solve_by("technician", told, "Timbangan diganti")
    flagged = await dinkes.listed("leader", "&untold=true")
    assert number in flagged
    assert told not in flagged
    await dinkes.does("care", number, "close", reason="disampaikan lewat kader posyandu")
    assert number not in await dinkes.listed("leader", "&untold=true")


async def test_ll_01_who_complains_and_who_answers_the_survey_are_one_record(
    dinkes: Practice,
) -> None:
    bapak = dinkes.citizen()
    number = await bapak.complains("bidan tidak ada di tempat")
    await dinkes.solve_by("technician", number, "Jadwal piket diperbaiki")
    await bapak.reads()
    await bapak.reads()
    await bapak.says("NILAI 3 3 3 3 3")
    rows = await dinkes.hall.rows(
        "SELECT t.address_id, s.address_id, a.value FROM surveys s "
        "JOIN tickets t ON t.id = s.ticket_id JOIN addresses a ON a.id = s.address_id "
        "WHERE t.number = ?", number,
    )  # fmt: skip
    assert [tuple(row)[2] for row in rows] == [bapak.number]
    assert rows[0][0] == rows[0][1]
    assert (await dinkes["admin"].get("/staff")).status == 200
    for who in ("leader", "care"):
        assert (await dinkes[who].get("/staff")).status == 403


async def test_ll_04_a_slip_in_the_digits_brings_the_question_again(dinkes: Practice) -> None:
    ibu = dinkes.citizen()
    number = await ibu.complains("timbangan bayi tidak pas")
    await dinkes.solve_by("technician", number, "Timbangan ditera ulang")
    await ibu.reads()
    await ibu.reads()
    assert (await ibu.says("NILAI 4 4 4 4")).startswith("Nilai 1-5 (1 sangat tidak baik")
    assert (await ibu.says("4 4 4 9 4")).startswith("Mohon balas 5 angka")
    assert (await ibu.says(f"nilai {number.lower()} 4,4,5,4,4")).startswith("Terima kasih")
    kept = await dinkes.hall.rows(
        "SELECT a.score FROM survey_answers a JOIN tickets t ON t.id = a.ticket_id "
        "WHERE t.number = ? ORDER BY a.item", number,
    )  # fmt: skip
    assert [row[0] for row in kept] == [4, 4, 5, 4, 4]


async def test_ll_04_each_solved_ticket_is_rated_by_nilai_alone(dinkes: Practice) -> None:
    ibu = dinkes.citizen()
    early = await ibu.complains("lantai licin di depan lab")
    assert (await ibu.says("NILAI 4 4 4 4 4")).startswith(f"Tiket {early}: Diterima")
    assert f"{early}: Dibatalkan" in await ibu.says(f"BATAL {early}")
    await dinkes.later(hours=2)
    first, second = await ibu.complains("AC ruang bayi mati"), await ibu.complains("WC mampet")
    for number in (first, second):
        await dinkes.solve_by("technician", number, "Sudah diperbaiki")
        await ibu.reads()
        await ibu.reads()
    for number in (second, first):
        thanks = await ibu.says("NILAI 4 4 4 4 4")
        assert thanks.startswith(f"Terima kasih, nilai Anda untuk tiket {number}")
    await dinkes.later(hours=2)
    assert "satu penilaian untuk satu tiket" in await ibu.says("NILAI")


async def test_ll_12_ll_13_refused_objected_and_heard_by_somebody_else(dinkes: Practice) -> None:
    warga = dinkes.citizen()
    number = await warga.complains("mohon tertibkan pedagang di depan puskesmas")
    await dinkes.does("care", number, "review")
    bare = await dinkes.tries("care", number, "reject", code="outside_authority", text=" ")
    assert (bare.status, bare.json["field"]) == (422, "text")
    wrong = await dinkes.tries("care", number, "reject", code="malas", text="Bukan kami")
    assert (wrong.status, wrong.json["field"]) == (422, "code")
    await dinkes.does(
        "care", number, "reject", code="outside_authority", text="Kewenangan Satpol PP"
    )
    told = await warga.reads()
    assert "tidak dapat diproses: Kewenangan Satpol PP (ketentuan" in told
    assert f"KEBERATAN {number}" in told
    objected = await warga.says(f"KEBERATAN {number} pedagang menutup pintu UGD")
    assert "dibaca petugas lain" in objected
    own = await dinkes.tries("care", number, "decide-objection", accept=False, reason="tetap")
    assert own.status in (403, 409), "not by who rejected it"
    await dinkes.does("leader", number, "decide-objection", accept=True, reason="UGD terhalang")
    assert "diterima, tiket ditelaah kembali" in await warga.reads()
    assert (await dinkes.ticket(number))["status"] == "under_review"
    again = await warga.says(f"KEBERATAN {number} sekali lagi")
    assert "Ditelaah" in again, "once"


async def test_ll_14_what_violates_nothing_goes_on_to_leadership(dinkes: Practice) -> None:
    number = await dinkes.citizen().complains("obat darah tinggi habis dua minggu")
    await dinkes.does("care", number, "review", note="tidak melanggar")
    to = {"unit_id": 2, "instruction": "Minta tambahan stok"}
    found = await dinkes.does("leader", number, "dispose", **to)
    assert (found["status"], found["unit_id"]) == ("assigned", 2)
    assert (await dinkes.kinds(number)) == ["TicketOpened", "ReviewBegun", "Disposed"]
    assert (await dinkes.tries("head", number, "dispose", **to)).status == 403


async def test_ll_27_who_has_acted_is_only_disabled_and_stays_in_the_history(
    dinkes: Practice,
) -> None:
    left = await dinkes.hires("bambang", Role.TECHNICIAN)
    bapak = dinkes.citizen()
    number = await bapak.complains("ambulans tidak datang")
    await dinkes.solve_by("bambang", number, "Sopir pengganti ditunjuk")
    found = await dinkes["admin"].get(f"/staff/{left}")
    said = await dinkes["admin"].post(f"/staff/{left}/disable", If_Match=found.etag)
    assert said.status == 200
    assert (await dinkes["admin"].call("DELETE", f"/staff/{left}")).status in (404, 405)
    assert (await dinkes["bambang"].get("/me")).status == 401
    assert (await dinkes.ticket(number))["assignee_name"] == "Bambang"
    assert (await dinkes.history(number))[-1]["actor"] == f"staff:{left}"
    everybody = (await dinkes["admin"].get("/staff?disabled=true")).json["items"]
    assert "Bambang" in [one["name"] for one in everybody]
    working = (await dinkes["admin"].get("/staff")).json["items"]
    assert "Bambang" not in [one["name"] for one in working]


async def test_ll_43_the_slow_handling_of_the_publication_is_waiting_time(
    dinkes: Practice,
) -> None:
    text = "lambatnya proses pengurusan sarana dan prasarana"
    number = await dinkes.citizen().complains(text)
    found = await dinkes.ticket(number)
    assert (found["category"], found["description"]) == ("waiting_time", text)


# --- the words that citizens read ---------------------------------------------------------------

THANKFUL = ("ack", "out_of_hours", "survey", "survey_thanks_sms", "feedback_thanks_sms")
SORRY = (
    *("breach_sms", "escalated", "pending", "pending_sms", "pending_hardware"),
    *("back_to_work", "back_to_work_sms"),
)
BLAME = (
    *(
        "salah anda",
        "kesalahan anda",
        "anda salah",
        "anda keliru",
        "anda lalai",
        "seharusnya anda",
    ),
    *("anda harus", "anda wajib", "anda tidak boleh", "dilarang"),
)


def test_ll_44_thanks_first_excuses_for_delay_and_no_blame() -> None:
    for key in THANKFUL:
        assert DEFAULTS[key].startswith("Terima kasih"), key
    for key in SORRY:
        assert "mohon maaf" in DEFAULTS[key].lower(), key
    for key, text in DEFAULTS.items():
        assert not any(word in text.lower() for word in BLAME), key


def test_ll_30_the_scale_is_told_in_words() -> None:
    words = "1 sangat tidak baik, 2 tidak baik, 3 cukup baik, 4 baik, 5 sangat baik"
    assert words in DEFAULTS["survey"]
    assert "Nilai 1-5 (1 sangat tidak baik, 5 sangat baik)" in DEFAULTS["survey_sms"]
