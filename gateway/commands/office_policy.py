"""The policy of promises for commands beside a running gateway: the store has the last word."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from config.load import config_file
from config.promises import load_promises
from core.errors import StoreUnavailable
from core.model.policy_documents import parse_policy
from core.model.sla import DEFAULT_POLICY
from gateway.clock import SystemClock
from gateway.commands.options import settings_or_exit

if TYPE_CHECKING:
    from pathlib import Path

    from core.model.policy_documents import PolicyDocument
    from core.model.sla import SlaPolicy

FAILED = 1


def office_policy(config_path: Path | None) -> SlaPolicy:
    """What the office promises: by its store, else by its file, else as requirements §3 has it.

    Ends the process where the configuration is wrong, or the store is there and cannot be read.
    """
    if config_file(config_path) is None:
        return DEFAULT_POLICY
    settings = settings_or_exit(config_path)
    kept = asyncio.run(_kept(settings.store.url.get_secret_value()))
    return load_promises(settings.watch.promises) if kept is None else parse_policy(kept.document)


async def _kept(url: str) -> PolicyDocument | None:
    """None: there is no store yet, or none that has been started."""
    from ticket_store.failures import StoreRefused
    from ticket_store.looking import promising

    try:
        async with promising(url) as policies:
            return await policies.holding(SystemClock().now())
    except StoreRefused:
        return None
    except (StoreUnavailable, OSError) as away:
        sentence = " ".join(str(away).split()) or type(away).__name__
        click.echo(f"The store's promises cannot be read: {sentence}.", err=True)
        sys.exit(FAILED)
