"""``helpdesk staff`` and ``helpdesk reseal``, over a real store."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from config.load import load
from core.model.restricted import RestrictedField, RestrictedValue, about
from core.model.staff import Role
from core.services.entry import Attempt, Entered, log_in, who_by_token
from core.services.passwords import accept_invitation
from gateway.clock import SystemClock
from gateway.commands.staff import command, reseal
from gateway.house import open_house
from gateway.rights_table import table
from gateway.wiring import make_store
from tests.config.test_settings_reference import ROOT
from tests.contracts.house_kit import KEY_ONE, KEY_TWO, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from core.services.house import House


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "helpdesk.toml"
    path.write_text(
        '[office]\nname = "Dinas"\n[http]\npublic_url = "https://helpdesk.contoh.go.id"\n'
        f'[store]\nurl = "sqlite+aiosqlite:///{tmp_path}/helpdesk.db"\n'
        f'data_dir = "{tmp_path}/data"\n[vault]\ndata_keys = "{KEY_ONE}"\n',
        encoding="utf-8",
    )
    return path


def run(config: Path, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(command, [*arguments, f"--config={config}"], input=typed)


def in_house(config: Path, ask: Callable[[House], Awaitable[object]]) -> object:
    async def asked() -> object:
        settings = load(config)
        store = await make_store(settings)
        try:
            return await ask(open_house(settings, store, SystemClock()))
        finally:
            await store.close()

    return asyncio.run(asked())


def add(config: Path, login: str = "sari", role: str = "operator") -> Result:
    return run(config, "add", login, "--name=Sari Dewi", f"--role={role}")


def test_the_first_admin_comes_in_by_an_invitation(config: Path) -> None:
    done = add(config, "admin", "admin")
    assert done.exit_code == 0, done.output
    token = re.search(r"/console/undangan/(\S+)", done.output)
    assert token

    async def accepted(house: House) -> object:
        await accept_invitation(house, token[1], PASSWORD)
        return await log_in(house, Attempt("admin", PASSWORD))

    entered = in_house(config, accepted)
    assert isinstance(entered, Entered)
    assert entered.wanting == "enrol"
    assert entered.staff.roles == {Role.ADMIN}


def test_people_are_listed_without_secrets(config: Path) -> None:
    add(config)
    run(config, "password", "sari", "--stdin", typed=f"{PASSWORD}\n")
    done = run(config, "list", "--json")
    assert json.loads(done.output) == {
        "id": 1,
        "login": "sari",
        "name": "Sari Dewi",
        "roles": ["operator"],
        "unit_id": None,
        "present_until": None,
        "disabled_at": None,
    }
    assert "Sari Dewi" in run(config, "list").output


def test_disabling(config: Path) -> None:
    add(config)
    assert run(config, "disable", "SARI").exit_code == 0
    assert run(config, "list").output == ""
    assert "disabled" in run(config, "list", "--all").output
    add(config, "admin", "admin")
    refused = run(config, "disable", "admin")
    assert refused.exit_code == 1
    assert "administrator" in refused.output


def test_a_password_from_standard_input(config: Path) -> None:
    add(config)
    done = run(config, "password", "sari", "--stdin", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    entered = in_house(config, lambda house: log_in(house, Attempt("sari", PASSWORD)))
    assert isinstance(entered, Entered)
    weak = run(config, "password", "sari", "--stdin", typed="pendek\n")
    assert weak.exit_code == 1
    assert "pendek" not in weak.output


def test_a_password_is_asked_for_twice_and_not_shown(config: Path) -> None:
    add(config)
    done = run(config, "password", "sari", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output


def test_a_token_is_shown_once(config: Path) -> None:
    add(config)
    done = run(config, "token", "sari", "--name=laporan", "--right=view", "--days=30")
    assert done.exit_code == 0, done.output
    secret = done.output.splitlines()[0]
    here = in_house(config, lambda house: who_by_token(house, secret))
    assert here is not None
    refused = run(config, "token", "sari", "--name=x", "--right=admin_staff")
    assert refused.exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("disable", "tidak-ada"),
        ("password", "tidak-ada", "--stdin"),
        ("token", "tidak-ada", "--name=x"),
        ("add", "sa ri", "--name=x", "--role=operator"),
        ("add", "kasatpel", "--name=x", "--role=unit_supervisor"),
    ],
)
def test_refusals_are_one_sentence_and_exit_1(config: Path, arguments: tuple[str, ...]) -> None:
    done = run(config, *arguments, typed=f"{PASSWORD}\n")
    assert done.exit_code == 1
    assert done.output.startswith("Cannot do it: ")
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "sari", "--name=x"),
        ("add", "sari", "--name=x", "--role=king"),
        ("token", "sari", "--name=x", "--right=fly"),
        ("token", "sari", "--name=x", "--days=0"),
    ],
)
def test_wrong_use_is_exit_2(config: Path, arguments: tuple[str, ...]) -> None:
    assert run(config, *arguments).exit_code == 2


def test_reseal_tells_what_is_left(config: Path) -> None:
    async def planted(house: House) -> None:
        field = RestrictedField.NIK
        async with house.open_desk() as desk:
            await desk.restricted.put(
                RestrictedValue(
                    owner="ticket:1",
                    field=field,
                    sealed=house.vault.seal(b"x", about("ticket:1", field)),
                    digest="d",
                    tail="",
                    created_at=house.clock.now(),
                )
            )
            await desk.commit()

    in_house(config, planted)
    text = config.read_text(encoding="utf-8")
    for keys, done, unreadable in (
        (KEY_TWO, 0, 1),
        (f"{KEY_TWO} {KEY_ONE}", 1, 0),
        (KEY_TWO, 0, 0),
    ):
        config.write_text(text.replace(f'"{KEY_ONE}"', f'"{keys}"'), encoding="utf-8")
        result = CliRunner().invoke(reseal, [f"--config={config}", "--json"])
        assert json.loads(result.output) == {"done": done, "unreadable": unreadable}
        assert result.exit_code == (1 if unreadable else 0)


def test_the_page_of_rights_is_that_of_the_table() -> None:
    page = (ROOT / "docs/rights.md").read_text(encoding="utf-8")
    assert page == table(), "run: python -m gateway.rights_table > docs/rights.md"
