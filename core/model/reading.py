"""Text → Intent: the grammar of requirements §4 put together. Pure, total, bounded in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from core.model.cleaning import HEAD, fold, joined, match_text, origin, words
from core.model.commands import (
    after_numbers,
    asks_number,
    asks_progress,
    is_filling,
    is_thanks,
    rating_in,
    scores_in,
)
from core.model.fields import Fields, read_fields, read_labels
from core.model.hints import read_hints
from core.model.intent import OF_A_TICKET, Command, Intent, IntentKind
from core.model.keyword import is_hollow
from core.model.mailtext import OwnText, own_text
from core.model.naming import (
    NOBODY,
    SUBJECT_LENGTH,
    Named,
    numbers_in,
    subject_of,
    without_numbers,
)
from core.model.opening import Opening, open_text
from core.model.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.numbers import TicketNumber


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the parts of an Intent are made from.

    Attributes:
        content: as typed.
        named: numbers in the whole message, subject included.
        title: the subject of an email without prefixes and keyword, else "".
        prefix: of ticket numbers.
    """

    content: str
    named: Named
    title: str
    prefix: str


class _Extra(NamedTuple):
    """Parts that only some kinds have."""

    command: Command | None = None
    scores: tuple[int, ...] = ()
    asks_number: bool = False
    unit: str = ""
    category: str = ""
    asks_progress: bool = False


_QUESTION = 120  # characters; in a longer text such a word is part of a story
_NONE = _Extra()
_STATUS = _Extra(Command.STATUS)
_ASKED = _Extra(Command.STATUS, asks_number=True)


def read_intent(text: str, *, subject: str | None, mail: bool, prefix: str) -> Intent:
    """What a text asks for.

    Never raises, whatever the text. Matches against a bounded head, so that a megabyte costs
    little more than a line; ``content`` keeps everything.

    Args:
        text: the whole text.
        subject: of an email; ignored for other channels.
        mail: whether the rules for email apply (subject first, quotes and signature cut).
        prefix: of ticket numbers, e.g. ``HD``.
    """
    if mail:
        return _read_mail(own_text(text, subject), prefix)
    body = text.strip()
    opening = open_text(body, fold(body[:HEAD]), prefix)
    return _read_opening(opening, _Draft(body, numbers_in(body, prefix), "", prefix))


def read_form(text: str, subject: str, fields: Mapping[str, str], prefix: str) -> Intent:
    """A complaint as a form or a desk officer gives it: no keyword, no commands.

    Args:
        text: the complaint.
        subject: in a few words, "" where the form does not ask for it.
        fields: what the form asked for by itself (``InboundMessage.fields``).
        prefix: of ticket numbers.
    """
    body = text.strip()
    draft = _Draft(body, numbers_in(f"{subject}\n{body}", prefix), subject.strip(), prefix)
    asked = _Extra(unit=fields.get("unit", ""), category=fields.get("category", ""))
    intent = _intent(IntentKind.COMPLAINT, body, draft, asked)
    labels = dict(intent.labels)
    if place := fields.get("place"):
        labels["lokasi"] = place
    hint = Priority(fields["priority"]) if fields.get("priority") else intent.priority_hint
    return replace(intent, labels=labels, priority_hint=hint)


def read_said(text: str, number: TicketNumber) -> Intent:
    """Words typed on the page of a ticket, or a button of it: they are about this ticket.

    A command that is about a ticket counts as in a chat. What would lead elsewhere (STOP, INFO,
    BARU, other numbers, digits of a survey) is plain text here: the page shows it and staff read
    it.
    """
    intent = read_intent(text, subject=None, mail=False, prefix=number.prefix)
    if intent.command in OF_A_TICKET and set(intent.numbers) <= {number} and not intent.misread:
        return replace(intent, numbers=(number,), scores=())
    plain = (IntentKind.THANKS, IntentKind.NOTHING)
    kind = intent.kind if intent.kind in plain else IntentKind.TEXT
    body = text.strip()
    extra = _Extra(asks_progress=intent.asks_progress)
    return _intent(kind, body, _Draft(body, NOBODY, "", number.prefix), extra)


def _read_opening(opening: Opening, draft: _Draft) -> Intent:
    if opening.command is not None:
        return _commanded(opening, draft)
    if opening.keyword:
        return _complaint(opening, draft)
    return _plain(opening.folded, draft)


# --- email -------------------------------------------------------------------------------------


def _read_mail(own: OwnText, prefix: str) -> Intent:
    """The subject is looked at first, then the first own line (rule 2)."""
    body = own.body or ("" if own.is_reply else own.forwarded)
    title = open_text(own.subject, fold(own.subject[:HEAD]), prefix)
    named = numbers_in(f"{own.subject}\n{body}", prefix)
    if title.keyword:
        return _titled(own, title, _Draft(body, named, title.rest.strip(), prefix))
    if title.command and not own.is_reply and (not body or named != NOBODY):
        joint = Opening.of(f"{title.rest}\n{body}".strip(), title.command)
        return _commanded(joint, _Draft(body, named, own.subject, prefix))
    return _read_body(own, _Draft(body, named, own.subject, prefix))


