"""What the mail program of the sandbox shows, without any I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console import wording
from console.sandbox.bubbles import paired, state_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from console.sandbox.phone import Letter
    from core.model.views import ThreadEntry

_TROUBLES = 3
_WELL = frozenset({"sent", "delivered", "read", "handed_over"})
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One mail of the list; ``fate`` says what the office made of one that the holder sent."""

    id: int
    mine: bool
    subject: str
    who: str
    time: str
    iso: str
    fate: str
    number: str
    files: int


class Notes:
    """What the office knows of the mails of one person."""

    def __init__(self, entries: Sequence[ThreadEntry], letters: Sequence[Letter]) -> None:
        """Takes what the office keeps, oldest first, and the mailbox, newest first."""
        self._entries = entries
        sent = [letter for letter in reversed(letters) if letter.mine]
        found = paired(entries, [letter.text for letter in sent])
        self._of = {sent[place].id: entry for entry, place in found}

    def of(self, letter: Letter) -> ThreadEntry | None:
        """The office's entry for a mail that the holder sent."""
        return self._of.get(letter.id)

    def troubles(self) -> list[str]:
        """Why answers do not come, the newest last."""
        found = []
        for entry in self._entries:
            if entry.silence:
                found.append(f"Tidak dibalas: {entry.silence}.")
            if not entry.inbound and entry.state not in _WELL:
                found.append(f"Balasan: {state_words(entry, parts=False)}")
        return found[-_TROUBLES:]


def line_of(letter: Letter, notes: Notes, zone: ZoneInfo) -> Line:
    """One mail of the list in words."""
    entry = notes.of(letter) if letter.mine else None
    return Line(
        id=letter.id,
        mine=letter.mine,
        subject=letter.subject or "(tanpa subjek)",
        who=letter.to if letter.mine else letter.writer,
        time=wording.clock_time(letter.at, zone),
        iso=letter.at.isoformat(),
        fate=wording.OUTCOMES[entry.outcome.value] if entry and entry.outcome else "",
        number=(entry.number or "") if entry else "",
        files=len(letter.files),
    )


@dataclass(frozen=True, slots=True)
class LetterView:
    """The open mail.

    Attributes:
        files: name and size in words.
        reply_subject: of an answer.
        quoted: its text as an answer quotes it.
    """

    id: int
    mine: bool
    subject: str
    writer: str
    to: str
    time: str
    iso: str
    text: str
    html: bool
    headers: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    answer_to: str
    reply_subject: str
    quoted: str


def letter_view(letter: Letter, zone: ZoneInfo) -> LetterView:
    """The open mail in words."""
    subject = letter.subject
    is_reply = subject.lower().startswith(("re:", "bls:"))
    at = wording.moment(letter.at, zone)
    lines = "\n".join(f"> {line}" for line in letter.text.splitlines())
    return LetterView(
        id=letter.id,
        mine=letter.mine,
        subject=subject or "(tanpa subjek)",
        writer=letter.writer,
        to=letter.to,
        time=at,
        iso=letter.at.isoformat(),
        text=letter.text,
        html=bool(letter.html),
        headers=letter.headers,
        files=tuple((file.name, _size(len(file.data))) for file in letter.files),
        answer_to=letter.answer_to,
        reply_subject=subject if is_reply else f"Re: {subject}",
        quoted=f"\n\nPada {at.replace(chr(160), ' ')}, {letter.writer} menulis:\n{lines}",
    )


def _size(count: int) -> str:
    """In whole kilobytes, as mail programs show it."""
    return f"{max(1, round(count / _KIB))} KB"
