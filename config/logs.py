"""The log: structlog and the standard library's logging in one stream, redacted at its mouth.

Lines go to stderr, as console text or JSON, with UTC times. Whatever the caller or a library
says, a line is one line and holds no secret, no identity number and no full phone number.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, cast

import structlog

from config.redaction import Redactor, one_line

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from config.settings import LogSettings

QUIET = (
    "twilio",
    "twilio.http_client",
    "httpx",
    "aiohttp.access",
    "asyncio",
    "sqlalchemy",
    "alembic",
    "aiosqlite",
)
"""Loggers of libraries that write one line per call, or whole requests; held at WARNING."""

LONGEST_TRACE = 20
"""Frames of a traceback that are written, the innermost ones."""

MOST_LINES = 200
"""Lines of a traceback that are written, chained exceptions and long messages included."""

_LARGEST_PLAIN_NUMBER = 10**11
_PLAIN = re.compile(r"[!#-<>-~]+")  # visible ASCII without quotation and equals marks
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")

Line = MutableMapping[str, Any]


class LogPipe:
    """Turns what is said into one written line: redact, render, write. One per process."""

    def __init__(self, redactor: Redactor, stream: TextIO, *, as_json: bool) -> None:
        self._redactor = redactor
        self._stream = stream
        self._render = _as_json if as_json else _as_text

    def __call__(self, _logger: object, level: str, line: Line) -> NoReturn:
        """Writes the line and stops structlog there. Never raises: a log must not stop intake."""
        # A closed or full stderr: there is no other place to tell it.
        with suppress(OSError, ValueError):
            self.write(level, line)
        raise structlog.DropEvent

    def write(self, level: str, line: Line) -> None:
        """Writes one line. Raises OSError or ValueError when stderr is gone."""
        _stamp(None, level, line)
        when = line.pop("time")
        trace = _trace(line)
        safe = {key: self._safe(value) for key, value in line.items()}
        frames = [self._redactor.text(frame) for frame in trace]
        self._stream.write(f"{self._render(when, level, safe, frames)}\n")

    def _safe(self, value: object) -> object:
        if isinstance(value, str):
            return self._redactor.text(value)
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int) and abs(value) < _LARGEST_PLAIN_NUMBER:
            return value
        return self._redactor.text(_said(value))


class StandardBridge(logging.Handler):
    """Carries what libraries say through ``logging`` into the same pipe."""

    def __init__(self, pipe: LogPipe) -> None:
        super().__init__()
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record; a record that cannot be formatted is told as it is."""
        try:
            event = record.getMessage()
        except (TypeError, ValueError, KeyError):
            event = f"{record.msg} (its arguments do not fit)"
        line: Line = {"event": event, "source": record.name}
        if record.exc_info:
            line["exc_info"] = record.exc_info
        try:
            self._pipe.write(record.levelname.lower(), line)
        except (OSError, ValueError):
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Stays silent: the default prints the unredacted record to stderr."""


def set_up_logs(
    settings: LogSettings, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Takes over structlog and logging for this process. May be called again.

    Args:
        settings: level and format.
        secrets: values that must never be written, see ``Settings.secrets``.
        stream: None: stderr.
    """
    pipe = LogPipe(Redactor(secrets), stream or sys.stderr, as_json=settings.format == "json")
    level = _LEVELS[settings.level]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, pipe],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=level, handlers=[StandardBridge(pipe)], force=True)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger that says who speaks. Keep it: making one costs more than a line.

    ``log.info("taken", channel="sms", messages=3)``: one fixed phrase, the rest as keys.
    """
    return cast("FilteringBoundLogger", structlog.get_logger(source=name))


def _said(value: object) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - any object may be logged, and a log never raises
        return f"({type(value).__name__} that cannot be shown: {type(error).__name__})"


def _trace(line: Line) -> list[str]:
    """The exception of a line as text, innermost frames, without the values of variables."""
    said = line.pop("exc_info", None)
    if not said:
        return []
    error = said if isinstance(said, BaseException) else None
    if error is None:
        error = said[1] if isinstance(said, tuple) else sys.exc_info()[1]
    if error is None:
        return []
    pieces = traceback.format_exception(error, limit=-LONGEST_TRACE)
    lines = [line for piece in pieces for line in piece.splitlines()]
    # The text of an exception may be as long as a message; both ends of a trace tell something.
    half = MOST_LINES // 2
    return lines if len(lines) <= MOST_LINES else [*lines[:half], "…", *lines[-half:]]


def _as_json(when: str, level: str, line: Line, frames: list[str]) -> str:
    # ASCII only, json's default: a terminal that shows the file obeys no control character in it.
    head: dict[str, object] = {"time": when, "level": level, **line}
    if frames:
        head["exception"] = "\n".join(frames)
    return json.dumps(head)


def _as_text(when: str, level: str, line: Line, frames: list[str]) -> str:
    event = one_line(str(line.pop("event", "")))
    said = " ".join(f"{one_line(key)}={_quoted(value)}" for key, value in line.items())
    head = f"{when} {level:<7} {event}{'  ' if said else ''}{said}"
    # Bars keep the text of an exception from looking like a line of its own.
    return "\n  | ".join([head, *map(one_line, frames)])


def _quoted(value: object) -> str:
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    return '"' + one_line(text).replace('"', '\\"') + '"'
