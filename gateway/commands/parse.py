"""``helpdesk parse``: what the system understands of bare payloads (design.md §8)."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.commands.options import config_option, settings_or_exit
from gateway.parsing import KINDS, Parsing, files_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FAILED = 1
WRONG_USE = 2
_WIDTH = 14
_HIDDEN_WHEN_EMPTY = ("automatic", "bounce", "notes", "sent_at", "subject")


@click.command("parse")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--channel", help=f"A channel's id, or a kind: {', '.join(KINDS)}.")
@click.option(
    "--purpose",
    type=click.Choice(["message", "status"]),
    help="What the webhook is for; guessed without it.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per event and line.")
@config_option
def command(
    *,
    files: Sequence[Path],
    channel: str | None,
    purpose: str | None,
    as_json: bool,
    config_path: Path | None,
) -> None:
    """Show what the system understands of payloads: FILES, folders, or - for standard input.

    A kind needs no configuration, a channel's id does. Without --channel *.eml are mails, and the
    rest is guessed.

    Exit codes: 0 all were read, 1 some could not be, 2 wrong use or configuration.
    """
    kind = _kind(channel, config_path)
    sources = list(files) or [Path("-")]
    failed = asyncio.run(_all(Parsing(kind, purpose or ""), sources, as_json=as_json))
    sys.exit(FAILED if failed else 0)


def _kind(channel: str | None, config_path: Path | None) -> str | None:
    if channel is None or channel in KINDS:
        return channel
    settings = settings_or_exit(config_path)
    if channel not in settings.channels:
        known = ", ".join([*settings.channels, *KINDS])
        raise click.BadParameter(f"expected one of {known}.", param_hint="--channel")  # noqa: EM102, TRY003 - said to whoever types
    kind = settings.channels[channel].kind
    if kind not in KINDS:
        raise click.BadParameter(f"{kind} has no payload to read.", param_hint="--channel")  # noqa: EM102, TRY003 - said to whoever types
    return kind


async def _all(parsing: Parsing, sources: Sequence[Path], *, as_json: bool) -> int:
    """Reads them one after the other; returns how many could not be read."""
    failed = 0
    try:
        for path in files_in(sources):
            rows = [row async for row in _rows(parsing, path)]
            failed += any("error" in row for row in rows)
            for row in rows:
                _show(row, as_json=as_json)
    finally:
        await parsing.close()
    return failed


async def _rows(parsing: Parsing, path: Path) -> Any:  # noqa: ANN401 - an async generator
    # Imported here so that --help need not wait for them.
    from core.errors import MalformedMessage
    from gateway.clock import SystemClock
    from gateway.readers.event import told

    name, at = str(path), SystemClock().now()
    try:
        if name == "-":
            raw = await asyncio.to_thread(sys.stdin.buffer.read)
            events = await parsing.payload("", raw, at)
        else:
            events = await parsing.file(path, at)
    except MalformedMessage as problem:
        yield {"file": name, "error": problem.sentence}
        return
    except OSError as error:
        yield {"file": name, "error": error.strerror or type(error).__name__}
        return
    for event in events:
        yield {"file": name, **told(event)}


def _show(row: dict[str, Any], *, as_json: bool) -> None:
    # A terminal or pipe of another encoding must not stop the rest.
    text = json.dumps(row, ensure_ascii=False) if as_json else "\n".join(_lines(row))
    sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _lines(row: dict[str, Any]) -> Iterator[str]:
    """One field a line, long texts below their name, empty ones left out where that is usual."""
    for key, content in row.items():
        if not content and key in _HIDDEN_WHEN_EMPTY:
            continue
        if isinstance(content, str) and "\n" in content:
            yield f"{key}:"
            yield from (f"  | {_visible(line)}" for line in content.split("\n"))
        else:
            shown = (
                content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            )
            yield f"{key + ':':<{_WIDTH}} {_visible(shown)}"
    yield ""


def _visible(line: str) -> str:
    """Without what could move a cursor or turn a text."""
    from config.redaction import one_line

    return one_line(line)
