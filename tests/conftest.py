"""What holds for every test: nothing of the test run itself holds up the event loop."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    import pytest

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=True),
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)
"""Where a test sets up no log: as plain as the gateway's own. Structlog's default draws every
traceback with all local values, which holds up the event loop for a second each."""


LONGEST: Final = (
    *("test_every_page.py", "test_schemathesis.py", "test_kill.py", "test_kill_doors.py"),
    *("test_odd_numbers.py", "test_email.py", "test_dispatcher.py"),
)
"""Files that one worker is busy with for a minute or so."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin, then the journeys: so both workers end at about the same time."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    name = Path(item.path).name
    if name in LONGEST:
        return LONGEST.index(name)
    return len(LONGEST) + ("journeys" not in item.path.parts)


def pytest_collection_finish() -> None:
    """Takes the collected tests out of the collector's sight.

    Half a million objects, which last until the end: each full collection would walk them all and
    hold up the event loop for a second on a slow machine, and the tests of that loop would then
    blame the gateway for it.
    """
    gc.collect()
    gc.freeze()
