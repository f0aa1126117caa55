"""``helpdesk log``: what providers said and what we answered (providers.md §2.8)."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import click

from core.model.exchange import ExchangeQuery
from core.model.messages import ChannelId
from gateway.commands.options import config_option, settings_or_exit
from gateway.commands.quarantine import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from core.model.exchange import Exchange
    from core.ports import Desk


@click.command("log")
@click.option("--channel", help="Only of this channel.")
@click.option("--about", help="Only of this id: the provider's of a message, or our outbox id.")
@click.option("--hours", type=click.FloatRange(min=0), help="Not older than so many hours.")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    help="So many of the newest.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per exchange.")
@config_option
def command(  # noqa: PLR0913 - one for each option
    *,
    channel: str | None,
    about: str | None,
    hours: float | None,
    limit: int,
    as_json: bool,
    config_path: Path | None,
) -> None:
    """Show exchanges with providers, oldest first, also while the gateway runs.

    Secrets, phone numbers and identity numbers are masked in them.

    Exit codes: 0 shown, 1 the store refused, 2 bad configuration.
    """
    # Imported here so that --help need not wait for it.
    from gateway.clock import SystemClock

    query = ExchangeQuery(
        ChannelId(channel) if channel else None,
        about,
        SystemClock().now() - timedelta(hours=hours) if hours is not None else None,
        limit,
    )

    async def ask(desk: Desk) -> Sequence[Exchange]:
        return await desk.channel_log.read(query)

    for one in look(settings_or_exit(config_path), ask):
        click.echo(json.dumps(_told(one)) if as_json else "\n".join(_lines(one)))


def _told(one: Exchange) -> dict[str, str]:
    return {
        "channel": one.channel,
        "at": one.at.isoformat(),
        "direction": one.direction.value,
        "about": one.about,
        "said": one.said,
        "answered": one.answered,
    }


def _lines(one: Exchange) -> Iterator[str]:
    from config.redaction import one_line

    arrow = "→" if one.direction.value == "out" else "←"
    at = one.at.astimezone(UTC)
    yield f"{at:%Y-%m-%d %H:%M:%SZ} {arrow} {one.channel} {one_line(one.about)}"
    for mark, text in (("said", one.said), ("answered", one.answered)):
        for line in text.split("\n"):
            yield f"  {mark:<8} | {one_line(line)}"
    yield ""
