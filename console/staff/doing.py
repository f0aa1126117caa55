"""Acts from pages beside the ticket's own: read from a form, carried out once.

Each form bears a mark (``tanda``) that its page chose. However often a bad line or a hasty finger
sends the form, its effect is there once, and whoever sends it again hears that it is done. Files
that a form brings are laid down before its act, and once as well.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.act_forms import read_act
from console.typed import whole
from console.wording import event_words
from core.model.act_rules import NAMES
from core.model.drafts import DraftKind
from core.model.scene import invalid
from core.model.work import Actor, Refusal
from core.services.once import FormMark, Repeated, act_once
from core.services.work import FILES_OF, Done, Order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.staff.visit import Visit
    from core.model.acts import Act
    from core.model.drafts import DraftFile

MARK_FIELD: Final = "tanda"
SEEN_FIELD: Final = "dilihat"
KEPT_FILE: Final = "berkas-"
"""Before the id of a waiting file that goes with the form."""

NO_FILES: Final = N_("Langkah ini tidak menerima berkas. Lampirkan pada catatan internal.")

_MARK: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NOT_ASKED: Final = frozenset(
    {"csrf", MARK_FIELD, SEEN_FIELD, "version", "ditekan", "kotak", "files"}
)
"""Fields that are about the sending, not about what is asked for."""


def fresh_mark() -> str:
    """For one form of one page."""
    return secrets.token_urlsafe(16)


async def carry_out(
    visit: Visit, name: str, *, besides: tuple[Act, ...] = (), refused_files: bool = True
) -> Done | Repeated | Refusal:
    """Does what the visit's form asks for with the ticket of the address.

    The form may hold ``version`` (nothing at all may have happened since) or ``dilihat`` (nobody
    else may have said or done anything since).

    Args:
        visit: whose form it is.
        name: of the act, as in addresses.
        besides: laid down with it.
        refused_files: the files of a refused form wait for its next sending; else whoever sends
            it has them still.

    Raises:
        NotFound: no such ticket, or none within reach.
        Conflict, StoreUnavailable: nothing was kept.
    """
    number = visit.ticket_number()
    mark = FormMark(_key(visit), _digest(visit), whole(visit.form.get(SEEN_FIELD)), besides)
    came = await _laid_down(visit, (name, number), mark)
    if isinstance(came, Refusal):
        return came
    form = {**visit.form, "files": _brought(visit, came)}
    asked = read_act(name, form, visit.reception.zone)
    made = asked if isinstance(asked, Refusal) else await _once(visit, number, asked, mark)
    if isinstance(made, Refusal) and not refused_files:
        await _taken_away(visit, number, came)
    return made


async def _once(
    visit: Visit, number: str, asked: Act, mark: FormMark
) -> Done | Repeated | Refusal:
    version = whole(visit.form.get("version"))
    order = Order(Actor(visit.staff), number, asked, visit.now(), version=version)
    made = await act_once(visit.reception.store.desk, visit.reception.work, order, mark)
    if isinstance(made, Done):
        visit.reception.committed()
    return made


# --- files ---------------------------------------------------------------------------------------


async def _laid_down(
    visit: Visit, what: tuple[str, str], mark: FormMark
) -> Sequence[DraftFile] | Refusal:
    """What the form brought along; nothing where the same form came before: it had it then."""
    name, number = what
    if visit.upload is None or not visit.upload.chosen:
        return ()
    if NAMES[name] not in FILES_OF:
        return invalid("files", NO_FILES)
    async with visit.reception.store.desk() as desk:
        before = await desk.answers.find(visit.staff.id, mark.key)
    if before is not None:
        return ()
    ticket = await visit.reception.store.lists.one(visit.scope(), number)
    lay_down = visit.reception.enclosures.lay_down
    return await lay_down(Actor(visit.staff), ticket, DraftKind.NOTE, visit.upload)


async def _taken_away(visit: Visit, number: str, came: Sequence[DraftFile]) -> None:
    """Those that wait there by an earlier form stay."""
    for one in came:
        if f"{KEPT_FILE}{one.id}" not in visit.form:
            ticket = await visit.reception.store.lists.one(visit.scope(), number)
            await visit.reception.enclosures.take_away(Actor(visit.staff), ticket, one.id)


def _brought(visit: Visit, came: Sequence[DraftFile]) -> str:
    """Ids of the waiting files that are ticked in the form, and of those that came with it."""
    ticked = [name.removeprefix(KEPT_FILE) for name in visit.form if name.startswith(KEPT_FILE)]
    return " ".join(dict.fromkeys([*ticked, *(str(one.id) for one in came)]))


def failure_of(visit: Visit, name: str, number: str, why: Refusal) -> dict[str, Any]:
    """A refusal as templates show it beside the form, with what was typed."""
    say = visit.words
    return {
        "name": name,
        "number": number,
        "sentence": say(why.sentence),
        "field": why.field,
        "typed": dict(visit.form),
        "changes": [say(one) for one in changes_of(why)],
    }


def heard(visit: Visit, sentences: Mapping[str, str]) -> str:
    """What was done just now, from the address (``kabar``, ``nomor``); "" for what never was.

    Args:
        visit: asks for the page after a form.
        sentences: by the name in the address, with ``%(number)s`` where they name a ticket.
    """
    query = visit.request.query
    words, number = sentences.get(query.get("kabar", "")), query.get("nomor", "")
    kept = visit.reception.number(number)
    if words is None or ("%(number)s" in words and kept is None):
        return ""
    return visit.words(words) % {"number": kept}


def changes_of(why: Refusal) -> list[str]:
    """What happened meanwhile, in words, each once."""
    return list(dict.fromkeys(event_words(one.kind) for one in why.changes))


def _key(visit: Visit) -> str:
    """The form's mark; one that is none makes the form unlike any other."""
    given = visit.form.get(MARK_FIELD, "")
    return f"form:{given if _MARK.fullmatch(given) else fresh_mark()}"


def _digest(visit: Visit) -> str:
    asked = sorted(pair for pair in visit.form.items() if pair[0] not in _NOT_ASKED)
    files = visit.upload.digests if visit.upload else []
    told = "\n".join([visit.request.path, *(f"{name}={held}" for name, held in asked), *files])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
