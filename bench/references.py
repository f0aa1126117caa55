"""The references, each a process of its own: what a bare handler does on the same machine.

``python -m bench.references KIND --port P …`` serves until it is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from urllib.parse import parse_qsl

import aiohttp
import uvloop
from aiohttp import web

EMPTY = b"<Response/>"


def answer() -> web.Response:
    """What Twilio wants to hear."""
    return web.Response(body=EMPTY, content_type="text/xml")


def bare() -> web.Application:
    """Parses the same form and answers 200."""

    async def handle(request: web.Request) -> web.Response:
        dict(parse_qsl((await request.read()).decode()))
        return answer()

    app = web.Application()
    app.router.add_post("/hooks/sms", handle)
    return app


def bare_json() -> web.Application:
    """Answers one ticket as JSON from memory, whatever the number."""
    clock = {"target": "solution", "due_at": "2026-07-20T10:00:00Z", "open": True}
    ticket = {f"field_{n}": f"value {n}" for n in range(50)} | {"clocks": [clock, clock]}

    async def handle(request: web.Request) -> web.Response:
        return web.json_response({"number": request.match_info["number"], **ticket})

    app = web.Application()
    app.router.add_get("/api/v1/tickets/{number}", handle)
    return app


LINES = 40


def bare_page() -> web.Application:
    """Renders a fixed template of about the size of the console's pages."""
    import jinja2  # noqa: PLC0415 - the other references do not need it

    template = jinja2.Environment(autoescape=True).from_string(
        "<!doctype html><title>{{ title }}</title><main>"
        "{% for line in lines %}<article id='{{ line.id }}'><a href='/console/{{ line.id }}'>"
        "{{ line.number }}</a><p>{{ line.subject }}</p><p>{{ line.foot }}</p>"
        "<p>{{ line.pad }}</p></article>{% endfor %}</main>"
    )

    async def handle(request: web.Request) -> web.Response:
        title = request.match_info["page"]
        lines = [
            {
                "id": n,
                "number": f"HD26-{n:06d}-0",
                "subject": "internet kantor mati",
                "foot": "Diterima, sms",
                "pad": "x" * 600,
            }
            for n in range(LINES)
        ]
        text = template.render(title=title, lines=lines)
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/{page}", handle)
    return app


def posting(provider: str) -> web.Application:
    """The same, making one POST to the provider per request."""
    app = web.Application()
    key = web.AppKey("session", aiohttp.ClientSession)

    async def open_session(app: web.Application) -> None:
        app[key] = aiohttp.ClientSession()

    async def close_session(app: web.Application) -> None:
        await app[key].close()

    async def handle(request: web.Request) -> web.Response:
        fields = dict(parse_qsl((await request.read()).decode()))
        data = {"To": fields["From"], "From": fields["To"], "Body": "diterima"}
        url = f"{provider}/2010-04-01/Accounts/{fields['AccountSid']}/Messages.json"
        async with request.app[key].post(url, data=data) as response:
            await response.read()
        return answer()

    app.on_startup.append(open_session)
    app.on_cleanup.append(close_session)
    app.router.add_post("/hooks/sms", handle)
    return app


def provider() -> web.Application:
    """A local provider that accepts everything and remembers when, by recipient."""
    accepted: dict[str, float] = {}

    async def accept(request: web.Request) -> web.Response:
        fields = dict(parse_qsl((await request.read()).decode()))
        accepted[fields["To"]] = time.monotonic()
        sid = f"SM{len(accepted):032x}"
        body = json.dumps({"sid": sid, "status": "queued"}).encode()
        return web.Response(status=201, body=body, content_type="application/json")

    async def listing(_request: web.Request) -> web.Response:
        return web.json_response({"messages": [], "next_page_uri": None})

    async def count(_request: web.Request) -> web.Response:
        return web.json_response({"count": len(accepted)})

    async def times(_request: web.Request) -> web.Response:
        body = json.dumps(accepted)
        accepted.clear()
        return web.Response(text=body)

    app = web.Application()
    path = "/2010-04-01/Accounts/{account}/Messages.json"
    app.router.add_post(path, accept)
    app.router.add_get(path, listing)
    app.router.add_get("/count", count)
    app.router.add_get("/times", times)
    return app


def one_statement(url: str) -> web.Application:
    """aiohttp and one CTE statement per message: the one-client reference of performance.md."""
    import asyncpg  # noqa: PLC0415 - the other references do not need it

    app = web.Application()
    key: web.AppKey[object] = web.AppKey("pool", object)

    async def open_pool(app: web.Application) -> None:
        app[key] = await asyncpg.create_pool(url, min_size=4, max_size=16)

    async def handle(request: web.Request) -> web.Response:
        fields = dict(parse_qsl((await request.read()).decode()))
        async with app[key].acquire() as connection:
            await connection.fetchval(
                ONE_STATEMENT, fields["MessageSid"], fields["From"], fields["Body"]
            )
        return answer()

    app.on_startup.append(open_pool)
    app.router.add_post("/hooks/sms", handle)
    return app


ONE_STATEMENT = """
with t as (insert into bench_tickets (sender, body) values ($2, $3) returning id),
     m as (insert into bench_messages (external_id, ticket_id, body) select $1, id, $3 from t
           on conflict do nothing)
insert into bench_outbox (ticket_id, recipient, body) select id, $2, $3 from t returning ticket_id
"""

TABLES = """
drop table if exists bench_outbox, bench_messages, bench_tickets;
create table bench_tickets (id bigint generated always as identity primary key, sender text, body text,
  opened_at timestamptz default now());
create table bench_messages (external_id text primary key, ticket_id bigint, body text);
create table bench_outbox (id bigint generated always as identity primary key, ticket_id bigint,
  recipient text, body text, state text default 'waiting');
"""


async def serve(app: web.Application, port: int) -> None:
    """Serves until ended."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    await asyncio.Event().wait()


def main() -> None:
    """Chooses the reference."""
    parser = argparse.ArgumentParser(prog="bench.references")
    parser.add_argument(
        "kind",
        choices=["bare", "bare_json", "bare_page", "posting", "provider", "one_statement"],
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", default="")
    options = parser.parse_args()
    makers = {
        "bare": bare,
        "bare_json": bare_json,
        "bare_page": bare_page,
        "provider": provider,
        "posting": lambda: posting(options.to),
        "one_statement": lambda: one_statement(options.to),
    }
    uvloop.run(serve(makers[options.kind](), options.port))


if __name__ == "__main__":
    main()
