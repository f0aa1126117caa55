"""The page of a ticket: for whoever holds its code, and for nobody else (rows 10, 62, 63; S7)."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from core.errors import StoreUnavailable
from core.model.numbers import TicketNumber
from tests.gateway.citizen_kit import Citizen, Hall, Page, hall
from tests.gateway.gateway_kit import CITIZEN, PUBLIC, message, sign

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

MINUTE = timedelta(minutes=1)
WRONG = "7KQ2-M9XT-0D4H"


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder = tmp_path_factory.mktemp("tiket")
    wide = {"forms_per_minute": 10**6, "guesses_per_minute": 10**6, "codes_per_day": 10**6}
    async with hall(folder, wide) as found:
        yield found


@pytest.fixture
async def someone(office: Hall) -> AsyncIterator[Citizen]:
    async with office.stranger() as citizen:
        yield citizen


async def by_sms(office: Hall, text: str = "HELPDESK lampu mati", sender: str = CITIZEN) -> str:
    """The number of a ticket that came by SMS."""
    known = {row.number for row in await office.tickets()}
    fields = message(text, From=sender)
    public = "http://127.0.0.1:8080/hooks/sms"
    head = {"X-Twilio-Signature": sign(public, fields.items())}
    async with office.http.post(office.base + "/hooks/sms", data=fields, headers=head) as answer:
        assert answer.status == 200, PUBLIC
    return next(row.number for row in await office.tickets() if row.number not in known)


async def sent_code(office: Hall, number: str) -> str:
    """The code that the last message about this ticket brought."""
    await office.errands()
    texts = [row[3] for row in await office.outbox("code") if number in row[3]]
    return re.findall(r": ([0-9A-Z]{4}-[0-9A-Z]{4})\.", texts[-1])[0] if texts else ""


async def test_dk_07_the_code_of_the_form_opens_it_in_any_browser(office: Hall) -> None:
    async with office.stranger() as sender, office.stranger() as other:
        taken = await sender.send("Lampu padam di gang", place="Jl. Mawar", name="Sari Dewi")
        page = await other.get(f"/t/{taken.number}")
        assert 'name="code"' in page.html
        assert "Lampu" not in page.html
        typed = taken.code.lower().replace("-", " ")
        page = await other.post(f"/t/{taken.number}", {"code": typed})
        assert page.status == 200
        assert "Laporan diterima dan diberi nomor" in page.html
        assert page.html.count("<time") == 5
        assert "Lampu padam di gang" in page.html
        for hidden in ("Mawar", "Sari Dewi"):
            assert hidden not in page.html
        assert (await other.get(f"/t/{taken.number}?lang=en")).html.count("Report received") == 1


async def test_one_ticket_opens_no_other(office: Hall, someone: Citizen) -> None:
    first, second = await someone.send("Satu"), await someone.send("Dua")
    async with office.stranger() as other:
        assert (await other.post(f"/t/{first.number}", {"code": second.code})).status == 403
        await other.post(f"/t/{first.number}", {"code": first.code})
        assert 'name="code"' in (await other.get(f"/t/{second.number}")).html
        jar = other.http.cookie_jar.filter_cookies(URL(f"{other.base}/t/{first.number}"))
        stolen = {"Cookie": f"tiket={jar['tiket'].value}"}
    async with office.stranger(cookies=False) as thief:
        assert 'name="code"' in (await thief.get(f"/t/{second.number}", **stolen)).html
        assert "Laporan diterima dan" in (await thief.get(f"/t/{first.number}", **stolen)).html


async def test_a_visit_ends_after_an_hour_and_by_leaving(tmp_path: Path) -> None:
    async with hall(tmp_path) as office:
        someone = office.someone
        number = (await someone.send()).number
        shown = "Laporan diterima dan"
        office.clock.ahead = 59 * MINUTE
        assert shown in (await someone.get(f"/t/{number}")).html
        office.clock.ahead = 61 * MINUTE
        assert shown not in (await someone.get(f"/t/{number}")).html
        office.clock.ahead = timedelta()
        assert shown in (await someone.get(f"/t/{number}")).html
        assert shown not in (await someone.post(f"/t/{number}/keluar", {})).html
        assert shown not in (await someone.get(f"/t/{number}")).html


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        "..",
        "HD26-000001-9.99999999999999.",
        "HD26-000001-9.99999999999999.AAAA",
        "x" * 900,
    ],
)
async def test_a_forged_visit_is_none(office: Hall, cookie: str) -> None:
    async with office.stranger() as sender:
        number = (await sender.send()).number
    async with office.stranger(cookies=False) as thief:
        forged = cookie.replace("HD26-000001-9", number)
        page = await thief.get(f"/t/{number}", Cookie=f'tiket="{forged}"')
        assert 'name="code"' in page.html


async def test_numbers_are_read_leniently_and_slips_are_told(someone: Citizen) -> None:
    number = (await someone.send()).number
    lenient = number.lower().replace("-", " ").replace("0", "o")
    assert number in (await someone.get(f"/t/{lenient}")).html
    assert number in (await someone.get(f"/t?number={lenient}")).html
    slip = number[:-1] + str((int(number[-1]) + 1) % 10)
    for path in (f"/t/{slip}", f"/t?number={slip}", "/t/x", "/t/%00", "/t?number=" + "9" * 900):
        page = await someone.get(path)
        assert page.status == 404
        assert "tidak terbaca" in page.alert


def shape(page: Page, number: str) -> tuple[Any, ...]:
    """Everything of an answer that a guesser sees, but for the number he named himself."""
    headers = {k: v for k, v in page.headers.items() if k != "Date"}
    return page.status, page.html.replace(number, "#"), headers


async def test_wrong_code_no_code_and_no_ticket_look_the_same(office: Hall) -> None:
    async with office.stranger() as sender:
        with_code = (await sender.send()).number
    without = await by_sms(office)
    nowhere = str(TicketNumber("HD", 26, 999_999))
    seen = set()
    async with office.stranger(cookies=False) as guesser:
        for number in (with_code, without, nowhere):
            for path, fields in (
                ("", {"code": WRONG}),
                ("", {"code": ""}),
                ("", {}),
                ("/kode", {}),
            ):
                page = await guesser.post(f"/t/{number}{path}", fields)
                seen.add((path, str(shape(page, number))))
            seen.add(("get", str(shape(await guesser.get(f"/t/{number}"), number))))
    await office.errands()
    assert len(seen) == 3, "one answer for each question, whatever the number"


async def test_hits_and_misses_take_the_same_time(office: Hall) -> None:
    """Medians of processor time less than 10 ms apart (row 63, S7)."""
    async with office.stranger() as sender:
        hit = (await sender.send()).number
    miss = str(TicketNumber("HD", 26, 999_998))
    times: dict[str, list[float]] = {hit: [], miss: []}
    async with office.stranger(cookies=False) as guesser:
        for _ in range(100):
            for number, taken in times.items():
                began = time.process_time()
                await guesser.post(f"/t/{number}", {"code": WRONG})
                taken.append(time.process_time() - began)
    medians = [statistics.median(taken) for taken in times.values()]
    assert abs(medians[0] - medians[1]) < 0.010


async def test_many_guesses_from_many_addresses_open_nothing_and_lock_nobody_out(
    tmp_path: Path,
) -> None:
    """A scaled S7: real numbers among them, every address at its limit; then the right code."""
    rules = {"guesses_per_address": 10, "guesses_per_minute": 150, "forms_per_minute": 10**6}
    async with hall(tmp_path, rules) as office:
        tickets = [await office.someone.send(f"Laporan {n}") for n in range(3)]
        statuses: dict[int, int] = {}
        async with office.stranger(cookies=False) as guesser:
            for n in range(600):
                number = tickets[n % 3].number if n % 2 else str(TicketNumber("HD", 26, n + 1))
                head = {"Origin": office.base, "X-Forwarded-For": f"203.0.113.{n % 50}"}
                page = await guesser.post(
                    f"/t/{number}", {"code": f"{n:012d}"}, head, follow=False
                )
                statuses[page.status] = statuses.get(page.status, 0) + 1
        assert set(statuses) == {403, 429}
        assert statuses[403] <= 150
        async with office.stranger(cookies=False) as citizen:
            right = {"code": tickets[0].code}
            page = await citizen.post(f"/t/{tickets[0].number}", right, follow=False)
            assert page.status == 303
            head = {"Origin": office.base, "X-Forwarded-For": "203.0.113.7"}
            page = await citizen.post(f"/t/{tickets[0].number}", right, head, follow=False)
            assert page.status == 429, "an address at its limit waits, whatever it brings"
            office.clock.ahead = 11 * MINUTE
            page = await citizen.post(f"/t/{tickets[0].number}", right, head, follow=False)
            assert page.status == 303


async def test_dk_07_a_ticket_by_sms_gets_its_code_by_sms(office: Hall, someone: Citizen) -> None:
    number = await by_sms(office, "HELPDESK pompa air rusak", "+6281200000101")
    page = await someone.post(f"/t/{number}/kode", {})
    assert "kode tiba" in page.html
    code = await sent_code(office, number)
    await office.quiet()
    assert [text for text in office.texts() if code in text]
    page = await someone.post(f"/t/{number}", {"code": code})
    assert "Laporan diterima dan diberi nomor" in page.html
    async with office.stranger() as other:
        assert (await other.post(f"/t/{number}", {"code": WRONG[:9]})).status == 403


async def test_a_sent_code_lives_for_minutes_and_one_lives_at_a_time(tmp_path: Path) -> None:
    async with hall(tmp_path, {"codes_per_day": 5}) as office:
        someone = office.someone
        number = await by_sms(office)
        codes = []
        for minutes in (0, 14, 16, 32, 48, 64):
            office.clock.ahead = minutes * MINUTE
            await someone.post(f"/t/{number}/kode", {})
            codes.append(await sent_code(office, number))
        assert codes[0] == codes[1] != codes[2]
        sent = len(await office.outbox("code"))
        assert sent == 2, "asked for three times a day at most, one of them while one lived"
        assert (await someone.post(f"/t/{number}", {"code": codes[0]})).status == 403
        office.clock.ahead = 24 * 60 * MINUTE + MINUTE
        await someone.post(f"/t/{number}/kode", {})
        assert await sent_code(office, number) not in codes
        await someone.post(f"/t/{number}", {"code": await sent_code(office, number)})


async def test_guesses_at_a_sent_code_make_it_wait_and_asking_anew_helps(tmp_path: Path) -> None:
    async with hall(tmp_path) as office:
        number = await by_sms(office)
        async with office.stranger(cookies=False) as someone:
            await someone.post(f"/t/{number}/kode", {})
            code = await sent_code(office, number)
            for n in range(5):
                await someone.post(f"/t/{number}", {"code": f"{n:08d}"})
                await office.errands()
            assert (await someone.post(f"/t/{number}", {"code": code}, follow=False)).status == 403
            await office.errands()
            office.clock.ahead = 5 * MINUTE
            page = await someone.post(f"/t/{number}", {"code": code}, follow=False)
            assert page.status == 303


async def test_codes_cost_no_more_than_the_office_allows(tmp_path: Path) -> None:
    async with hall(tmp_path, {"codes_per_day": 2}) as office:
        numbers = [
            await by_sms(office, f"HELPDESK {n}{n}", f"+62812000002{n:02d}") for n in range(4)
        ]
        for number in numbers:
            await office.someone.post(f"/t/{number}/kode", {})
        await office.errands()
        assert len(await office.outbox("code")) == 2


async def test_no_code_goes_where_nobody_asked_or_can_be_reached(office: Hall) -> None:
    async with office.stranger() as someone:
        of_form = (await someone.send(phone="081234567890")).number
        label = await by_sms(office, "HELPDESK laporan dari mesin", "INFO-BANK")
        before = len(await office.outbox("code"))
        for number in (of_form, label, str(TicketNumber("HD", 26, 999_997))):
            assert (await someone.post(f"/t/{number}/kode", {})).status == 200
        await office.errands()
        assert len(await office.outbox("code")) == before


async def test_notes_and_actors_of_staff_stay_inside(office: Hall, someone: Citizen) -> None:
    taken = await someone.send()
    (row,) = [row for row in await office.tickets() if row.number == taken.number]
    async with office.store._engines.writing.begin() as connection:
        for seq, (kind, data) in enumerate(
            [
                ("NoteAdded", '{"text":"catatan dalam"}'),
                ("Assigned", '{"to":"Pak Budi"}'),
                (
                    "StatusChanged",
                    '{"from":"received","to":"in_progress","reason":"alasan dalam"}',
                ),
                ("StatusChanged", "rusak"),
            ],
            start=2,
        ):
            await connection.exec_driver_sql(
                "INSERT INTO events (ticket_id, seq, kind, at, actor, data, previous, hash) "
                "VALUES (?, ?, ?, '2026-07-14 03:00:00.000000', 'staff:1', ?, '', ?)",
                (row.id, seq, kind, data, f"h{seq}"),
            )
    page = await someone.get(f"/t/{taken.number}")
    assert "Status berubah: Dikerjakan" in page.html
    for hidden in ("catatan dalam", "Budi", "alasan dalam", "staff", "Note", "rusak"):
        assert hidden not in page.html


async def test_while_the_store_is_away_the_page_says_so(
    office: Hall, someone: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    number = (await someone.send()).number
    proofs = office.store.proofs
    for name in ("code", "claim", "conversation"):
        monkeypatch.setattr(proofs, name, away)
    for page in (
        await someone.get(f"/t/{number}"),
        await someone.post(f"/t/{number}", {"code": WRONG}),
        await someone.get(f"/t/{number}/konfirmasi?t=x"),
        await someone.post(f"/t/{number}/konfirmasi", {"t": "x"}),
    ):
        assert page.status == 503
        assert page.headers["Retry-After"]
