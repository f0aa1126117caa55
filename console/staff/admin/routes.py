"""Where the pages of administration stand: one line each, with the right that it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from console.staff.admin.audits import AuditPages
from console.staff.admin.calendars import CalendarPages
from console.staff.admin.channels import ChannelPages
from console.staff.admin.erasure import erasure_routes
from console.staff.admin.holidays import HolidayPages
from console.staff.admin.hours import HoursPages
from console.staff.admin.overview import overview
from console.staff.admin.parked import QuarantinePages, UndeliveredPages
from console.staff.admin.people import PeoplePages
from console.staff.admin.policies import PolicyPages
from console.staff.admin.policy_form import PolicyForm
from console.staff.admin.regions import RegionPages
from console.staff.admin.respondents import respondent_routes
from console.staff.admin.sheet import HOME
from console.staff.admin.survey_items import survey_item_routes
from console.staff.admin.texts import TextPages
from console.staff.admin.tokens import TokenPages
from console.staff.admin.units import UnitPages
from core.model.staff import Right

if TYPE_CHECKING:
    from console.staff.guard import Guard

_ID: Final = r"{id:\d+}"


def admin_routes(guard: Guard) -> list[web.RouteDef]:
    """The routes of ``/console/admin``."""
    return [
        web.get(HOME, guard.page(overview)),
        web.get(f"{HOME}/", guard.page(overview)),
        *_people(guard, PeoplePages()),
        *_tokens(guard, TokenPages()),
        *_places(guard, UnitPages(), RegionPages()),
        *_calendars(guard, CalendarPages(), HolidayPages()),
        *_policies(guard, PolicyPages()),
        *_texts(guard, TextPages()),
        *_channels(guard, ChannelPages(), UndeliveredPages()),
        *_quarantine(guard, QuarantinePages()),
        *_audit(guard, AuditPages()),
        *respondent_routes(guard),
        *erasure_routes(guard),
        *survey_item_routes(guard),
    ]


def _people(guard: Guard, people: PeoplePages) -> list[web.RouteDef]:
    asked, one = Right.ADMIN_STAFF, f"{HOME}/petugas/{_ID}"
    return [
        web.get(f"{HOME}/petugas", guard.page(people.people, asked)),
        web.get(f"{HOME}/petugas/baru", guard.page(people.blank, asked)),
        web.post(f"{HOME}/petugas/baru", guard.page(people.add, asked)),
        web.get(one, guard.page(people.person, asked)),
        web.post(one, guard.page(people.change, asked)),
        web.post(f"{one}/nonaktif", guard.page(people.disable, asked)),
        web.post(f"{one}/aktif", guard.page(people.enable, asked)),
        web.post(f"{one}/undangan", guard.page(people.invite, asked)),
        web.post(f"{one}/kode", guard.page(people.reset, asked)),
        web.post(f"{one}/sesi", guard.page(people.end_sessions, asked)),
        web.post(f"{one}/sso", guard.page(people.unlink, asked)),
        web.get(f"{HOME}/peran", guard.page(people.roles, asked)),
    ]


def _tokens(guard: Guard, tokens: TokenPages) -> list[web.RouteDef]:
    asked, all_of_them = Right.ADMIN_STAFF, f"{HOME}/token"
    return [
        web.get(all_of_them, guard.page(tokens.tokens, asked)),
        web.post(all_of_them, guard.page(tokens.make, asked)),
        web.post(f"{all_of_them}/{_ID}/cabut", guard.page(tokens.revoke, asked)),
    ]


def _places(guard: Guard, units: UnitPages, regions: RegionPages) -> list[web.RouteDef]:
    asked, unit, region = Right.ADMIN_UNITS, f"{HOME}/unit/{_ID}", f"{HOME}/wilayah/{_ID}"
    return [
        web.get(f"{HOME}/unit", guard.page(units.units, asked)),
        web.get(f"{HOME}/unit/baru", guard.page(units.blank, asked)),
        web.post(f"{HOME}/unit/baru", guard.page(units.add, asked)),
        web.get(unit, guard.page(units.unit, asked)),
        web.post(unit, guard.page(units.change, asked)),
        web.post(f"{unit}/henti", guard.page(units.retire, asked)),
        web.post(f"{unit}/jam-libur", guard.page(units.confirm, asked)),
        web.get(f"{HOME}/wilayah", guard.page(regions.regions, asked)),
        web.post(f"{HOME}/wilayah", guard.page(regions.add, asked)),
        web.get(region, guard.page(regions.region, asked)),
        web.post(region, guard.page(regions.change, asked)),
    ]


def _calendars(
    guard: Guard, calendars: CalendarPages, holidays: HolidayPages
) -> list[web.RouteDef]:
    hours = HoursPages()
    asked, one = Right.ADMIN_CALENDARS, f"{HOME}/kalender/{{nama}}"
    return [
        web.get(f"{HOME}/kalender", guard.page(calendars.calendars, asked)),
        web.post(f"{HOME}/kalender", guard.page(calendars.begin, asked)),
        web.get(f"{HOME}/hari-libur", guard.page(holidays.lists, asked)),
        web.post(f"{HOME}/hari-libur", guard.page(holidays.preview, asked)),
        web.post(f"{HOME}/hari-libur/simpan", guard.page(holidays.keep, asked)),
        web.get(one, guard.page(calendars.year, asked)),
        web.get(f"{one}/dokumen", guard.page(calendars.document, asked)),
        web.post(f"{one}/dokumen", guard.page(calendars.put, asked)),
        web.get(f"{one}/dokumen.toml", guard.page(calendars.download, asked)),
        web.post(f"{one}/libur", guard.page(calendars.add_day, asked)),
        web.post(f"{one}/libur/hapus", guard.page(calendars.drop_day, asked)),
        web.get(f"{one}/jadwal", guard.page(hours.form, asked)),
        web.post(f"{one}/jadwal", guard.page(hours.save, asked)),
    ]


def _texts(guard: Guard, texts: TextPages) -> list[web.RouteDef]:
    asked, one = Right.ADMIN_TEXTS, f"{HOME}/teks/{{kunci}}"
    return [
        web.get(f"{HOME}/teks", guard.page(texts.texts, asked)),
        web.get(one, guard.page(texts.text, asked)),
        web.post(one, guard.page(texts.word, asked)),
        web.post(f"{one}/ukur", guard.page(texts.measure, asked)),
        web.post(f"{one}/tarik", guard.page(texts.withdraw, asked)),
    ]


def _channels(
    guard: Guard, channels: ChannelPages, undelivered: UndeliveredPages
) -> list[web.RouteDef]:
    asked, one = Right.ADMIN_CHANNELS, f"{HOME}/kanal/{{kanal}}"
    return [
        web.get(f"{HOME}/kanal", guard.page(channels.channels, asked)),
        web.get(one, guard.page(channels.channel, asked)),
        web.post(f"{one}/uji", guard.page(channels.trial, asked)),
        web.post(f"{one}/coba", guard.page(channels.try_now, asked)),
        web.get(f"{HOME}/tidak-terkirim", guard.page(undelivered.letters, asked)),
        web.post(f"{HOME}/tidak-terkirim", guard.page(undelivered.again, asked)),
    ]


def _quarantine(guard: Guard, quarantine: QuarantinePages) -> list[web.RouteDef]:
    asked, one = Right.ADMIN_CHANNELS, f"{HOME}/karantina/{_ID}"
    return [
        web.get(f"{HOME}/karantina", guard.page(quarantine.rows, asked)),
        web.get(one, guard.page(quarantine.row, asked)),
        web.get(f"{one}/muatan", guard.page(quarantine.download, asked)),
        web.post(f"{one}/baca", guard.page(quarantine.reread, asked)),
    ]


def _audit(guard: Guard, audit: AuditPages) -> list[web.RouteDef]:
    asked = Right.AUDIT
    return [
        web.get(f"{HOME}/audit", guard.page(audit.show, asked)),
        web.post(f"{HOME}/audit", guard.page(audit.begin, asked)),
        web.get(f"{HOME}/audit/kemajuan", guard.page(audit.progress, asked)),
        web.get(f"{HOME}/audit/jangkar", guard.page(audit.anchors, asked)),
    ]


def _policies(guard: Guard, policies: PolicyPages) -> list[web.RouteDef]:
    asked, whole, form = Right.ADMIN_POLICIES, f"{HOME}/janji", PolicyForm()
    return [
        web.get(whole, guard.page(policies.show, asked)),
        web.get(f"{whole}/ubah", guard.page(form.form, asked)),
        web.post(f"{whole}/ubah", guard.page(form.save, asked)),
        web.get(f"{whole}/dokumen", guard.page(policies.document, asked)),
        web.post(f"{whole}/dokumen", guard.page(policies.put, asked)),
        web.get(f"{whole}/dokumen.toml", guard.page(policies.download, asked)),
        web.get(f"{whole}/{_ID}", guard.page(policies.version, asked)),
    ]
