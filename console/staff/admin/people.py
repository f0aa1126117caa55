"""Staff and roles: who works here, what they may do, and how they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.staff.admin.sheet import (
    chosen,
    failed_of,
    history_of,
    listed,
    number_of,
    options,
    saved,
    sheet,
    status_of,
    there,
)
from console.staff.admin.sheet import version_of as seen
from console.staff.admin.words import REACHES, RIGHTS
from console.staff.sign_on.shown import link_shown
from console.typed import whole
from console.wording import moment
from core.model.rights import COLUMNS, MATRIX
from core.model.staff import SECOND_FACTOR_ROLES, Reach, Right, Role
from core.model.work import Refusal
from core.services.passwords import invite
from core.services.second_factor import reset_second_factor
from core.services.sign_on import unlink_of
from core.services.staff import (
    StaffDraft,
    add_staff,
    change_staff,
    disable_staff,
    enable_staff,
)
from core.services.staff_entries import Standing, end_sessions_of, standing_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.staff import Staff
    from core.services.house import House
    from core.services.passwords import Invitation

PART: Final = "petugas"
_WIDEST: Final = (Reach.ALL, Reach.UNIT, Reach.REGION, Reach.OWN)


class PeoplePages:
    """Everybody who works here, one of them, somebody new."""

    # --- looking -------------------------------------------------------------------------------

    async def people(self, visit: Visit) -> web.StreamResponse:
        """By name; with ``semua`` also those who come in no more."""
        everybody = visit.request.query.get("semua") == "1"
        found = await visit.reception.store.staff.staff(disabled=everybody)
        units = {one.id: one.name for one in await _units(visit)}
        shown = [_line(visit, one, units) for one in found]
        values = {"people": shown, "everybody": everybody}
        return sheet(visit, PART, "people.html", values)

    async def blank(self, visit: Visit) -> web.StreamResponse:
        """The form for somebody new."""
        return await self._blank(visit, None)

    async def _blank(self, visit: Visit, why: Refusal | None) -> web.StreamResponse:
        values: dict[str, Any] = {"person": None, "choices": await _choices(visit)}
        if why is not None:
            values["failed"] = await failed_of(visit, "person", why)
        return sheet(visit, PART, "person.html", values, status_of(why) if why else 200)

    async def person(self, visit: Visit) -> web.StreamResponse:
        """One of them."""
        return await self._person(visit)

    async def _person(
        self,
        visit: Visit,
        why: Refusal | None = None,
        invitation: Invitation | None = None,
    ) -> web.StreamResponse:
        reception, staff_id = visit.reception, visit.identity()
        found = await reception.store.staff.one(staff_id)
        standing = await standing_of(reception.house, visit.staff, staff_id)
        values: dict[str, Any] = {
            "person": _held(visit, found),
            "choices": await _choices(visit, found),
            "standing": _standing(visit, standing) if isinstance(standing, Standing) else None,
            "links": _links(visit, standing) if isinstance(standing, Standing) else [],
            "sign_on": reception.sign_on.label if reception.sign_on else "",
            "history": await history_of(visit, found.mark),
            "invitation": _link(visit, invitation) if invitation else None,
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "person", there(why))
        return sheet(visit, PART, "person.html", values, status_of(why) if why else 200)

    async def roles(self, visit: Visit) -> web.StreamResponse:
        """What each role may do, as the table of core/model/rights.py says."""
        granted = {(one.role, one.right): one.reach for one in visit.reception.house.grants}
        lines = [
            {
                "words": visit.words(words),
                "cells": [
                    _cell(visit, role, right, granted.get((role, right))) for role in COLUMNS
                ],
            }
            for right, words in RIGHTS.items()
        ]
        columns = [
            {"words": visit.words(role.word), "factor": role in SECOND_FACTOR_ROLES}
            for role in COLUMNS
        ]
        return sheet(visit, "peran", "roles.html", {"lines": lines, "columns": columns})

    # --- doing ---------------------------------------------------------------------------------

    async def add(self, visit: Visit) -> web.StreamResponse:
        """Somebody new; the page that follows offers the invitation."""
        login = visit.form.get("login", "")[:200]
        added = await add_staff(_house(visit), visit.staff, login, _draft(visit.form))
        if isinstance(added, Refusal):
            return await self._blank(visit, added)
        return saved(visit, f"{PART}/{added.id}", "ditambahkan")

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Everything of a person but login and password."""
        who, draft = visit.identity(), _draft(visit.form)
        done = await change_staff(_house(visit), visit.staff, who, seen(visit), draft)
        return await self._done(visit, done, "tersimpan")

    async def disable(self, visit: Visit) -> web.StreamResponse:
        """They come in no more, at once."""
        done = await disable_staff(_house(visit), visit.staff, visit.identity(), seen(visit))
        return await self._done(visit, done, "nonaktif")

    async def enable(self, visit: Visit) -> web.StreamResponse:
        """They may come in again, after a new invitation."""
        done = await enable_staff(_house(visit), visit.staff, visit.identity(), seen(visit))
        return await self._done(visit, done, "aktif")

    async def invite(self, visit: Visit) -> web.StreamResponse:
        """A link to set a password; on this page, once, and nowhere else."""
        made = await invite(_house(visit), visit.staff, visit.identity())
        if isinstance(made, Refusal):
            return await self._person(visit, made)
        return await self._person(visit, invitation=made)

    async def reset(self, visit: Visit) -> web.StreamResponse:
        """Has somebody enrol a second factor anew."""
        done = await reset_second_factor(_house(visit), visit.staff, visit.identity())
        return await self._done(visit, done, "kode-diatur")

    async def unlink(self, visit: Visit) -> web.StreamResponse:
        """Takes off the account at the sign-on provider."""
        done = await unlink_of(_house(visit), visit.staff, visit.identity())
        return await self._done(visit, done, "tautan-dilepas")

    async def end_sessions(self, visit: Visit) -> web.StreamResponse:
        """Has somebody log in anew everywhere."""
        done = await end_sessions_of(_house(visit), visit.staff, visit.identity())
        return await self._done(visit, done, "sesi-diakhiri")

    async def _done(
        self, visit: Visit, done: Staff | Refusal | None, news: str
    ) -> web.StreamResponse:
        if isinstance(done, Refusal):
            return await self._person(visit, done)
        return saved(visit, f"{PART}/{visit.identity()}", news)


