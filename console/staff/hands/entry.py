"""Reports that staff take for citizens: by telephone, at the counter, letters, the paper box.

Each goes through the same intake as every message, and its number stands on the page at once, to
be told or handed over printed. A form that is sent twice gives the same number.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from console.drawn import plain_code
from console.language import N_
from console.wording import OUTCOMES, TARGETS, due_moment, moment
from core.errors import MalformedMessage, NotFound
from core.model.hints import CATEGORIES
from core.model.suggestion import category_word
from core.model.ticket import Priority
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from console.staff.reception import Entries
    from console.staff.visit import Visit
    from core.model.messages import Receipt

FORMS: Final = (
    ("phone", N_("Telepon")),
    ("walk_in", N_("Datang langsung")),
    ("letter", N_("Surat")),
    ("paper_box", N_("Kotak saran")),
)
ROWS: Final = 6
MOST_ROWS: Final = 60
"""Papers of one form."""

LONGEST_KEY: Final = 64
NO_DESK: Final = N_(
    "Kantor ini belum mempunyai kanal untuk laporan yang dicatat petugas. Minta administrator "
    'menambahkan kanal dengan kind = "desk".'
)
FAULTS: Final[Mapping[str, str]] = {
    "text": N_("Tulis isi laporannya."),
    "reporter.phone": N_("Tulis nomor telepon lengkap, misalnya 0812 3456 7890."),
    "reporter.email": N_("Tulis alamat surel lengkap, misalnya nama@contoh.id."),
    "form": N_("Pilih bagaimana laporan ini sampai."),
    "category": N_("Pilih salah satu kategori."),
    "occurred_at": N_("Waktu kejadian tidak boleh di masa depan."),
}
"""What the door refuses, by the field that it names."""

UNREADABLE: Final = N_("Isian ini terlalu panjang atau tidak terbaca.")
_FIELDS: Final = ("form", "text", "subject", "category", "unit", "place", "priority", "reference")
_OF_REPORTER: Final = ("name", "phone", "email")
_TYPED: Final = (*_FIELDS, *_OF_REPORTER, "occurred_at", "kunci")


@value
class Paper:
    """One paper of the box, as typed.

    Attributes:
        fault: why it was not taken; "" when it was, or was not looked at yet.
        number: the ticket's, once taken.
    """

    text: str = ""
    name: str = ""
    phone: str = ""
    key: str = ""
    fault: str = ""
    number: str = ""


# --- one report ----------------------------------------------------------------------------------


async def ask(visit: Visit) -> web.StreamResponse:
    """An empty form."""
    return await _form(visit, {"form": "phone", "kunci": _key()}, "", "")


async def take(visit: Visit) -> web.StreamResponse:
    """The number and both promises; or the form again with what was typed."""
    entries = visit.reception.entries
    if entries is None:
        return await _form(visit, visit.form, "", NO_DESK, 409)
    given: dict[str, object] = {
        name: held for name in _FIELDS if (held := visit.form.get(name, "").strip())
    }
    given["reporter"] = {
        name: held for name in _OF_REPORTER if (held := visit.form.get(name, "").strip())
    }
    if at := visit.form.get("occurred_at", "").strip():
        given["occurred_at"] = _zoned(visit, at)
    taken = await _taken(visit, entries, given, visit.form.get("kunci", ""))
    if isinstance(taken, str):
        return await _form(visit, visit.form, taken, FAULTS.get(taken, UNREADABLE), 422)
    if taken.number is None:
        sentence = OUTCOMES.get(taken.outcome.value, taken.outcome.value)
        return await _form(visit, visit.form, "", sentence, 409)
    return visit.page("taken.html", _slip(visit, taken.number, _promised(visit, taken)))


def _zoned(visit: Visit, at: str) -> str:
    """A time of a form in the office's zone; what is none stays, for the door to refuse."""
    offset = visit.now().astimezone(visit.reception.zone).strftime("%z")
    return f"{at}{offset}"


async def _taken(
    visit: Visit, entries: Entries, given: Mapping[str, object], key: str
) -> Receipt | str:
    """The receipt, or the name of the field that is wrong."""
    try:
        receipt = await entries.enter(given, visit.staff, key[:LONGEST_KEY] or _key())
    except MalformedMessage as wrong:
        return wrong.sentence.partition(":")[0]
    visit.reception.committed()
    return receipt


def _promised(visit: Visit, receipt: Receipt) -> list[tuple[str, str]]:
    return [
        (
            visit.words(TARGETS[one.target]),
            due_moment(one.due_at, visit.reception.zone, visit.words),
        )
        for one in receipt.promises
        if one.target in TARGETS
    ]


