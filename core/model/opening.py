"""What stands at the beginning of a text: greeting, keyword, command (requirements §4, 3 to 5)."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.cleaning import HEAD, fold, origin, words
from core.model.commands import COMPLAIN, SLASH, command_at, slash_at
from core.model.intent import Command
from core.model.keyword import keyword_end, skip_greeting, skip_separators, skip_signs

_CLOSING = {"*": "*", "_": "_", "~": "~", '"': '"', "`": "`", "(": ")", "[": "]", "“": "”"}


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a text.

    Attributes:
        keyword: the keyword or ``/lapor`` stood there.
        command: a command word or slash command, after the keyword or alone.
        rest: what follows, as typed; the whole text when neither stood there.
        folded: the folded head of ``rest``.
        hashes: the keyword was followed by ``#``.
    """

    keyword: bool
    command: Command | None
    rest: str
    folded: str
    hashes: bool = False

    @classmethod
    def of(cls, rest: str, command: Command | None = None) -> Opening:
        """An opening whose rest was put together from other parts of a message."""
        return cls(command is None, command, rest, fold(rest[:HEAD]))


def open_text(text: str, folded: str, prefix: str) -> Opening:
    """The opening of a text.

    Args:
        text: the whole text.
        folded: its folded head, ``fold(text[:HEAD])``.
        prefix: of ticket numbers.
    """
    start = skip_greeting(folded)
    end = _keywords_end(folded, start)
    if end is None:
        return _without_keyword(text, folded, start, prefix)
    after = skip_separators(folded, end)
    hashes = "#" in folded[end:after]
    at = skip_signs(folded, after)
    command, rest_at = _command(folded, at, prefix)
    at = rest_at if command else after
    rest = _unwrapped(text, start, at)
    return Opening(keyword=True, command=command, rest=rest, folded=folded[at:], hashes=hashes)


def _without_keyword(text: str, folded: str, start: int, prefix: str) -> Opening:
    command, at = _command(folded, start, prefix)
    if command in (Command.STOP, Command.START) and words(folded[:start]):
        command = None  # these count only when they are the whole message
    if command is None:
        return Opening(keyword=False, command=None, rest=text, folded=folded)
    rest = text[origin(text[:HEAD], at) :]
    return Opening(keyword=False, command=command, rest=rest, folded=folded[at:])


def _keywords_end(folded: str, at: int) -> int | None:
    """Where the keyword and its repeats end; None when none stands at this place."""
    last: int | None = None
    end = _keyword_or_lapor(folded, at)
    while end is not None:
        last = end
        end = _keyword_or_lapor(folded, skip_signs(folded, skip_separators(folded, end)))
    return last


def _keyword_or_lapor(folded: str, at: int) -> int | None:
    """Where the keyword or ``/lapor`` at this place ends."""
    if not folded.startswith("/", at):
        return keyword_end(folded, at)
    slash = slash_at(folded, at)
    return slash.end if slash is not None and slash.name == COMPLAIN else None


def _command(folded: str, at: int, prefix: str) -> tuple[Command | None, int]:
    """The command at this place or None, and where what follows it begins."""
    if folded.startswith("/", at):
        slash = slash_at(folded, at)
        if slash is not None and slash.name != COMPLAIN:
            return SLASH[slash.name], skip_separators(folded, slash.end)
    if found := command_at(folded, at, prefix):
        return found.command, found.end
    if folded.strip(" \n*_~`\"'.!") == "?":
        return Command.INFO, len(folded)
    return None, at


def _unwrapped(text: str, start: int, at: int) -> str:
    """What follows ``at``, without the closing twin of a mark that stood before the keyword."""
    head = text[:HEAD]
    rest = text[origin(head, at) :]
    closing = _CLOSING.get(text[origin(head, start) - 1]) if start else None
    if closing and rest.endswith(closing) and rest.count(closing) == 1:
        return rest[: -len(closing)].rstrip()
    return rest
