"""The log: one line each, UTC, redacted, whoever speaks."""

from __future__ import annotations

import io
import json
import logging
import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import structlog

from config.logs import get_logger, set_up_logs
from config.settings import LogSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "f00dfeedf00dfeedf00dfeedf00dfeed"
NIK = "3510010101900001"
PHONE = "+6281234567890"
FORGED = "2026-01-01T00:00:00Z error   payment accepted"
NASTY = [
    f"a\n{FORGED}",
    f"a\r\n{FORGED}",
    f"a\u2028{FORGED}",
    f"a\x85{FORGED}",
    f"a\x0b{FORGED}",
    f"a\x1b[2K\x1b[1G{FORGED}",
    f"a\x9b2K{FORGED}",
    f"a\u202e{FORGED}",
    f"a\x00\ud800{FORGED}",
    f'" level=error {FORGED}',
]


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    kept = (root.level, list(root.handlers))
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.setLevel(kept[0])
    root.handlers[:] = kept[1]


def set_up(kind: str = "json", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    settings = LogSettings.model_validate({"format": kind, "level": level})
    set_up_logs(settings, [TOKEN], stream)
    return stream


def fail(error: Exception) -> NoReturn:
    raise error


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_json() -> None:
    stream = set_up()
    get_logger("gateway.intake").info("taken", channel="sms", messages=3, late=False, wait=0.5)
    (line,) = lines(stream)
    when = datetime.fromisoformat(line.pop("time"))
    assert when.utcoffset() == timedelta(0)
    assert abs(when - datetime.now(UTC)) < timedelta(minutes=1)
    assert line == {
        "level": "info",
        "event": "taken",
        "source": "gateway.intake",
        "channel": "sms",
        "messages": 3,
        "late": False,
        "wait": 0.5,
    }


def test_a_line_of_text() -> None:
    stream = set_up("console")
    get_logger("gateway.intake").warning("is slow", channel="sms", why='a "b" c', nothing=None)
    when, rest = stream.getvalue().split(" ", 1)
    assert datetime.fromisoformat(when).utcoffset() == timedelta(0)
    assert rest == (
        'warning is slow  source=gateway.intake channel=sms why="a \\"b\\" c" nothing=None\n'
    )


@pytest.mark.parametrize("kind", ["json", "console"])
@pytest.mark.parametrize("said", NASTY)
def test_no_line_can_be_forged(kind: str, said: str) -> None:
    stream = set_up(kind)
    get_logger("x").info(said, text=said, number=1)
    logging.getLogger("lib").warning("it says %s", said)
    written = stream.getvalue()
    assert len(written.splitlines()) == 2
    assert written.replace("\n", "").isprintable()
    assert not any(line.startswith("2026-01-01") for line in written.splitlines())


@pytest.mark.parametrize("kind", ["json", "console"])
def test_a_key_cannot_forge_either(kind: str) -> None:
    stream = set_up(kind)
    get_logger("x").info("said", **{f"a\n{FORGED}": 1})
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("kind", ["json", "console"])
def test_an_exception_cannot_forge(kind: str) -> None:
    stream = set_up(kind)
    try:
        msg = f"{TOKEN}\n{FORGED} {PHONE}"
        fail(ValueError(msg))
    except ValueError:
        get_logger("x").exception("failed", cause="test")
    written = stream.getvalue()
    assert "ValueError" in written
    assert "test_logs.py" in written
    assert TOKEN not in written
    assert PHONE not in written
    first, *others = written.splitlines()
    assert "failed" in first
    assert all(line.startswith("  | ") for line in others)
    assert bool(others) == (kind == "console")


def test_only_the_innermost_frames_are_written() -> None:
    def deep(rest: int) -> None:
        if rest == 0:
            msg = "bottom"
            raise RecursionError(msg)
        deep(rest - 1)

    stream = set_up()
    try:
        deep(200)
    except RecursionError:
        get_logger("x").exception("failed")
    (line,) = lines(stream)
    assert line["exception"].endswith("RecursionError: bottom")
    assert line["exception"].count("in deep") <= 20


@pytest.mark.parametrize("kind", ["json", "console"])
@pytest.mark.parametrize(
    "value",
    [
        f"t={TOKEN} n={NIK} p={PHONE}",
        {"body": f"{TOKEN} {NIK} {PHONE}"},
        [TOKEN, NIK, PHONE],
        (int(NIK), int(PHONE)),
        f"{TOKEN}{NIK} {PHONE}".encode(),
        ValueError(TOKEN, NIK, PHONE),
        f"postgresql://u:{TOKEN}@h/d {PHONE}",
    ],
)
def test_secrets_and_numbers_are_masked_in_every_value(kind: str, value: object) -> None:
    stream = set_up(kind)
    get_logger("x").info("said", value=value)
    get_logger("x").info(str(value))
    logging.getLogger("lib").error("said %s", value)
    try:
        fail(RuntimeError(value))
    except RuntimeError:
        logging.getLogger("lib").exception("said")
    written = stream.getvalue()
    assert TOKEN not in written
    assert NIK not in written
    assert PHONE[1:] not in written


@pytest.mark.parametrize("kind", ["json", "console"])
@pytest.mark.parametrize(
    "secret", ['a b/c+d="é\\x', "with space'quote", "ends in \\", "émoji 🔑 key"]
)
def test_secrets_with_odd_characters_are_found_again(kind: str, secret: str) -> None:
    stream = io.StringIO()
    set_up_logs(LogSettings.model_validate({"format": kind}), [secret], stream)
    for value in (secret, f'"{secret}"', {"k": secret}, [secret], secret.encode()):
        get_logger("x").info("said", value=value)
    told = stream.getvalue().splitlines()
    assert len(told) == 5
    for line in told:
        assert "[hidden]" in line
        assert secret[2:8] not in line


def test_a_long_exception_is_cut_in_the_middle() -> None:
    stream = set_up("console")
    try:
        fail(ValueError("\n".join(f"line {number}" for number in range(100_000))))
    except ValueError:
        get_logger("x").exception("failed")
    told = stream.getvalue()
    assert len(told.splitlines()) == 202
    assert "test_logs.py" in told
    assert "line 99999" in told


def test_exception_asked_for_where_there_is_none() -> None:
    stream = set_up()
    get_logger("x").error("said", exc_info=True)
    get_logger("x").error("said", exc_info=ValueError("given"))
    get_logger("x").error("said", exc_info=(None, None, None))
    assert [line.get("exception") for line in lines(stream)] == [None, "ValueError: given", None]


class Shy:
    def __str__(self) -> str:
        raise RuntimeError(TOKEN)


def test_a_value_that_cannot_be_shown_stops_nobody() -> None:
    stream = set_up()
    get_logger("x").info("said", value=Shy())
    (line,) = lines(stream)
    assert line["value"] == "(Shy that cannot be shown: RuntimeError)"


def test_a_megabyte_is_written_as_a_few_lines() -> None:
    stream = set_up()
    get_logger("x").info("said", text="081234567890 " * 100_000)
    assert len(stream.getvalue()) < 3_000
    assert "081234567890" not in stream.getvalue()


def test_a_number_as_a_number_is_masked_and_a_count_is_not() -> None:
    stream = set_up()
    get_logger("x").info("said", nik=int(NIK), phone=int(PHONE), ticket=26_000_004_217, count=7)
    (line,) = lines(stream)
    assert (line["nik"], line["phone"]) == ("************0001", "0812****7890")
    assert (line["ticket"], line["count"]) == (26_000_004_217, 7)


def test_levels() -> None:
    stream = set_up(level="warning")
    log = get_logger("x")
    log.debug("no")
    log.info("no")
    log.warning("yes")
    log.error("yes")
    logging.getLogger("lib").info("no")
    logging.getLogger("lib").error("yes")
    assert [line["event"] for line in lines(stream)] == ["yes"] * 3


@pytest.mark.parametrize("name", ["twilio.http_client", "httpx", "aiohttp.access", "sqlalchemy"])
def test_talkative_libraries_are_held(name: str) -> None:
    stream = set_up(level="debug")
    logging.getLogger(name).info("-- BEGIN Twilio API Request --")
    logging.getLogger(name).warning("told")
    assert [line["event"] for line in lines(stream)] == ["told"]
    assert lines(stream)[0]["source"] == name


def test_library_lines_with_bad_arguments_are_told_and_kept_safe() -> None:
    stream = set_up()
    logging.getLogger("lib").warning("%d of %s", TOKEN, 3)
    (line,) = lines(stream)
    assert line["event"] == "%d of %s (its arguments do not fit)"


def test_warnings_go_the_same_way() -> None:
    stream = set_up()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"old call with {PHONE}", stacklevel=1)
    assert PHONE not in stream.getvalue()
    assert "old call" in stream.getvalue()


