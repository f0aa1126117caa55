"""``helpdesk quarantine`` and ``helpdesk replay``: payloads that could not be read."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from core.model.messages import ChannelId
from gateway.commands.options import config_option, settings_or_exit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from pathlib import Path

    from config.settings import Settings
    from core.model.quarantine import Parked
    from core.ports import Desk, Store

A = TypeVar("A")

FAILED = 1
_SHOWN = 4_000
_channel_option = click.option("--channel", help="Only of this channel.")
_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per row.")


@click.group()
def command() -> None:
    """Look at payloads that could not be read, also while the gateway runs.

    They are kept until they are read anew by helpdesk replay, and after.
    """


@command.command("list")
@_channel_option
@click.option("--all", "done", is_flag=True, help="Also what was read anew already.")
@_json_option
@config_option
def list_rows(*, channel: str | None, done: bool, as_json: bool, config_path: Path | None) -> None:
    """Show what waits, oldest first.

    Exit codes: 0 shown, 1 the store refused, 2 bad configuration.
    """

    async def ask(desk: Desk) -> Sequence[Parked]:
        return await desk.parked.parked(_channel_id(channel), done=done)

    found = look(settings_or_exit(config_path), ask)
    for row in found:
        click.echo(json.dumps(_told(row)) if as_json else _line(row))
    if not found and not as_json:
        click.echo("Nothing waits in quarantine.")


@command.command()
@click.argument("row", type=int)
@click.option("--raw", "bare", is_flag=True, help="The bytes as they came, and nothing else.")
@config_option
def show(*, row: int, bare: bool, config_path: Path | None) -> None:
    """Show one payload with how it came; it may hold what a citizen wrote.

    Exit codes: 0 shown, 1 no such row or the store refused, 2 bad configuration.
    """

    async def ask(desk: Desk) -> tuple[Sequence[Parked], bytes]:
        found = await desk.parked.parked(ids=[row], done=True)
        return found, await desk.parked.raw(row) if found else b""

    found, raw = look(settings_or_exit(config_path), ask)
    if not found:
        _refuse(f"there is no row {row} in quarantine")
    if bare:
        sys.stdout.buffer.write(raw)
        return
    click.echo(_line(found[0]))
    if found[0].frame:
        click.echo(found[0].frame)
    click.echo(repr(raw[:_SHOWN])[2:-1] + ("…" if len(raw) > _SHOWN else ""))


@click.command("replay")
@click.argument("rows", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="Everything that waits.")
@_channel_option
@_json_option
@config_option
def replay(
    *,
    rows: Sequence[int],
    everything: bool,
    channel: str | None,
    as_json: bool,
    config_path: Path | None,
) -> None:
    """Read quarantined payloads anew, ROWS or --all, and take in what is understood by now.

    Nothing is taken twice. Acknowledgements wait in the outbox until the gateway runs.

    Exit codes: 0 all were taken, 1 some stay in quarantine or the store refused, 2 wrong use.
    """
    if bool(rows) == everything:
        raise click.UsageError("Name rows, or say --all.")  # noqa: EM101, TRY003 - said to whoever types
    settings = settings_or_exit(config_path)
    from config.logs import set_up_logs

    set_up_logs(settings.log.model_copy(update={"level": "error"}), settings.secrets())
    stay = with_store(
        settings, lambda store: _replay(settings, store, (rows, channel), as_json=as_json)
    )
    sys.exit(FAILED if stay else 0)


async def _replay(
    settings: Settings,
    store: Store,
    which: tuple[Sequence[int], str | None],
    *,
    as_json: bool,
) -> int:
    """Returns how many stay where they are."""
    from gateway.clock import SystemClock
    from gateway.replay import DONE, Replay

    ids, channel = which
    run = Replay(settings, store, SystemClock())
    stay = 0
    try:
        waiting = await run.rows(_channel_id(channel), ids)
        for row in waiting:
            fate = await run.one(row)
            stay += fate.result not in DONE
            told = {
                "id": fate.row,
                "channel": fate.channel,
                "result": fate.result.value,
                "detail": fate.detail,
                "tickets": list(fate.numbers),
            }
            click.echo(json.dumps(told) if as_json else _became(told))
    finally:
        await run.close()
    absent = sorted(set(ids) - {row.id for row in waiting})
    for row_id in absent:
        click.echo(f"{row_id}: not waiting in quarantine", err=True)
    return stay + len(absent)


def with_store(settings: Settings, ask: Callable[[Store], Awaitable[A]]) -> A:
    """What work on the store brings; ends the process with one sentence where it refuses."""

    async def run() -> A:
        from gateway.wiring import make_store

        store = await make_store(settings)
        try:
            return await ask(store)
        finally:
            await store.close()

    return _answered(run())


def look(settings: Settings, ask: Callable[[Desk], Awaitable[A]]) -> A:
    """What a look into the store brings, also while a gateway runs; else as above."""

    async def run() -> A:
        from ticket_store.looking import looking

        async with looking(settings.store.url.get_secret_value()) as desk:
            return await ask(desk)

    return _answered(run())


def _answered(asked: Coroutine[object, object, A]) -> A:
    from core.errors import StoreUnavailable
    from ticket_store.failures import StoreRefused

    try:
        return asyncio.run(asked)
    except StoreRefused as error:
        hint = ". Stop the gateway first, and start it again afterwards"
        _refuse(f"{error}{hint if 'in use' in str(error) else ''}")
    except (StoreUnavailable, OSError) as error:
        _refuse(str(error) or type(error).__name__)


def _channel_id(channel: str | None) -> ChannelId | None:
    return None if channel is None else ChannelId(channel)


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"Cannot do it: {' '.join(sentence.split())}.", err=True)
    sys.exit(FAILED)


def _line(row: Parked) -> str:
    state = f"read anew {row.replayed_at:%Y-%m-%d %H:%M}" if row.replayed_at else "waits"
    return (
        f"{row.id:>6}  {row.at:%Y-%m-%d %H:%M:%SZ}  {row.channel:<12} {row.size:>9} B  "
        f"{state}  {_one_line(row.sentence)}"
    )


def _told(row: Parked) -> dict[str, object]:
    return {
        "id": row.id,
        "channel": row.channel,
        "at": row.at.isoformat(),
        "bytes": row.size,
        "sentence": row.sentence,
        "replayed_at": row.replayed_at.isoformat() if row.replayed_at else None,
    }


def _became(told: dict[str, Any]) -> str:
    tickets = f"  {', '.join(told['tickets'])}" if told["tickets"] else ""
    line = f"{told['id']:>6}  {told['channel']:<12} {told['result']:<10} {told['detail']}{tickets}"
    return _one_line(line)


def _one_line(text: str) -> str:
    from config.redaction import one_line

    return one_line(text)
