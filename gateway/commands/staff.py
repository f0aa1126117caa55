"""``helpdesk staff``: people who work here, from the command line; the first one comes from here.

Whoever may run it holds the machine, and so may do everything; the history names ``system``.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import click

from core.model.staff import Right, Role
from gateway.commands.options import config_option, settings_or_exit
from gateway.commands.quarantine import with_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from core.model.staff import Staff
    from core.services.house import House

FAILED = 1
_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
_ROLES = click.Choice([role.value for role in Role])
_RIGHTS = click.Choice([right.value for right in Right])


@click.group()
def command() -> None:
    """Add the people who work here, let them in, and keep them out.

    A SQLite store has one process: stop the gateway first. PostgreSQL can be asked at any time.
    """


@command.command()
@click.argument("login")
@click.option("--name", required=True, help="As colleagues and citizens read it.")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLES, help="Repeat it.")
@click.option("--unit", type=int, help="Id of the unit; a unit supervisor needs one.")
@click.option("--email", default="", help="For notices to the person.")
@config_option
def add(  # noqa: PLR0913 - click hands over each option
    *,
    login: str,
    name: str,
    roles: Sequence[str],
    unit: int | None,
    email: str,
    config_path: Path | None,
) -> None:
    """Add somebody and show a link's secret with which they set a password, once, in 30 minutes.

    Exit codes: 0 added, 1 refused or the store refused, 2 wrong use or configuration.
    """
    from core.services.passwords import invite
    from core.services.staff import StaffDraft, add_staff

    draft = StaffDraft(name, frozenset(map(Role, roles)), unit_id=unit, email=email)

    async def ask(house: House) -> tuple[Staff, Any]:
        added = _good(await add_staff(house, None, login, draft))
        return added, _good(await invite(house, None, added.id))

    added, invitation = _in_house(config_path, ask)
    click.echo(f"{added.login} is number {added.id}.")
    click.echo(f"Password link: /console/undangan/{invitation.token}")
    click.echo(f"Good until {invitation.until:%Y-%m-%d %H:%M} UTC, once.")


@command.command("list")
@click.option("--all", "disabled", is_flag=True, help="Also those who are disabled.")
@_json_option
@config_option
def list_people(*, disabled: bool, as_json: bool, config_path: Path | None) -> None:
    """Show who works here.

    Exit codes: 0 shown, 1 the store refused, 2 bad configuration.
    """

    async def ask(house: House) -> Sequence[Staff]:
        return await house.reads.staff(disabled=disabled)

    for person in _in_house(config_path, ask):
        click.echo(json.dumps(_told(person)) if as_json else _line(person))


@command.command()
@click.argument("login")
@config_option
def disable(*, login: str, config_path: Path | None) -> None:
    """Keep somebody out, at once. What they did stays theirs.

    Exit codes: 0 done, 1 no such person, the last administrator, or the store refused.
    """
    from core.services.staff import disable_staff

    async def ask(house: House) -> None:
        person = await _person(house, login)
        _good(await disable_staff(house, None, person.id, person.version))

    _in_house(config_path, ask)
    click.echo(f"{login} comes in no more.")


@command.command()
@click.argument("login")
@click.option(
    "--reset-second-factor",
    "reset",
    is_flag=True,
    help="Have them enrol anew as well: the telephone is lost.",
)
@click.option("--stdin", is_flag=True, help="Read the password from standard input.")
@config_option
def password(*, login: str, reset: bool, stdin: bool, config_path: Path | None) -> None:
    """Set somebody's password; all their sessions end.

    Exit codes: 0 done, 1 refused or the store refused, 2 bad configuration.
    """
    from core.services.passwords import set_password
    from core.services.second_factor import reset_second_factor

    chosen = (
        sys.stdin.readline().rstrip("\r\n")
        if stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )

    async def ask(house: House) -> None:
        person = await _person(house, login)
        _good(await set_password(house, person.id, chosen))
        if reset:
            _good(await reset_second_factor(house, None, person.id))

    _in_house(config_path, ask)
    click.echo(f"{login} has a new password.")


@command.command()
@click.argument("login")
@click.option("--name", required=True, help="Which program it is for.")
@click.option("--right", "rights", multiple=True, type=_RIGHTS, help="Repeat it; none: all.")
@click.option("--days", type=click.IntRange(1, 3_650), help="Until it ends; none: never.")
@config_option
def token(
    *, login: str, name: str, rights: Sequence[str], days: int | None, config_path: Path | None
) -> None:
    """Make an API token of somebody's and show it, once.

    Exit codes: 0 made, 1 refused or the store refused, 2 wrong use or configuration.
    """
    from core.services.tokens import Made, TokenDraft, make_token

    async def ask(house: House) -> Made:
        person = await _person(house, login)
        until = house.clock.now() + timedelta(days=days) if days else None
        draft = TokenDraft(name, frozenset(map(Right, rights)), until)
        made: Made = _good(await make_token(house, None, person.id, draft))
        return made

    made = _in_house(config_path, ask)
    until = made.token.expires_at
    click.echo(made.secret)
    click.echo(f"Good until {until:%Y-%m-%d}." if until else "Good until revoked.", err=True)


@click.command("reseal")
@_json_option
@config_option
def reseal(*, as_json: bool, config_path: Path | None) -> None:
    """Seal all restricted values with the newest of vault.data_keys.

    Afterwards the earlier keys may leave the configuration. Can be ended and begun again.

    Exit codes: 0 all are sealed anew, 1 some cannot be read or the store refused, 2 bad
    configuration.
    """
    from core.services.restricted import reseal as seal_anew

    done = _in_house(config_path, seal_anew)
    if as_json:
        click.echo(json.dumps({"done": done.done, "unreadable": done.unreadable}))
    else:
        click.echo(f"Sealed anew: {done.done}. Not readable: {done.unreadable}.")
    sys.exit(FAILED if done.unreadable else 0)


def _in_house(config_path: Path | None, ask: Callable[[House], Awaitable[Any]]) -> Any:  # noqa: ANN401 - as asked
    """What a question brings; ends the process with one sentence where it is refused."""
    settings = settings_or_exit(config_path)
    # Imported here so that --help does not wait for argon2 and SQLAlchemy.
    from gateway.clock import SystemClock
    from gateway.house import open_house

    return with_store(settings, lambda store: ask(open_house(settings, store, SystemClock())))


async def _person(house: House, login: str) -> Staff:
    from core.model.credentials import login_of

    async with house.open_desk() as desk:
        account = await desk.staff.account(login_of(login))
    if account is None:
        _refuse(f"there is no {login}")
    return account.staff


def _good(answer: Any) -> Any:  # noqa: ANN401 - whatever it is, when it is no refusal
    from core.model.work import Refusal

    if isinstance(answer, Refusal):
        _refuse(answer.sentence.rstrip("."))
    return answer


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"Cannot do it: {' '.join(sentence.split())}.", err=True)
    sys.exit(FAILED)


def _line(person: Staff) -> str:
    state = f"disabled {person.disabled_at:%Y-%m-%d}" if person.disabled_at else ""
    roles = ", ".join(sorted(person.roles))
    return f"{person.id:>5}  {person.login:<20} {person.name:<30} {roles}  {state}".rstrip()


def _told(person: Staff) -> dict[str, object]:
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "roles": sorted(person.roles),
        "unit_id": person.unit_id,
        "present_until": person.present_until.isoformat() if person.present_until else None,
        "disabled_at": person.disabled_at.isoformat() if person.disabled_at else None,
    }
