"""The conversation with what staff can do about it: who wrote, what was quoted, what failed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.language import N_
from console.staff.deeds import may_compose
from console.staff.writing import asks_state, lacking
from core.model.letters import PARKED
from core.model.mailtext import own_text
from core.model.masking import mask_identity
from core.model.messages import DeliveryState
from core.model.texts import TextForm
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.model.writing import remarks_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.staff.shown import Said
    from console.staff.visit import Visit
    from core.model.views import ThreadEntry
    from core.model.work import WorkTicket

FAILED = frozenset({state.value for state in PARKED} | {DeliveryState.FAILED.value})

BARE = N_(
    "Jawaban tentang keadaan ini belum menyebut %(lacks)s. Lengkapi supaya pelapor tidak perlu "
    "bertanya lagi, atau tegaskan bahwa jawabannya dikirim apa adanya."
)


@value
class More:
    """What the conversation of one ticket is shown with.

    Attributes:
        number: of the ticket.
        mailing: channels whose messages are mail.
        may_answer: whether the visitor may send anything again.
    """

    number: str
    mailing: frozenset[str]
    may_answer: bool


def more_of(visit: Visit, ticket: WorkTicket) -> More:
    """For this visit."""
    channels = visit.reception.work.office.channels.items()
    mailing = frozenset(str(name) for name, one in channels if one.form is TextForm.EMAIL)
    return More(ticket.number, mailing, may_compose(ticket, visit.staff, "answer"))


def with_more(
    said: Sequence[Said],
    thread: Sequence[ThreadEntry],
    writers: Mapping[int, str],
    more: More,
) -> list[Said]:
    """The conversation with authors, folded quotes and ways to send again.

    Args:
        said: as ``console.staff.shown.conversation`` lays it out.
        thread: the messages in it.
        writers: names by the events of their answers.
        more: what for.
    """
    entries = {f"{'m' if entry.inbound else 'o'}{entry.id}": entry for entry in thread}
    copied = _copied(thread)
    told = []
    for one in said:
        entry = entries.get(one.key)
        made = one if entry is None else _more(one, entry, writers, more)
        told.append(
            replace(made, again="") if entry and not entry.inbound and entry.id in copied else made
        )
    return told


def _copied(thread: Sequence[ThreadEntry]) -> set[int]:
    """Ids of those of our texts that went out once more as a later one."""
    last: dict[tuple[str, str, str, str], int] = {}
    found = set()
    for entry in thread:
        if not entry.inbound:
            same = (entry.purpose, entry.channel, entry.who, entry.text)
            found |= {last[same]} if same in last else set()
            last[same] = entry.id
    return found


def _more(one: Said, entry: ThreadEntry, writers: Mapping[int, str], more: More) -> Said:
    if entry.inbound:
        return _folded(one, entry, more) if entry.channel in more.mailing else one
    again = more.may_answer and entry.state in FAILED
    return replace(
        one,
        who=writers.get(entry.event, one.who) if entry.event is not None else one.who,
        again=f"/console/tiket/{more.number}/kirim-lagi/{entry.id}" if again else "",
        held=entry.held_until is not None,
    )


def _folded(one: Said, entry: ThreadEntry, more: More) -> Said:
    """What its sender wrote; the whole of it where quotes and signatures were cut."""
    original = f"/console/tiket/{more.number}/asli/{entry.id}"
    own = own_text(entry.text, None)
    body = "\n\n".join(part for part in (own.body, own.forwarded) if part)
    whole = entry.text.replace("\r\n", "\n").strip()
    if not body or len(body) >= len(whole):
        return replace(one, original=original)
    return replace(one, text=mask_identity(body), whole=mask_identity(whole), original=original)


async def bare(visit: Visit) -> Refusal | None:
    """Asks to look again at a status answer that leaves the reporter waiting, once (KM-10)."""
    form = visit.form
    if form.get("bare") or form.get("spoken"):
        return None
    asked = await asks_state(visit, visit.ticket_number())
    lacks = remarks_on(form.get("text", ""), asked=asked).lacks
    if not lacks:
        return None
    sentence = visit.words(BARE) % {"lacks": lacking(visit.words, lacks)}
    return Refusal(RefusalKind.NOT_ALLOWED, sentence, "bare")
