"""Many tickets at once: each by the same act as alone, and what became of each is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.act_forms import read_act
from console.staff.deeds import BY_NAME, PRIORITIES, Deed, Field
from console.staff.guard import AWAY, FASTER, GONE
from console.typed import whole
from core.errors import Conflict, NotFound, StoreUnavailable
from core.model.act_rules import NAMES, RULES
from core.model.value import value
from core.model.work import Actor, Refusal
from core.services.work import Order, act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from console.staff.visit import Visit

MOST: Final = 100
"""Tickets of one round."""

NOTHING_CHOSEN: Final = N_(
    "Belum ada tiket yang dipilih. Beri tanda pada kotak di depan tiket, lalu ulangi."
)
NOT_DONE: Final = N_("Belum dikerjakan. Kirim lagi untuk melanjutkan.")


def _only(name: str, *fields: str) -> Deed:
    whole = BY_NAME[name]
    kept = tuple(field for field in whole.fields if field.name in fields)
    return Deed(name, whole.words, whole.fits, kept)


OFFERED: Final = (
    _only("assign", "staff_id", "reason"),
    _only("dispose", "unit_id", "instruction", "due_at"),
    _only("set-priority", "priority", "reason"),
    Deed(
        "note",
        N_("Catatan internal"),
        lambda _: True,
        (Field("text", N_("Catatan ini tidak pernah dikirim ke pelapor"), "text", needed=True),),
    ),
)
BY_ACT: Final = {deed.name: deed for deed in OFFERED}


@value
class Chosen:
    """One chosen ticket as it was seen."""

    number: str
    version: int

    @property
    def mark(self) -> str:
        """As a form holds it."""
        return f"{self.number}~{self.version}"


@value
class Outcome:
    """What became of one ticket.

    Attributes:
        sentence: why nothing was done; "" for what is done.
    """

    number: str
    sentence: str = ""


async def choose(visit: Visit) -> web.StreamResponse:
    """The chosen tickets with what can be done with all of them."""
    return await _page(visit, await _chosen(visit), {})


async def carry_out(visit: Visit) -> web.StreamResponse:
    """Does one act with each; those refused stay chosen."""
    deed = BY_ACT.get(visit.request.match_info["tindakan"])
    if deed is None:
        raise NotFound(visit.request.path)
    chosen = await _chosen(visit)
    asked = read_act(deed.name, visit.form, visit.reception.zone)
    if isinstance(asked, Refusal):
        return await _page(visit, chosen, {"name": deed.name, "why": asked}, 422)
    outcomes = await _each(visit, chosen, asked)
    failed = {one.number for one in outcomes if one.sentence}
    left = [one for one in chosen if one.number in failed]
    more = {"outcomes": outcomes, "done": len(chosen) - len(left), "name": deed.name}
    return await _page(visit, left, more)


async def _each(visit: Visit, chosen: Sequence[Chosen], asked: Any) -> list[Outcome]:  # noqa: ANN401 - any act
    outcomes: list[Outcome] = []
    say, away = visit.words, False
    for one in chosen:
        if away:
            outcomes.append(Outcome(one.number, say(NOT_DONE)))
            continue
        order = Order(Actor(visit.staff), one.number, asked, visit.now(), version=one.version)
        try:
            done = await act(visit.reception.store.desk, visit.reception.work, order)
        except (NotFound, Conflict) as error:
            sentence = GONE if isinstance(error, NotFound) else FASTER
            outcomes.append(Outcome(one.number, say(sentence)))
        except StoreUnavailable:
            away = True
            outcomes.append(Outcome(one.number, say(AWAY)))
        else:
            sentence = done.sentence if isinstance(done, Refusal) else ""
            outcomes.append(Outcome(one.number, say(sentence) if sentence else ""))
    visit.reception.committed()
    return outcomes


async def _chosen(visit: Visit) -> list[Chosen]:
    """What the boxes before the lines say; what is no number of ours is left out."""
    posted = await visit.request.post()
    found: dict[str, Chosen] = {}
    for mark in posted.getall("tiket", []):
        number, _, seen = str(mark).partition("~")
        known, version = visit.reception.number(number), whole(seen)
        if known and version is not None:
            found[known] = Chosen(known, version)
    return list(found.values())[:MOST]


async def _page(
    visit: Visit, chosen: Sequence[Chosen], more: dict[str, Any], status: int = 200
) -> web.Response:
    actor, store = Actor(visit.staff), visit.reception.store
    offered = [
        deed
        for deed in OFFERED
        if actor.staff is not None and visit.may(RULES[NAMES[deed.name]].right)
    ]
    people = await store.staff.staff()
    choices = {
        "person": [(str(one.id), one.name) for one in people],
        "unit": [(str(one.id), one.name) for one in await store.units.units()],
        "priority": [(key, visit.words(words)) for key, words in PRIORITIES],
    }
    values: dict[str, object] = {
        "chosen": chosen,
        "offered": offered,
        "choices": choices,
        "typed": dict(visit.form),
        "from_box": visit.form.get("kotak", ""),
        "nothing": visit.words(NOTHING_CHOSEN),
        "outcomes": (),
        "done": 0,
        "name": "",
        "why": None,
        **more,
    }
    part = visit.request.headers.get("HX-Target") == "tiket"
    return visit.page("_bulk.html" if part else "bulk.html", values, status)
