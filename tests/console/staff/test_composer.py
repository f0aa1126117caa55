"""The composer without script: drafts, taking back, colleagues, remarks, sending again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.console.staff.kit import OURS, Browser, Page, at_the_console
from tests.gateway.api.kit import ApiOffice, api_office
from tests.gateway.gateway_kit import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SCRIPT = {"HX-Request": "true"}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """As elsewhere, but answers wait as long as they may."""
    folder = tmp_path_factory.mktemp("composer")
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    work = {"undo_seconds": 60, "sms_rupiah": 350}
    async with api_office(folder, api=many, work=work) as made:
        yield made


async def looked_at(house: ApiOffice, who: Browser) -> tuple[str, Page]:
    path = f"/console/tiket/{await house.ticket()}"
    return path, await who.get(path)


def typed(page: Page, name: str = "jawaban") -> str:
    found = re.search(rf'<textarea id="{name}"[^>]*>([^<]*)', page.text)
    return found[1] if found else ""


def letter(page: Page, what: str) -> str:
    found = re.search(rf'action="(/console/tiket/[^/"]+/{what}/\d+)"', page.text)
    assert found, page.words
    return found[1]


# --- drafts --------------------------------------------------------------------------------------


async def test_a_draft_waits_for_its_writer_and_nobody_else(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, page = await looked_at(house, operator)
    draft = {"text": "Teknisi kami <b>dat", "kind": "answer"}
    kept = await operator.send(f"{path}/konsep", page, draft)
    assert (kept.status, kept.headers["Location"][-6:]) == (303, "#tulis")
    await operator.send(f"{path}/konsep", page, {"text": "rahasia", "kind": "note"})
    again = await operator.get(path)
    assert typed(again) == "Teknisi kami &lt;b&gt;dat"
    assert typed(again, "catatan") == "rahasia"
    other = await care.get(path)
    assert (typed(other), typed(other, "catatan")) == ("", "")
    assert "sedang menulis jawaban" in other.words
    number = path.rsplit("/", 1)[1]
    assert "konsep" in (await operator.get(f"/console/kotak/semua?nomor={number}")).words
    assert "konsep" not in (await care.get(f"/console/kotak/semua?nomor={number}")).words


async def test_sent_the_draft_is_gone(house: ApiOffice, operator: Browser) -> None:
    path, page = await looked_at(house, operator)
    await operator.send(f"{path}/konsep", page, {"text": "Teknisi", "kind": "answer"})
    await operator.send(f"{path}/answer", page, {"text": "Teknisi kami berangkat pukul 10.00."})
    assert typed(await operator.get(path)) == ""


async def test_a_draft_is_no_event_and_makes_no_version_stale(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, page = await looked_at(house, operator)
    await care.send(f"{path}/konsep", await care.get(path), {"text": "x", "kind": "answer"})
    assert (await operator.send(f"{path}/note", page, {"text": "dicatat"})).status == 303


async def test_while_typing_length_price_and_remarks_are_told(
    house: ApiOffice, operator: Browser
) -> None:
    path, page = await looked_at(house, operator)
    wrote = {"text": "Masih kami proses, mungkin. " * 8 + "🙏", "kind": "answer"}
    told = await operator.send(f"{path}/konsep", page, wrote, **SCRIPT)
    assert told.status == 200
    assert "<html" not in told.text
    for words in ("4 SMS", "Rp 1.400", "70 huruf", "mungkin", "sebabnya dan kapan", "tersimpan"):
        assert words in told.words, words
    note = await operator.send(
        f"{path}/konsep", page, {"text": "mungkin", "kind": "note"}, **SCRIPT
    )
    assert "SMS" not in note.words


async def test_what_cannot_be_kept_says_so(house: ApiOffice, operator: Browser) -> None:
    path, page = await looked_at(house, operator)
    told = await operator.send(
        f"{path}/konsep", page, {"text": "a\x00b", "kind": "note"}, **SCRIPT
    )
    assert "tidak dapat disimpan" in told.words
    assert "tersimpan" not in told.words
    odd = await operator.send(f"{path}/konsep", page, {"text": "x", "kind": "surat"})
    assert odd.status == 404


async def test_whoever_may_not_answer_keeps_no_draft(house: ApiOffice) -> None:
    path = f"/console/tiket/{await house.ticket()}"
    leader = await at_the_console(house, "leader")
    page = await leader.get(path)
    told = await leader.send(f"{path}/konsep", page, {"text": "x", "kind": "answer"}, **SCRIPT)
    assert "tidak berwenang" in told.words
    technician = await at_the_console(house, "technician")
    home = await technician.get("/console/akun")
    form = {"text": "x", "kind": "answer"}
    assert (await technician.send(f"{path}/konsep", home, form)).status == 404
    assert (await technician.get(f"{path}/rekan")).status == 404


async def test_what_was_typed_survives_the_end_of_a_session(house: ApiOffice) -> None:
    path = f"/console/tiket/{await house.ticket()}/answer"
    gone = await Browser(house.hall).post(path, {"text": "Panjang sekali", "csrf": "x"}, **OURS)
    assert gone.status == 401
    assert "Panjang sekali" in gone.words
    assert "Sesi Anda berakhir" in gone.words


# --- taking back ---------------------------------------------------------------------------------


async def test_an_answer_is_taken_back_with_its_text(house: ApiOffice, operator: Browser) -> None:
    path, page = await looked_at(house, operator)
    await operator.send(f"{path}/answer", page, {"text": "Salah tiket, pukul 10.00."})
    sent = await operator.get(path)
    assert "berangkat sebentar lagi" in sent.words
    assert "Petugas operator" in sent.words  # who wrote it
    back = await operator.send(letter(sent, "tarik"), sent, {})
    assert back.status == 303
    again = await operator.get(path)
    assert typed(again) == "Salah tiket, pukul 10.00."
    assert "Ditarik sebelum terkirim" in again.words
    assert "Jawaban ditarik" in again.words
    assert not any("Salah tiket" in one for one in house.hall.texts())
    twice = await operator.send(letter(sent, "tarik"), again, {})
    assert twice.status == 409
    assert "sudah ditarik" in twice.words


async def test_nobody_takes_back_what_another_wrote(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, page = await looked_at(house, operator)
    await operator.send(f"{path}/answer", page, {"text": "Kami datang pukul 10.00."})
    place = letter(await operator.get(path), "tarik")
    seen = await care.get(path)
    assert "/tarik/" not in seen.text
    assert (await care.send(place, seen, {})).status == 409
    leader = await at_the_console(house, "leader")
    assert (await leader.send(place, await leader.get(path), {})).status == 403
    assert (await operator.send(f"{path}/tarik/0x1", page, {})).status == 404


# --- before sending ------------------------------------------------------------------------------


async def test_a_bare_status_answer_is_asked_about_once(
    house: ApiOffice, operator: Browser
) -> None:
    path, page = await looked_at(house, operator)
    bare = {"text": "Masih kami proses, mungkin."}
    asked = await operator.send(f"{path}/answer", page, bare)
    assert asked.status == 409
    assert "belum menyebut sebabnya dan kapan kabar berikutnya" in asked.words
    assert typed(asked) == bare["text"]
    assert 'name="bare"' in asked.text
    assert 'name="guesses"' in asked.text
    still = await operator.send(f"{path}/answer", asked, bare | {"bare": "1"})
    assert (still.status, "kata dugaan" in still.words) == (409, True)
    sent = await operator.send(f"{path}/answer", still, bare | {"bare": "1", "guesses": "1"})
    assert sent.status == 303


async def test_a_colleague_who_answered_meanwhile_is_told_before_sending(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, page = await looked_at(house, operator)
    seq = re.search(r"rekan\?sejak=(\d+)", page.text)
    assert seq
    await care.send(f"{path}/answer", await care.get(path), {"text": "Kami datang pukul 9.00."})
    told = await operator.get(f"{path}/rekan?sejak={seq[1]}", **SCRIPT)
    assert "Petugas care sudah menjawab" in told.words
    late = await operator.send(f"{path}/answer", page, {"text": "Kami datang pukul 14.00."})
    assert late.status == 409
    assert typed(late) == "Kami datang pukul 14.00."
    assert "Petugas menjawab" in late.words  # what changed


async def test_colleagues_who_look_are_seen_in_ticket_and_list(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, _ = await looked_at(house, operator)
    assert "Petugas operator juga melihat" in (await care.get(path)).words
    assert "juga melihat" in (await operator.get(f"{path}/rekan?sejak=x")).words
    number = path.rsplit("/", 1)[1]
    listed = await care.get(f"/console/kotak/semua?nomor={number}")
    assert "dilihat Petugas operator" in listed.words


# --- once more -----------------------------------------------------------------------------------


async def arrived(house: ApiOffice, number: str) -> bool:
    """Whether the acknowledgement has arrived; answers of other tests may wait on."""
    states = await house.hall.rows(
        "SELECT o.delivery FROM outbox o JOIN tickets t ON t.id = o.ticket_id WHERE t.number = ?",
        number,
    )
    return "delivered" in [row[0] for row in states]


async def test_a_failed_message_shows_why_and_is_sent_again(
    house: ApiOffice, operator: Browser
) -> None:
    number = await house.ticket()
    await until(lambda: arrived(house, number))
    async with house.hall.store._engines.writing.begin() as connection:
        await connection.execute(
            text(
                "UPDATE outbox SET delivery = 'failed', reason = 'Nomor tidak aktif'"
                " WHERE ticket_id = (SELECT id FROM tickets WHERE number = :number)"
            ),
            {"number": number},
        )
    path = f"/console/tiket/{number}"
    page = await operator.get(path)
    assert "Gagal sampai: Nomor tidak aktif" in page.words
    before = len(house.hall.texts())
    assert (await operator.send(letter(page, "kirim-lagi"), page, {})).status == 303
    await until(lambda: len(house.hall.texts()) > before)
    await until(lambda: arrived(house, number))
    again = await operator.get(path)
    assert "/kirim-lagi/" not in again.text
    assert "dikirim lagi" in again.words
    refused = await operator.send(letter(page, "kirim-lagi"), again, {})
    assert refused.status == 409


async def test_the_api_recalls_and_sends_again(house: ApiOffice) -> None:
    number = await house.ticket()
    await house.operator.act(number, "answer", {"text": "Besok pukul 9.00.", "recallable": True})
    thread = (await house.operator.get(f"/tickets/{number}/thread")).json["items"]
    held = next(one for one in thread if one["held_until"])
    place = f"/tickets/{number}/messages/{held['id']}"
    assert (await house.operator.post(f"{place}/send-again", {})).status == 409
    done = await house.operator.post(f"{place}/recall", {})
    assert done.status == 200
    assert (await house.operator.post(f"{place}/recall", {})).status == 409
    odd = f"/tickets/{number}/messages/x/recall"
    assert (await house.operator.post(odd, {})).status == 404
