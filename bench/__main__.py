"""``make bench``: the gateway beside its references, in one run, as ratios.

Everything runs on this machine, on loopback, bounded in count and time. Gateway and reference take
turns; each figure is the median of the turns. ``--quick`` takes fewer turns and a smaller store.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import api, audit, console, growth, intake, kannel, mail, outgoing, pace, watch
from bench.database import Stores, cluster
from bench.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = (
    "intake",
    "mail",
    "outgoing",
    "pace",
    "growth",
    "kannel",
    "watch",
    "audit",
    "api",
    "console",
)


def main() -> None:
    """Runs the parts asked for and prints one table."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="fewer turns, 100,000 tickets")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part, repeatable")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    parts = options.only or PARTS
    turns = 3 if options.quick else 5
    table = Table()
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as folder, cluster() as server:
        stores = Stores(server, Path(folder))
        many = 100_000 if options.quick else 1_000_000
        measures: dict[str, Callable[[], None]] = {
            "intake": lambda: intake.measure(table, stores, turns),
            "mail": lambda: mail.measure(table, stores, turns),
            "outgoing": lambda: outgoing.measure(table, stores, turns),
            "pace": lambda: pace.measure(table, stores, turns),
            "kannel": lambda: kannel.measure(table, stores, turns),
            "growth": lambda: growth.measure(table, stores, many),
            "watch": lambda: watch.measure(table, stores, many, turns),
            "audit": lambda: audit.measure(table, stores, many),
            "api": lambda: api.measure(table, stores, many),
            "console": lambda: console.measure(table, stores, many),
        }
        for part, measure in measures.items():
            if part in parts:
                measure()
    sys.stdout.write(
        f"\n{platform.system()}, {platform.machine()}, {platform.python_version()}\n\n"
    )
    sys.stdout.write(table.text())
    if options.json:
        options.json.write_text(json.dumps(table.rows, indent=1))


if __name__ == "__main__":
    main()
