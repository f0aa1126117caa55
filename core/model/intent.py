"""What a text asks for: text → Intent, pure (requirements §4)."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from core.model.numbers import TicketNumber
    from core.model.ticket import Priority


class Command(StrEnum):
    """Commands of requirements §4."""

    STATUS = "status"
    CONFIRM = "confirm"  # SELESAI
    REOPEN = "reopen"  # BUKA
    CANCEL = "cancel"  # BATAL
    SPLIT = "split"  # BARU
    ESCALATE = "escalate"  # ESKALASI
    OBJECT = "object"  # KEBERATAN
    RATE = "rate"  # NILAI, or digits while a survey is open
    SKIP = "skip"  # LEWATI
    STOP = "stop"
    START = "start"  # MULAI
    INFO = "info"


OF_A_TICKET = frozenset(
    {Command.CONFIRM, Command.REOPEN, Command.CANCEL, Command.ESCALATE, Command.OBJECT}
)
"""Commands with which a reporter moves one ticket."""


class IntentKind(StrEnum):
    """What the words alone say; what becomes of it is decided with the sender's tickets."""

    COMPLAINT = "complaint"  # keyword with content
    EMPTY = "empty"  # keyword without content
    COMMAND = "command"
    THANKS = "thanks"  # plain thanks or a reaction
    TEXT = "text"  # anything else; may still join a ticket by number, thread or conversation
    NOTHING = "nothing"  # no text at all


@value
class Intent:
    """What the words of one message say.

    Attributes:
        kind: see IntentKind. A number in the text does not change it.
        command: for ``command``.
        numbers: well-formed ticket numbers in the text, in order, without repeats.
        misread: pieces that look like a number but fail the check digit, as written.
        content: the complaint without greeting, keyword and separators; for commands what follows
            them; otherwise the text. Spelling and case stay as typed.
        subject: first sentence of the content (email: the subject without prefixes and keyword),
            at most 80 characters, identity numbers masked.
        unit: from ``#`` fields or labelled lines, "" when not given.
        category: a key of the category list, named in a field or guessed from the words; "" else.
        labels: labelled lines as written: ``{"lokasi": …}``, lower-case keys.
        scores: five survey digits, or one, or none.
        asks_number: the bare question for the ticket's number.
        asks_progress: a text without number that asks how far it is; no command by itself.
        priority_hint, medical: urgency words after negation; people decide.
        language: id, jv, osi, mad, su, en.
        match_text: cleaned content for near-duplicates, at most 500 characters.
    """

    kind: IntentKind
    content: str
    subject: str
    match_text: str
    command: Command | None = None
    numbers: tuple[TicketNumber, ...] = ()
    misread: tuple[str, ...] = ()
    unit: str = ""
    category: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    scores: tuple[int, ...] = ()
    asks_number: bool = False
    asks_progress: bool = False
    priority_hint: Priority | None = None
    medical: bool = False
    language: str = "id"
