"""``helpdesk audit`` beside a running store, on both engines, and on a file with flipped bytes."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gateway.cli import helpdesk
from tests.contracts.bending import GONE, bend, lay
from tests.contracts.histories import history, number_of
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from ticket_store.store import SqlStore

ONE = number_of(1)


@pytest.fixture
def config(tmp_path: Path, store_url: str) -> Path:
    file = tmp_path / "helpdesk.toml"
    file.write_text(
        f"""
[office]
name = "Dinas Contoh"
[http]
public_url = "http://127.0.0.1:8080"
[store]
url = "{store_url}"
data_dir = "{tmp_path}/data"
""",
        encoding="utf-8",
    )
    return file


async def run(config: Path, *arguments: str) -> Result:
    """In a thread: the command has a loop of its own, and the store stays open meanwhile."""
    told = ["audit", *arguments, "--config", str(config)]
    return await asyncio.to_thread(CliRunner().invoke, helpdesk, told)


async def test_all_is_well(store: SqlStore, config: Path) -> None:
    await history(store, 1)
    await lay(store, 0)
    said = await run(config, "verify")
    assert said.exit_code == 0
    assert said.stdout == (
        "3 events of 1 tickets, 0 chains of the house, 1 anchors: all is well.\n"
    )


async def test_what_is_wrong_is_named_and_the_exit_code_says_so(
    store: SqlStore, config: Path
) -> None:
    await history(store, 1)
    await history(store, 2)
    await lay(store, 0)
    await bend(store, *GONE, "UPDATE events SET data = '{}' WHERE seq = 2")
    said = await run(config, "verify")
    assert said.exit_code == 1
    assert f"event 2 of {number_of(2)} was altered: it no longer fits its hash." in said.stdout
    assert f"{ONE} was removed with its 3 events of 2026-11-16." in said.stdout
    assert said.stdout.endswith("something is not as it was written.\n")
    told = json.loads((await run(config, "verify", "--json")).stdout)
    assert told["verdict"] == "wrong"
    found = {(one["kind"], one["whose"], one["seq"]) for one in told["findings"]}
    assert {("altered", number_of(2), 2), ("gone", ONE, 3)} <= found


async def test_anchors_that_were_kept_elsewhere(
    store: SqlStore, config: Path, tmp_path: Path
) -> None:
    await history(store, 1)
    await lay(store, 0)
    kept = tmp_path / "anchors.txt"
    for form in ([], ["--json"]):
        kept.write_text((await run(config, "anchors", *form)).stdout + "\n", encoding="utf-8")
        assert (await run(config, "verify", "--against", str(kept))).exit_code == 0
    kept.write_text("2026-11-16 0000\n2026-11-17 1111\n", encoding="utf-8")
    said = await run(config, "verify", "--against", str(kept))
    assert said.exit_code == 1
    assert "the anchor of 2026-11-16 is not the one that was written down." in said.stdout
    assert "the anchor of 2026-11-17 is not there any more." in said.stdout


async def test_since_a_day(store: SqlStore, config: Path) -> None:
    await history(store, 1)
    await lay(store, 0)
    await history(store, 2)
    await lay(store, 1)
    told = json.loads((await run(config, "verify", "--json", "--since", "2026-11-17")).stdout)
    assert (told["tickets"], told["anchors"]) == (1, 1)
    listed = (await run(config, "anchors", "--since", "2026-11-17")).stdout
    assert listed.startswith("2026-11-17 ")
    assert listed.count("\n") == 1


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
class TestOneFile:
    async def test_wrong_use_and_nothing_there(self, config: Path, tmp_path: Path) -> None:
        nonsense = tmp_path / "nonsense"
        nonsense.write_text("hello\n", encoding="utf-8")
        said = await run(config, "verify", "--against", str(nonsense))
        assert said.exit_code == 2
        assert "line 1, is no anchor" in said.output
        assert (await run(config, "verify", "--since", "yesterday")).exit_code == 2
        for file in tmp_path.glob("helpdesk.db*"):
            file.unlink()
        said = await run(config, "verify")
        assert said.exit_code == 1
        assert "does not exist yet" in said.output

    async def test_tables_of_an_earlier_version(self, config: Path, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "helpdesk.db") as link:
            link.execute("UPDATE alembic_version SET version_num = '0007'")
        link.close()
        said = await run(config, "verify")
        assert said.exit_code == 1
        assert "steps to go" in said.output

    async def test_a_byte_flipped_in_the_file_itself(
        self, config: Path, store_url: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "helpdesk.db"
        store = await open_store(store_url)
        for sequence in range(1, 9):
            await history(store, sequence, 9)
        await store.close()
        with sqlite3.connect(file) as link:
            [(kept,)] = link.execute(
                "SELECT hash FROM events WHERE seq = 5 AND ticket_id % 10 = 3"
            )
        link.close()
        whole = file.read_bytes()
        assert (await run(config, "verify")).exit_code == 0
        # That hash lies twice: as this event's own, and as the previous one of the next event.
        places = [at for at in range(len(whole)) if whole.startswith(kept.encode(), at)]
        assert len(places) == 2
        told: set[str] = set()
        for at in places:
            bent = bytearray(whole)
            bent[at] ^= 0x81 if told else 0x01  # the second one is no UTF-8 any more
            file.write_bytes(bytes(bent))
            told.add((await run(config, "verify")).stdout.splitlines()[0])
        altered = "event {} of HD26-000003-5 was altered: it no longer fits its hash."
        assert told == {altered.format(5), altered.format(6)}

    async def test_a_file_torn_in_the_middle(
        self, config: Path, store_url: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "helpdesk.db"
        store = await open_store(store_url)
        for sequence in range(1, 9):
            await history(store, sequence, 40)
        await store.close()
        whole = bytearray(file.read_bytes())
        middle = whole.rindex(b"MessageJoined") // 4096 * 4096
        whole[middle : middle + 4096] = b"\xff" * 4096
        file.write_bytes(bytes(whole))
        said = await run(config, "verify")
        assert said.exit_code == 1
        assert said.exception is None or isinstance(said.exception, SystemExit)
        assert "damaged" in said.output
