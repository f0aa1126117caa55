"""What holds for every test: nothing of the test run itself holds up the event loop."""

from __future__ import annotations

import gc

import structlog

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


def pytest_collection_finish() -> None:
    """Takes the collected tests out of the collector's sight.

    Half a million objects, which last until the end: each full collection would walk them all and
    hold up the event loop for a second on a slow machine, and the tests of that loop would then
    blame the gateway for it.
    """
    gc.collect()
    gc.freeze()