def test_what_is_bound_to_the_context_is_written() -> None:
    stream = set_up()
    with structlog.contextvars.bound_contextvars(request="r1"):
        get_logger("x").info("inside")
    get_logger("x").info("outside")
    assert [line.get("request") for line in lines(stream)] == ["r1", None]


def test_a_logger_made_before_the_set_up_follows_it() -> None:
    early = get_logger("early")
    first = set_up()
    early.info("one")
    second = set_up("console")
    early.info("two")
    assert "one" in first.getvalue()
    assert "two" not in first.getvalue()
    assert "two" in second.getvalue()


def test_setting_up_twice_writes_once() -> None:
    set_up()
    stream = set_up()
    logging.getLogger("lib").warning("once")
    assert len(lines(stream)) == 1


class Gone(io.StringIO):
    """A stderr whose reader has left."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("close", [True, False])
def test_a_lost_stderr_stops_nobody(*, close: bool, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO() if close else Gone()
    set_up_logs(LogSettings(), [TOKEN], stream)
    if close:
        stream.close()
    get_logger("x").info("said")
    logging.getLogger("lib").warning("said %s", TOKEN)
    assert capsys.readouterr().err == ""


def test_stderr_is_the_usual_stream(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings())
    get_logger("x").info("said")
    caught = capsys.readouterr()
    assert "said" in caught.err
    assert caught.out == ""