async def _form(
    visit: Visit, typed: Mapping[str, str], field: str, sentence: str, status: int = 200
) -> web.Response:
    say = visit.words
    values: dict[str, object] = {
        "typed": {name: typed.get(name, "") for name in _TYPED},
        "field": field,
        "sentence": say(sentence) if sentence else "",
        "forms": [(key, say(words)) for key, words in FORMS],
        "categories": sorted(
            ((key, say(category_word(key))) for key in CATEGORIES), key=lambda pair: pair[1]
        ),
        "units": await visit.reception.store.units.units(),
        "priorities": [(one.value, say(one.word)) for one in reversed(Priority)],
        "closed": visit.reception.entries is None,
        "no_desk": say(NO_DESK),
    }
    return visit.page("entry.html", values, status)


# --- many papers ---------------------------------------------------------------------------------


async def ask_papers(visit: Visit) -> web.StreamResponse:
    """Empty rows for what lay in the box."""
    return _papers(visit, [Paper(key=_key()) for _ in range(ROWS)], [])


async def take_papers(visit: Visit) -> web.StreamResponse:
    """Every row that says something becomes a ticket; rows that cannot stay with the reason."""
    typed = _typed(visit.form)
    if "tambah" in visit.form:
        more = [Paper(key=_key()) for _ in range(min(ROWS, MOST_ROWS - len(typed)))]
        return _papers(visit, [*typed, *more], [])
    entries = visit.reception.entries
    if entries is None:
        return _papers(visit, typed, [], 409)
    done: list[Paper] = []
    left: list[Paper] = []
    for paper in typed:
        if not (paper.text or paper.name or paper.phone):
            continue
        reporter = {"name": paper.name, "phone": paper.phone}
        given = {
            "form": "paper_box",
            "text": paper.text,
            "reporter": {name: held for name, held in reporter.items() if held},
        }
        taken = await _taken(visit, entries, given, paper.key)
        (left if isinstance(taken, str) else done).append(_after(visit, paper, taken))
    return _papers(visit, left or [Paper(key=_key()) for _ in range(ROWS)], done)


def _after(visit: Visit, paper: Paper, taken: Receipt | str) -> Paper:
    """The row as it stands afterwards."""
    kept = (paper.text, paper.name, paper.phone, paper.key)
    if isinstance(taken, str):
        return Paper(*kept, fault=visit.words(FAULTS.get(taken, UNREADABLE)))
    return Paper(*kept, number=taken.number or "")


def _typed(form: Mapping[str, str]) -> list[Paper]:
    return [
        Paper(
            form.get(f"isi-{row}", "").strip(),
            form.get(f"nama-{row}", "").strip(),
            form.get(f"telepon-{row}", "").strip(),
            form.get(f"kunci-{row}", ""),
        )
        for row in range(MOST_ROWS)
        if f"isi-{row}" in form
    ]


def _papers(visit: Visit, rows: list[Paper], done: list[Paper], status: int = 200) -> web.Response:
    values: dict[str, object] = {
        "rows": rows,
        "done": done,
        "full": len(rows) >= MOST_ROWS,
        "faults": sum(bool(one.fault) for one in rows),
        "closed": visit.reception.entries is None,
        "no_desk": visit.words(NO_DESK),
    }
    return visit.page("papers.html", values, status)


def _key() -> str:
    return secrets.token_urlsafe(12)


# --- the number on paper -------------------------------------------------------------------------


async def slip(visit: Visit) -> web.StreamResponse:
    """The number of a ticket to be printed and handed over. Raises NotFound."""
    number = visit.reception.number(visit.request.match_info["number"])
    if number is None:
        raise NotFound(visit.request.path)
    ticket = await visit.reception.store.lists.one(visit.scope(), number)
    dues = [
        (
            visit.words(TARGETS[clock.target]),
            due_moment(clock.due_at, visit.reception.zone, visit.words),
        )
        for clock in sorted(ticket.clocks, key=lambda one: one.due_at)
        if clock.open and clock.target in TARGETS
    ]
    return visit.page("taken.html", {**_slip(visit, number, dues), "again": True})


def _slip(visit: Visit, number: str, dues: list[tuple[str, str]]) -> dict[str, Any]:
    page = f"{visit.reception.public_url.rstrip('/')}/t/{number}"
    return {
        "number": number,
        "dues": dues,
        "page": page,
        "drawn": plain_code(page),
        "today": moment(visit.now(), visit.reception.zone, visit.words),
        "again": False,
    }
