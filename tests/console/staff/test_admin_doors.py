"""Doors: health, a test message, quarantine read anew, dead messages sent again, the audit."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import Scope, SendFailure, SendProblem
from core.model.messages import ChannelId
from tests.console.staff.kit import at_the_console
from tests.gateway.gateway_kit import until

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

ADMIN = "/console/admin"
SMS = ChannelId("sms")
PHONE = "+6281255550001"


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


@pytest.mark.parametrize(
    "path", ["/kanal", "/kanal/sms", "/karantina", "/tidak-terkirim", "/audit", "/audit/jangkar"]
)
async def test_only_who_has_the_right(operator: Browser, admin: Browser, path: str) -> None:
    assert (await admin.get(ADMIN + path)).status == 200
    assert (await operator.get(ADMIN + path)).status == 403


async def test_who_may_not_does_nothing(operator: Browser) -> None:
    page = await operator.get("/console/akun")
    for path in ("/kanal/sms/uji", "/kanal/sms/coba", "/karantina/1/baca", "/tidak-terkirim"):
        assert (await operator.send(ADMIN + path, page, {"address": PHONE})).status == 403
    assert (await operator.send(f"{ADMIN}/audit", page, {})).status == 403


async def test_a_door_shows_what_went_through_it(house: ApiOffice, admin: Browser) -> None:
    await house.ticket()
    await house.hall.quiet()
    exchanges = house.hall.gateway.plan.exchanges
    assert exchanges is not None
    await exchanges.write()
    page = await admin.get(f"{ADMIN}/kanal/sms")
    assert "SMS lewat Twilio" in page.words
    assert re.search(r"Terakhir masuk \w{3} \d", page.words)
    assert re.search(r"Terakhir keluar \w{3} \d", page.words)
    assert "/hooks/sms" in page.words
    assert (await admin.get(f"{ADMIN}/kanal/entah")).status == 404


async def test_a_test_message_leaves(house: ApiOffice, admin: Browser) -> None:
    page = await admin.get(f"{ADMIN}/kanal/sms")
    done = await admin.send(f"{ADMIN}/kanal/sms/uji", page, {"address": "0812 5555 0001"})
    assert done.status == 303
    await house.hall.quiet()
    assert any("Pesan uji dari" in text for text in house.hall.texts())
    assert "Pesan uji dikirim" in (await admin.get(f"{ADMIN}/kanal/sms")).words
    for typed in ("", "bukan nomor", "a@b.example"):
        said = await admin.send(f"{ADMIN}/kanal/sms/uji", page, {"address": typed})
        assert said.status == 422
        assert "trial-address-salah" in said.text


async def test_a_pause_is_seen_and_ended(house: ApiOffice, admin: Browser) -> None:
    (dispatcher,) = (one for one in house.hall.gateway.dispatchers if one.channel == SMS)
    hour = timedelta(hours=1)
    words = "Kata kunci ditolak"
    wrong = SendProblem(SendFailure.PAUSE, words, "20003", Scope.CHANNEL, retry_after=hour)
    dispatcher.circuit.failed(wrong, house.hall.gateway.plan.clock.now())
    page = await admin.get(f"{ADMIN}/kanal/sms")
    assert "Kata kunci ditolak" in page.words
    assert "Kata kunci ditolak" in (await admin.get(ADMIN)).words  # wants attention
    assert (await admin.send(f"{ADMIN}/kanal/sms/coba", page, {})).status == 303
    assert "Kata kunci ditolak" not in (await admin.get(f"{ADMIN}/kanal/sms")).words
    dispatcher.circuit.succeeded()


async def test_quarantine_is_looked_at_fetched_and_read_anew(
    house: ApiOffice, admin: Browser
) -> None:
    raw = b"Body=HELPDESK+<b>pipa</b>+bocor+NIK+3510010101900001&From=%2B6281255550077"
    async with house.hall.store.desk() as desk:
        now = house.hall.gateway.plan.clock.now()
        row = await desk.quarantine.add(SMS, raw, "MessageSid is missing", now)
        await desk.commit()
    path = f"{ADMIN}/karantina/{row}"
    assert f"#{row}" in (await admin.get(f"{ADMIN}/karantina")).words
    page = await admin.get(path)
    assert "MessageSid is missing" in page.words
    assert "<b>pipa" not in page.text
    assert "3510010101900001" not in page.text
    fetched = await admin.get(f"{path}/muatan")
    assert fetched.text.encode() == raw
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    again = await admin.send(f"{path}/baca", page, {})
    assert "Masih tidak terbaca" in again.words
    assert "1 muatan tidak terbaca" in (await admin.get(ADMIN)).words
    assert (await admin.get(f"{ADMIN}/karantina/99999")).status == 404
    assert (await admin.get(f"{ADMIN}/karantina/99999/muatan")).status == 404
    assert "Isi karantina dibaca ulang" in (await admin.get(f"{ADMIN}/audit")).words


async def test_a_payload_that_is_understood_by_now_becomes_a_ticket(
    house: ApiOffice, admin: Browser
) -> None:
    raw = (
        b"MessageSid=SM0123456789abcdef0123456789abcdef&Body=HELPDESK+pipa+bocor"
        b"&From=%2B6281255550078&To=%2B6281100003636&NumMedia=0&AccountSid=AC" + b"a" * 32
    )
    async with house.hall.store.desk() as desk:
        now = house.hall.gateway.plan.clock.now()
        row = await desk.quarantine.add(SMS, raw, "kunci berubah", now)
        await desk.commit()
    path = f"{ADMIN}/karantina/{row}"
    done = await admin.send(f"{path}/baca", await admin.get(path), {})
    assert "sudah diterima" in done.words
    assert re.search(r"HD26-\d{6}-\d", done.words)
    assert f"#{row}" not in (await admin.get(f"{ADMIN}/karantina")).words
    assert f"#{row}" in (await admin.get(f"{ADMIN}/karantina?semua=1")).words


async def test_what_was_refused_is_sent_again(house: ApiOffice, admin: Browser) -> None:
    house.hall.provider.faults.refused[PHONE] = 21610
    page = await admin.get(f"{ADMIN}/kanal/sms")
    await admin.send(f"{ADMIN}/kanal/sms/uji", page, {"address": PHONE})
    await house.hall.quiet()
    listed = await admin.get(f"{ADMIN}/tidak-terkirim")
    assert "0812****0001" in listed.words
    assert PHONE not in listed.text
    (letter,) = re.findall(r'name="letter" value="(\d+)"', listed.text)
    assert "1 pesan tidak terkirim" in (await admin.get(ADMIN)).words
    house.hall.provider.faults.refused.clear()
    before = len(house.hall.texts())
    form = {"channel": "sms", "letter": letter}
    assert (await admin.send(f"{ADMIN}/tidak-terkirim", listed, form)).status == 303
    await until(lambda: len(house.hall.texts()) > before)
    await house.hall.quiet()
    assert "Semua pesan terkirim" in (await admin.get(f"{ADMIN}/tidak-terkirim")).words
    assert (await admin.send(f"{ADMIN}/tidak-terkirim", listed, form)).status == 409
    assert "Pesan dikirim ulang" in (await admin.get(f"{ADMIN}/audit")).words
    nothing = {"channel": "entah"}
    assert (await admin.send(f"{ADMIN}/tidak-terkirim", listed, nothing)).status == 409


# --- the audit -----------------------------------------------------------------------------------


async def test_the_check_runs_and_says_what_it_saw(house: ApiOffice, admin: Browser) -> None:
    await house.ticket()
    page = await admin.get(f"{ADMIN}/audit")
    assert "Belum diperiksa" in page.words or "Semua seperti" in page.words
    assert (await admin.send(f"{ADMIN}/audit", page, {"since": "bukan hari"})).status == 303

    async def ended() -> bool:
        part = await admin.get(f"{ADMIN}/audit/kemajuan")
        return "hx-trigger" not in part.text

    await until(ended)
    seen = await admin.get(f"{ADMIN}/audit")
    assert "Semua seperti ketika ditulis" in seen.words
    assert (await admin.send(f"{ADMIN}/audit", page, {"since": "2026-01-01"})).status == 303
    await until(ended)


async def test_leadership_reads_the_audit(house: ApiOffice) -> None:
    leader = await at_the_console(house, "leader")
    assert (await leader.get(f"{ADMIN}/audit")).status == 200
    for path in ("/petugas", "/kanal", "/teks", "/kalender", "/unit"):
        assert (await leader.get(ADMIN + path)).status == 403


async def test_events_of_the_house_page_by_page(house: ApiOffice, admin: Browser) -> None:
    page = await admin.get(f"{ADMIN}/kanal/sms")
    for _ in range(55):
        await admin.send(f"{ADMIN}/kanal/sms/uji", page, {"address": "081255550001"})
    await house.hall.quiet()
    seen: list[str] = []
    path = f"{ADMIN}/audit"
    while path:
        listed = await admin.get(path)
        seen += re.findall(r"Pesan uji dikirim", listed.text)
        older = re.search(r'href="(/console/admin/audit\?sebelum=[^"]+)"', listed.text)
        path = older[1] if older else ""
    held = await house.hall.rows("SELECT count(*) FROM admin_events WHERE kind = 'TestSent'")
    assert len(seen) == held[0][0]
    for place in ("x", "~~", "2026-01-01~staff:1~1", "2026-01-01T00:00:00+00:00~a~" + "9" * 30):
        assert (await admin.get(f"{ADMIN}/audit?sebelum={place}")).status == 200


async def test_anchors_are_a_file(admin: Browser) -> None:
    fetched = await admin.get(f"{ADMIN}/audit/jangkar")
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert all(json.loads(line)["digest"] for line in fetched.text.splitlines())