def _house(visit: Visit) -> House:
    return visit.reception.house


def _draft(form: Mapping[str, str]) -> StaffDraft:
    """As typed; what fits nothing becomes what the rules refuse with their own sentence."""
    capacity = whole(form.get("capacity", "").strip())
    known = {role.value for role in Role}
    return StaffDraft(
        name=form.get("name", "")[:400],
        roles=frozenset(Role(one) for one in chosen(form, "roles") if one in known),
        unit_id=number_of(form.get("unit_id", "")),
        regions=frozenset(number_of(one) or 0 for one in chosen(form, "regions")),
        skills=listed(form.get("skills", "")[:2_000]),
        capacity=-1 if capacity is None else capacity,
        email=form.get("email", "")[:300],
        phone=form.get("phone", "")[:100],
        telegram=form.get("telegram", "")[:100],
    )


def _line(visit: Visit, person: Staff, units: Mapping[int, str]) -> dict[str, Any]:
    present = person.present_until
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "roles": [visit.words(role.word) for role in sorted(person.roles)],
        "unit": units.get(person.unit_id or 0, ""),
        "present": bool(present and present > visit.now()),
        "disabled": person.disabled,
    }


def _held(visit: Visit, person: Staff) -> dict[str, Any]:
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "roles": {role.value for role in person.roles},
        "unit_id": str(person.unit_id or ""),
        "regions": {str(one) for one in person.regions},
        "skills": ", ".join(sorted(person.skills)),
        "capacity": str(person.capacity),
        "email": person.email,
        "phone": person.phone,
        "telegram": person.telegram,
        "disabled": person.disabled,
        "disabled_at": moment(person.disabled_at, visit.reception.zone, visit.words)
        if person.disabled_at
        else "",
        "own": person.id == visit.staff.id,
        "version": person.version,
    }


async def _units(visit: Visit) -> Any:  # noqa: ANN401 - a sequence of Unit
    return await visit.reception.store.units.units(retired=True)


async def _choices(visit: Visit, person: Staff | None = None) -> dict[str, Any]:
    """What the form offers; a retired unit only to whoever is still there."""
    kept = person.unit_id if person else None
    units = [one for one in await _units(visit) if not one.retired or one.id == kept]
    regions = await visit.reception.store.units.regions()
    return {
        "roles": [
            {"key": role.value, "words": visit.words(role.word), "gives": _gives(visit, role)}
            for role in COLUMNS
        ],
        "units": options((one.id, one.name) for one in units),
        "regions": options((one.id, one.name) for one in regions),
    }


def _gives(visit: Visit, role: Role) -> str:
    """The rights of a role in words, such as ``Melihat tiket (semua)``."""
    told = []
    for right, words in RIGHTS.items():
        widest = next((one for one in _WIDEST if one in MATRIX[role][right]), None)
        if widest is not None:
            reach = "" if widest is Reach.ALL else f" ({visit.words(REACHES[widest])})"
            told.append(f"{visit.words(words)}{reach}")
    return ", ".join(told)


def _cell(visit: Visit, role: Role, right: Right, granted: Reach | None) -> dict[str, Any]:
    held = MATRIX[role][right] | ({granted} if granted else frozenset())
    widest = next((one for one in _WIDEST if one in held), None)
    return {
        "words": visit.words(REACHES[widest]) if widest else "",
        "kind": widest.value if widest else "none",
        "granted": granted is not None and granted not in MATRIX[role][right],
    }


def _standing(visit: Visit, standing: Standing) -> dict[str, Any]:
    zone = visit.reception.zone
    return {
        "password": standing.password,
        "factor": standing.second_factor,
        "sessions": [moment(one.seen_at, zone, visit.words) for one in standing.sessions],
    }


def _links(visit: Visit, standing: Standing) -> list[dict[str, str]]:
    return [link_shown(visit, one) for one in standing.links]


def _link(visit: Visit, invitation: Invitation) -> dict[str, str]:
    origin = visit.reception.cookies.public_url.rstrip("/")
    return {
        "address": f"{origin}/console/undangan/{invitation.token}",
        "until": moment(invitation.until, visit.reception.zone, visit.words),
    }
