"""A policy of promises as fields of a form: a document with a name for every cell, and back.

A field is called as its key in the document is: ``promises.normal.solution``, and for a rule
``override-1.normal.solution``; ``.n`` holds the number of a length and ``.u`` its unit. So what
core/ finds wrong with a key is told at its field. What is typed stays as it is, number or not.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.admin.faults import bare
from core.model.clock import PauseReason
from core.model.deadline import Measure
from core.model.policy_differences import LENGTHS
from core.model.sla import UNIT_SUPERVISOR
from core.model.sla_document import NO_LENGTH, ONE_OF, OUTSIDE
from core.model.sla_writing import document_of
from core.model.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.staff.admin.faults import Say
    from core.model.faults import Fault
    from core.model.sla import SlaPolicy

    Document = dict[str, Any]

MATTER: Final = ("category", "unit", "channel")
MOST: Final = 60
"""Rules, or steps of one promise, that a form may hold."""

NOTHING_PROMISED: Final = N_("Isi paling sedikit satu janji untuk aturan ini.")
EXPECTED: Final[Mapping[str, str]] = {
    NO_LENGTH: N_("Tulis angka bulat, misalnya 5."),
    OUTSIDE: N_("Paling sedikit 1, paling lama satu tahun."),
    "a whole number from 0 (no warnings) to 99": N_(
        "Tulis angka dari 0 sampai 99; 0 berarti tanpa peringatan."
    ),
    "at least one of category, unit, channel": N_(
        "Pilih paling sedikit satu: kategori, unit, atau kanal."
    ),
    "each category, unit and channel together only once": N_(
        "Sudah ada aturan dengan kategori, unit, dan kanal ini."
    ),
    "the code of a unit": N_("Unit ini tidak ada. Pilih unit lain."),
    ONE_OF: N_("Pilihan ini tidak dikenal. Pilih yang lain."),
}
"""What core/ expects of a key, and the words for it at a field; others as in admin/faults.py."""

_LONGEST: Final = 40
_LONGEST_STEPS: Final = 4_000


# --- a policy as a document that names every cell ------------------------------------------------


def whole(policy: SlaPolicy, document: Mapping[str, Any]) -> Document:
    """What the form begins with.

    Args:
        policy: what holds.
        document: the same as it is kept; rules for some tickets name only what differs.
    """
    rules = [dict(one) for one in document.get("override", [])]
    return document_of(policy) | {"override": rules}


# --- fields --------------------------------------------------------------------------------------


def fields(document: Mapping[str, Any]) -> dict[str, str]:
    """Each field with what it holds."""
    held = {"warn_percent": str(document.get("warn_percent", ""))}
    held |= _length("pending_warning", document.get("pending_warning", ""))
    for reason, limit in document.get("pending", {}).items():
        held |= _length(f"pending.{reason}", limit)
    for key in ("answer_escalate", "pending_escalate"):
        held |= _steps(key, document.get(key, []))
    for priority, promises in document.get("promises", {}).items():
        held |= _promises(f"promises.{priority}", promises)
        held |= _steps(f"promises.{priority}.escalate", promises.get("escalate", []))
    for place, rule in enumerate(document.get("override", []), 1):
        name = f"override-{place}"
        held |= {f"{name}.{one}": str(rule.get(one, "")) for one in MATTER}
        for priority, promises in rule.items():
            if isinstance(promises, dict):
                held |= _promises(f"{name}.{priority}", promises)
                if "escalate" in promises:
                    held[f"{name}.{priority}.escalate"] = json.dumps(promises["escalate"])
    return held


def _promises(name: str, promises: Mapping[str, Any]) -> dict[str, str]:
    held: dict[str, str] = {}
    for one in LENGTHS:
        if one in promises:
            held |= _length(f"{name}.{one}", promises[one])
    return held


def _length(name: str, written: object) -> dict[str, str]:
    number, _, unit = str(written).rpartition(" ")
    return {f"{name}.n": number, f"{name}.u": unit}


def _steps(name: str, steps: Iterable[Mapping[str, str]]) -> dict[str, str]:
    held: dict[str, str] = {}
    for place, one in enumerate(steps, 1):
        step = f"{name}-{place}"
        held |= {f"{step}.to": one.get("to", ""), f"{step}.since": one.get("since", "")}
        held |= _length(f"{step}.after", one["after"]) if "after" in one else {}
    return held


# --- back ----------------------------------------------------------------------------------------


def typed(form: Mapping[str, str]) -> Document:
    """The document that the fields say, whatever was typed into them."""
    percent = _held(form, "warn_percent")
    document: Document = {
        "warn_percent": int(percent) if percent.isascii() and percent.isdigit() else percent,
        "pending_warning": _read_length(form, "pending_warning", needed=True),
        "answer_escalate": _read_steps(form, "answer_escalate"),
        "pending_escalate": _read_steps(form, "pending_escalate"),
        "pending": {
            reason.value: limit
            for reason in PauseReason
            if (limit := _read_length(form, f"pending.{reason.value}"))
        },
        "promises": {
            priority.value: _read_promises(form, f"promises.{priority.value}", needed=True)
            | {"escalate": _read_steps(form, f"promises.{priority.value}.escalate")}
            for priority in reversed(Priority)
        },
    }
    rules = _places(form, r"override-(\d{1,2})\.category")
    return document | {"override": [_read_rule(form, f"override-{place}") for place in rules]}


def _read_rule(form: Mapping[str, str], name: str) -> Document:
    rule: Document = {one: held for one in MATTER if (held := _held(form, f"{name}.{one}"))}
    for priority in reversed(Priority):
        cell = f"{name}.{priority.value}"
        promises = _read_promises(form, cell) | _read_kept(form.get(f"{cell}.escalate", ""))
        if promises:
            rule[priority.value] = promises
    return rule


def _read_kept(written: str) -> Document:
    """Steps of a rule that the form carries along unseen."""
    try:
        return {"escalate": json.loads(written[:_LONGEST_STEPS])} if written else {}
    except ValueError:
        return {}


def _read_promises(form: Mapping[str, str], name: str, *, needed: bool = False) -> Document:
    return {
        one: written
        for one in LENGTHS
        if (written := _read_length(form, f"{name}.{one}", needed=needed))
    }


def _read_length(form: Mapping[str, str], name: str, *, needed: bool = False) -> str:
    number, unit = _held(form, f"{name}.n"), _held(form, f"{name}.u")
    return f"{number} {unit or Measure.WORKING_DAYS}" if number or needed else ""


def _read_steps(form: Mapping[str, str], name: str) -> list[Document]:
    steps = []
    for place in _places(form, rf"{re.escape(name)}-(\d{{1,2}})\.to"):
        step = f"{name}-{place}"
        after = _read_length(form, f"{step}.after")
        told = {
            "to": _held(form, f"{step}.to"),
            "after": after,
            "since": _held(form, f"{step}.since"),
        }
        steps.append({key: held for key, held in told.items() if held})
    return steps


def _held(form: Mapping[str, str], name: str) -> str:
    return " ".join(form.get(name, "").split())[:_LONGEST]


def _places(form: Mapping[str, str], pattern: str) -> list[int]:
    found = (re.fullmatch(pattern, name) for name in form)
    return sorted(int(one[1]) for one in found if one)[:MOST]


# --- steps that keep nothing yet -----------------------------------------------------------------


def step(document: Document, pressed: str) -> str:
    """Changes the document as a button says; returns the id of where to go on.

    Buttons: ``tambah-aturan``, ``hapus-aturan:2``, ``tambah-lapor:promises.normal.escalate``,
    ``hapus-lapor:promises.normal.escalate-2``; what is none changes nothing.
    """
    what, _, where = pressed.partition(":")
    name, _, place = where.rpartition("-")
    number = int(place) if place.isascii() and place.isdigit() else 0
    if what == "tambah-aturan" and len(document["override"]) < MOST:
        document["override"].append({})
        return f"override-{len(document['override'])}.category"
    if what == "hapus-aturan" and 0 < number <= len(document["override"]):
        del document["override"][number - 1]
        return "aturan"
    if what == "tambah-lapor" and (steps := _steps_at(document, where)) is not None:
        steps.append({"to": UNIT_SUPERVISOR})
        return f"{where}-{len(steps)}.to"
    if what == "hapus-lapor" and (steps := _steps_at(document, name)):
        del steps[number - 1 : number]
        return name
    return ""


def _steps_at(document: Document, name: str) -> list[Document] | None:
    if name in ("answer_escalate", "pending_escalate"):
        held = document[name]
    else:
        found = re.fullmatch(r"promises\.([a-z]+)\.escalate", name)
        held = document["promises"].get(found[1], {}).get("escalate") if found else None
    return held if isinstance(held, list) and len(held) < MOST else None


# --- what is wrong -------------------------------------------------------------------------------


def faults(found: Iterable[Fault], document: Mapping[str, Any], say: Say) -> dict[str, str]:
    """What core/ found wrong, by the field that it belongs to, in the words of a visit.

    Args:
        found: each about a key, ``override 1.normal.solution``.
        document: as it was typed.
        say: turns words of the code into those of the visit.
    """
    told: dict[str, str] = {}
    for one in found:
        words = EXPECTED.get(one.words.removeprefix("%(key)s: expected "))
        told.setdefault(one.key.replace(" ", "-"), say(words) if words else bare(one, say))
    return {name: say(words) for name, words in empty_rules(document).items()} | told


def empty_rules(document: Mapping[str, Any]) -> dict[str, str]:
    """Rules that promise nothing: they would change nothing, and nobody would see why."""
    return {
        f"override-{place}": NOTHING_PROMISED
        for place, rule in enumerate(document["override"], 1)
        if not any(isinstance(held, dict) for held in rule.values())
    }