def _read_body(own: OwnText, draft: _Draft) -> Intent:
    """An email whose subject has neither keyword nor command."""
    body = draft.content
    opening = open_text(body, fold(body[:HEAD]), draft.prefix)
    if opening.keyword and not opening.rest.strip() and own.forwarded:
        return _complaint(Opening.of(own.forwarded), draft)
    if opening.keyword or opening.command:
        return _read_opening(opening, draft)
    if not body and not own.is_reply:
        alone = _Draft(own.subject, draft.named, own.subject, draft.prefix)
        return _plain(fold(own.subject[:HEAD]), alone)
    asked = opening.folded if own.is_reply else f"{fold(own.subject[:HEAD])}\n{opening.folded}"
    return _plain(opening.folded, draft, asked)


def _titled(own: OwnText, title: Opening, draft: _Draft) -> Intent:
    """The keyword stands in the subject: the body is the content, else the rest of the subject."""
    body = own.body or own.forwarded
    if not body:
        return _read_opening(title, draft)
    if title.command:
        return _commanded(Opening.of(f"{title.rest}\n{body}".strip(), title.command), draft)
    opening = open_text(body, fold(body[:HEAD]), draft.prefix)
    if opening.keyword and opening.command:
        return _commanded(opening, draft)
    rest = opening.rest if opening.keyword else body
    if len(draft.title) > SUBJECT_LENGTH or is_hollow(fold(rest[:HEAD])):
        return _complaint(Opening.of(f"{draft.title}\n{rest}".strip()), draft)
    return _complaint(Opening(True, None, rest, fold(rest[:HEAD]), opening.hashes), draft)  # noqa: FBT003 - the first field


# --- kinds -------------------------------------------------------------------------------------


def _commanded(opening: Opening, draft: _Draft) -> Intent:
    """A command with what follows it and its numbers."""
    at = after_numbers(opening.folded, 0, draft.prefix)
    content = (
        opening.rest[origin(opening.rest[:HEAD], at) :].strip() if at else opening.rest.strip()
    )
    rates = opening.command is Command.RATE
    scores = rating_in(opening.folded, draft.prefix) if rates else ()
    return _intent(IntentKind.COMMAND, content, draft, _Extra(opening.command, scores))


def _complaint(opening: Opening, draft: _Draft) -> Intent:
    if is_hollow(opening.folded) and len(opening.rest) <= HEAD:
        return _intent(IntentKind.EMPTY, opening.rest.strip(), draft)
    if question := _question(opening.folded, opening.folded, draft):
        return question
    bare = without_numbers(opening.folded, draft.prefix) if draft.named.numbers else opening.folded
    if is_thanks(bare):
        return _intent(IntentKind.THANKS, opening.rest.strip(), draft)
    fields = read_fields(opening.rest) if opening.hashes else Fields("", "", opening.rest)
    content = fields.text.strip()
    return _intent(
        IntentKind.COMPLAINT if content else IntentKind.EMPTY,
        content,
        draft,
        _Extra(unit=fields.unit, category=fields.category),
    )


def _plain(folded: str, draft: _Draft, asked: str | None = None) -> Intent:
    """A text without keyword and command word.

    Args:
        folded: its folded head.
        draft: its parts.
        asked: where a question for the progress may stand; by default the text itself.
    """
    if not folded.strip():
        return _intent(IntentKind.NOTHING, "", draft)
    if question := _question(folded, folded if asked is None else asked, draft):
        return question
    bare = without_numbers(folded, draft.prefix) if draft.named != NOBODY else folded
    if is_thanks(bare):
        return _intent(IntentKind.THANKS, draft.content, draft, _Extra(scores=scores_in(folded)))
    asking = len(folded) <= _QUESTION and asks_progress(folded if asked is None else asked)
    extra = _Extra(scores=scores_in(folded), asks_progress=asking)
    return _intent(IntentKind.TEXT, draft.content, draft, extra)


def _question(folded: str, asked: str, draft: _Draft) -> Intent | None:
    """STATUS without its word: the progress of a number, a bare number, or which number."""
    if draft.named == NOBODY:
        if not asks_number(folded):
            return None
        return _intent(IntentKind.COMMAND, draft.content, draft, _ASKED)
    bare = without_numbers(folded, draft.prefix)
    if asks_progress(asked) or (bare != folded and is_filling(bare)):
        return _intent(IntentKind.COMMAND, draft.content, draft, _STATUS)
    return None


def _intent(kind: IntentKind, content: str, draft: _Draft, extra: _Extra = _NONE) -> Intent:
    labels = read_labels(content)
    found = words(fold(content[:HEAD]))
    if draft.title and draft.title is not draft.content:
        found = words(fold(draft.title[:HEAD])) + found
    hints = read_hints(found)
    return Intent(
        kind=kind,
        content=content,
        subject=subject_of(
            draft.title or labels.get("masalah") or labels.get("keluhan") or content
        ),
        match_text=joined(found) or match_text(content),
        command=extra.command,
        numbers=draft.named.numbers,
        misread=draft.named.misread,
        unit=extra.unit or labels.get("instansi") or labels.get("unit", ""),
        category=extra.category or hints.category,
        labels=labels,
        scores=extra.scores,
        asks_number=extra.asks_number,
        asks_progress=extra.asks_progress,
        priority_hint=hints.priority,
        medical=hints.medical,
        language=hints.language,
    )
