"""Calendars and holidays in the store: checked, versioned, read anew by every process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from core.model.calendar import holiday_on, windows_on
from core.model.calendar_documents import CalendarDocument, good_name
from core.model.staff import Role, Staff
from core.model.work import Refusal, RefusalKind
from core.services.calendars import Almanac, put_calendar
from gateway.calendars import Calendars, check_document
from tests.contracts.house_kit import Office

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ADMIN = Staff(7, "ida", "Ida", frozenset({Role.ADMIN}))
CARE = Staff(8, "rina", "Rina", frozenset({Role.CUSTOMER_CARE}))
WIB = ZoneInfo("Asia/Jakarta")
MONDAY, TUESDAY = date(2028, 2, 14), date(2028, 2, 15)
PLAIN = 'zone = "Asia/Jakarta"\n[[weeks]]\nmonday = ["08.00-12.00"]\n'
RAMADAN = PLAIN + "[[weeks]]\nvalid = [{ from = 2028-02-14, until = 2028-02-20 }]\n"
RAMADAN += 'monday = ["09.00-10.00"]\n'
SKB = "Keputusan Bersama Nomor 1 Tahun 2027"
LIST = f'year = 2028\nreviewed = true\nversion = 1\nsource = "{SKB}"\n'
LIST += 'days = [\n  { date = 2028-02-14, type = "national", name = "Hari Uji" },\n]\n'


@dataclass
class Desk:
    """An administrator's desk over one store, and another process beside it."""

    office: Office
    almanac: Almanac

    async def puts(self, name: str, text: str, version: int = 0) -> CalendarDocument:
        made = await put_calendar(self.almanac, ADMIN, name, version, text)
        assert isinstance(made, CalendarDocument), made
        return made

    async def refused(self, name: str, text: str, version: int = 0, **more: Any) -> Refusal:
        by = more.get("by", ADMIN)
        made = await put_calendar(self.almanac, by, name, version, text)
        assert isinstance(made, Refusal), made
        return made

    def process(self, office: str = "pemerintah") -> Calendars:
        return Calendars(self.office.store.calendars, office, WIB)


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    office = Office(store)
    return Desk(office, Almanac(store.desk, office.clock, check_document))


async def test_a_document_comes_back_as_it_was_checked(desk: Desk) -> None:
    made = await desk.puts("apotek", PLAIN)
    assert (made.version, made.changed_by) == (1, "staff:7")
    assert await desk.office.store.calendars.documents() == [made]
    assert await desk.office.store.calendars.versions() == {"apotek": 1}
    assert await desk.office.kinds("calendar:apotek") == ["CalendarChanged"]
    assert await desk.puts("apotek", PLAIN, 1) == made


async def test_a_stale_writer_learns_what_changed(desk: Desk) -> None:
    await desk.puts("apotek", PLAIN)
    await desk.puts("apotek", RAMADAN, 1)
    stale = await desk.refused("apotek", PLAIN, 1)
    assert (stale.kind, stale.version, stale.expected) == (RefusalKind.STALE, 2, 1)
    assert [one.kind for one in stale.changes] == ["CalendarChanged"]
    assert (await desk.refused("baru", PLAIN, 3)).kind is RefusalKind.STALE


DOUBTS = [
    ("apotek", PLAIN.replace("12.00", "07.00"), "line 2"),
    ("apotek", PLAIN.replace("08.00-12.00", '08.00-12.00", "11.00-13.00'), "line 2"),
    ("apotek", PLAIN + "kunci = 1\n", "kunci"),
    ("apotek", "zone =", "TOML"),
    ("apotek", PLAIN.replace("Asia/Jakarta", "Asia/Bulan"), "line 1"),
    ("apotek", 'holidays = ["/etc/passwd"]\n' + PLAIN, "line 1"),
    ("apotek", "", "zone"),
    ("holidays-2028", LIST.replace("true", "false"), "draft"),
    ("holidays-2028", LIST.replace("2028-02-14", "2027-02-14"), "line 6"),
    ("holidays-2028", LIST.replace("national", "pasar"), "line 6"),
    ("holidays-2028", LIST.replace(f'source = "{SKB}"\n', ""), "source"),
]


@pytest.mark.parametrize(("name", "text", "told"), DOUBTS)
async def test_what_is_doubtful_is_refused_with_its_line(
    desk: Desk, name: str, text: str, told: str
) -> None:
    refusal = await desk.refused(name, text)
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, "document")
    assert told in refusal.sentence
    assert await desk.office.store.calendars.versions() == {}


async def test_names_lengths_and_rights(desk: Desk) -> None:
    assert (await desk.refused("../etc", PLAIN)).field == "name"
    assert (await desk.refused("apotek", "#" * 100_001)).field == "document"
    refusal = await desk.refused("apotek", PLAIN, by=CARE)
    assert refusal.kind is RefusalKind.NOT_ALLOWED
    assert [good_name(one) for one in ("a", "a-b", "-a", "a.b", "", "x" * 41)] == [
        *(True, True, False, False, False, False),
    ]


async def test_every_process_reads_anew_what_changed(desk: Desk) -> None:
    await desk.puts("apotek", PLAIN)
    one, two = desk.process(), desk.process()
    heard: list[str] = []
    one.on_change.append(lambda: heard.append("one"))
    assert await one.refresh()
    assert await two.refresh()
    assert not await one.refresh()
    before = one.of("apotek")
    assert one.of("apotek") is before
    assert windows_on(before, MONDAY) == ((480, 720),)
    await desk.puts("apotek", RAMADAN, 1)  # the evening before
    for process in (one, two):
        assert await process.refresh()
        assert windows_on(process.of("apotek"), MONDAY) == ((540, 600),)
    assert heard == ["one", "one"]


async def test_the_office_itself_can_be_changed(desk: Desk) -> None:
    process = desk.process()
    await process.refresh()
    assert windows_on(process.of(""), TUESDAY)
    await desk.puts("pemerintah", PLAIN)
    await process.refresh()
    assert windows_on(process.of(""), TUESDAY) == ()
    assert process.of("tidak ada") is process.of("")


async def test_a_unit_with_a_preset(desk: Desk) -> None:
    process = desk.process()
    hospital = process.of("rs24")
    assert windows_on(hospital, MONDAY) == ((0, 1440),)
    assert process.of("rs24") is hospital
    assert {"rs24", "pemerintah"} <= process.names()


async def test_a_list_of_holidays_closes_every_calendar(desk: Desk) -> None:
    await desk.puts("apotek", PLAIN)
    process = desk.process()
    await process.refresh()
    assert 2028 not in process.of("").loaded_years
    await desk.puts("holidays-2028", LIST)
    await process.refresh()
    for name in ("", "apotek", "pemerintah"):
        calendar = process.of(name)
        assert holiday_on(calendar, MONDAY)
        assert 2028 in calendar.loaded_years
    async with desk.office.store.desk() as unit:
        [event] = await unit.admin_history.history("calendar:holidays-2028")
    assert event.kind == "HolidaysLoaded"
    assert SKB in event.data
    assert event.at == datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
