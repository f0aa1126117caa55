"""TOML files of calendars: reading them, and saying in one sentence what is wrong where."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from core.model.faults import DocumentError, Fault, fault

if TYPE_CHECKING:
    from collections.abc import Mapping

NEITHER: Final = "%(found)r is neither a preset (%(names)s) nor a file"
UNKNOWN: Final = "%(key)s is unknown; known are %(names)s"
NOT_TOML: Final = "%(document)s is not valid TOML: %(why)s"


class CalendarFileError(DocumentError):
    """A calendar or holiday file cannot be trusted; the text names file, line and key."""

    @property
    def line(self) -> int:
        """Where, from 1; 0 when it is about the whole."""
        return self.faults[0].line


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file and its text, so that a problem can name the line.

    Attributes:
        table: the parsed document.
    """

    path: Path
    text: str
    table: Mapping[str, object]

    def refuse(self, key: str, words: str, offset: int = 0, **given: object) -> NoReturn:
        """Raises CalendarFileError for a key; its table begins at ``offset`` in the text.

        Args:
            key: of the document; stands in the words as ``%(key)s``.
            words: as in ``core.model.faults.Fault``.
            offset: where to look for the key.
            given: what stands in the other places of the words.
        """
        assigned = re.compile(rf'^[ \t]*"?{re.escape(key)}"?[ \t]*=', re.MULTILINE)
        found = assigned.search(self.text, offset)
        self.refuse_at(found.start() if found else offset, fault(words, key=key, **given))

    def refuse_at(self, offset: int, wrong: Fault) -> NoReturn:
        """Raises CalendarFileError for a place in the text."""
        raise CalendarFileError(replace(wrong, document=self.path.name, line=self.line(offset)))

    def line(self, offset: int) -> int:
        """The line of a place in the text, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def starts(self, pattern: str, count: int) -> list[int]:
        """Where each of ``count`` entries begins: matches of the pattern at line starts.

        When the file is written in another form than one entry per line, all are 0.
        """
        found = [m.start() for m in re.finditer(rf"^[ \t]*{pattern}", self.text, re.MULTILINE)]
        return found if len(found) == count else [0] * count

    def only_keys(self, known: frozenset[str]) -> None:
        """Raises CalendarFileError for a key nobody reads."""
        for key in self.table:
            if key not in known:
                self.refuse(key, UNKNOWN, names=", ".join(sorted(known)))

    def flag(self, key: str, *, default: bool) -> bool:
        """The value of a yes-or-no key. Raises CalendarFileError."""
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "%(key)s must be true or false")
        return value

    def string(self, key: str, default: str) -> str:
        """The value of a text key. Raises CalendarFileError when it is no text or empty."""
        value = self.table.get(key, default)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "%(key)s must be a text that is not empty")
        return value

    def tables(self, key: str) -> list[dict[str, object]]:
        """The tables listed under a key, none when it is absent. Raises CalendarFileError."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.refuse(key, "%(key)s must be a list of tables")
        return value


def parse_toml(text: str, name: str) -> TomlFile:
    """A document that lies in no folder. Raises CalendarFileError when it is no TOML."""
    try:
        return TomlFile(Path(name), text, tomllib.loads(text))
    except ValueError as error:
        told = re.search(r"at line (\d+)", str(error))
        wrong = fault(NOT_TOML, document=name, why=error)
        line = int(told[1]) if told else 0
        raise CalendarFileError(replace(wrong, line=line)) from error


def read_toml(path: Path) -> TomlFile:
    """Reads one file. Raises CalendarFileError when it is absent, no text, or no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return TomlFile(path, text, tomllib.loads(text))
    except OSError as error:
        words = "%(document)s cannot be read: %(why)s"
        raise CalendarFileError(fault(words, document=path.name, why=error.strerror)) from error
    except ValueError as error:  # covers both wrong UTF-8 and TOMLDecodeError, which has the line
        wrong = fault(NOT_TOML, document=path.name, why=error)
        raise CalendarFileError(wrong) from error
