"""Outgoing webhooks on both engines: order kept, nothing lost, tried again, paused, no more."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.model.staff import Role
from core.model.stream import EVERYTHING
from core.model.subscription import HookRules, Subscription, Taken, sign
from core.model.work import Refusal
from core.services.staff import disable_staff
from core.services.subscriptions import (
    MOST,
    NO_SUCH,
    MadeSubscription,
    SubscriptionDraft,
    add_subscription,
    open_secret,
    remove_subscription,
    renew_secret,
    reseal_subscriptions,
    resume_subscription,
    subscriptions_of,
)
from gateway.metrics import Metrics
from gateway.outgoing_hooks import HookParts, OutgoingHooks
from tests.contracts.histories import history, tell
from tests.contracts.house_kit import KEY_ONE, KEY_TWO, Office

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.staff import Staff
    from ticket_store.store import SqlStore

URL = "https://dasbor.contoh.go.id/terima"
RULES = HookRules(base=timedelta(seconds=4), ceiling=timedelta(minutes=10), batch=3)


@dataclass
class FakePoster:
    """A receiver that answers from a list, the last for ever."""

    answers: list[Taken] = field(default_factory=lambda: [Taken()])
    got: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Taken:
        self.got.append((url, headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def events(self) -> list[tuple[str, int]]:
        told = [one for _, _, body in self.got for one in json.loads(body)["events"]]
        return [(one["ticket"][5:11], one["seq"]) for one in told]


@dataclass
class Hooks:
    """An office, one who administers it, and one process that delivers."""

    office: Office
    admin: Staff
    poster: FakePoster = field(default_factory=FakePoster)
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def store(self) -> SqlStore:
        return self.office.store

    def process(self) -> OutgoingHooks:
        parts = HookParts(
            self.store, self.office.house, self.poster, RULES, self.metrics, lambda: 0.5
        )
        return OutgoingHooks(parts)

    async def add(self, by: Staff | None = None, **changes: Any) -> MadeSubscription:
        draft = replace(SubscriptionDraft("Dasbor", URL), **changes)
        made = await self.tries(by or self.admin, draft)
        assert isinstance(made, MadeSubscription), made
        return made

    async def tries(self, by: Staff | None, draft: SubscriptionDraft) -> Any:
        return await add_subscription(self.office.house, by, draft, self.store.stream, ())

    async def one(self, subscription_id: int = 1) -> Subscription:
        found = await subscriptions_of(self.store.subscriptions, None)
        assert not isinstance(found, Refusal)
        return next(one for one in found if one.id == subscription_id)

    async def serve(self) -> None:
        """Delivers as long as there is anything to do now."""
        process = self.process()
        for one in await self.store.subscriptions.all():
            while await process.deliver(await self.one(one.id)):
                pass

    def alarms(self) -> float:
        return float(self.metrics.alarms.labels("hooks", "paused")._value.get())


@pytest.fixture
async def hooks(store: SqlStore) -> Hooks:
    office = Office(store)
    await office.build()
    return Hooks(office, await office.hires("admin", Role.ADMIN))


async def more(hooks: Hooks, sequence: int, count: int = 1) -> None:
    async with hooks.store.desk() as desk:
        await tell(desk, sequence, count)
        await desk.commit()


class TestDelivering:
    async def test_what_happens_from_now_on_is_told_in_order_and_signed(
        self, hooks: Hooks
    ) -> None:
        await history(hooks.store, 1, 2)
        made = await hooks.add()
        await more(hooks, 1, 5)
        await hooks.serve()
        assert hooks.poster.events() == [("000001", seq) for seq in range(3, 8)]
        assert [len(json.loads(body)["events"]) for _, _, body in hooks.poster.got] == [3, 2]
        for url, headers, body in hooks.poster.got:
            assert url == URL
            at = int(headers["Helpdesk-Timestamp"])
            assert headers["Helpdesk-Signature"] == sign(made.secret.encode(), at, body)
            assert headers["Helpdesk-Delivery"] == json.loads(body)["events"][-1]["id"]
        await hooks.serve()
        assert len(hooks.poster.got) == 2

    async def test_what_is_not_taken_comes_again_first(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        hooks.poster.answers = [Taken("http 500"), Taken("timeout"), Taken()]
        await more(hooks, 1)
        await hooks.serve()
        await more(hooks, 1)
        first = await hooks.one()
        assert (first.attempt, first.code) == (1, "http 500")
        assert first.due_at == hooks.office.clock.now() + timedelta(seconds=4)
        await hooks.serve()  # not due
        assert len(hooks.poster.got) == 1
        for seconds in (5, 9):
            hooks.office.clock.move(timedelta(seconds=seconds))
            await hooks.serve()
        assert hooks.poster.events() == [("000001", seq) for seq in (2, 2, 3, 2, 3)]
        done = await hooks.one()
        assert (done.attempt, done.code, done.failing_since) == (0, "", None)

    async def test_a_receiver_may_ask_for_a_longer_pause(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        hooks.poster.answers = [Taken("http 429", timedelta(minutes=30))]
        await more(hooks, 1)
        await hooks.serve()
        assert (await hooks.one()).due_at == hooks.office.clock.now() + timedelta(minutes=30)

    async def test_a_process_that_died_in_between_delivers_again(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        await more(hooks, 1)

        class Dies:
            async def post(self, *_: object) -> Taken:
                raise ZeroDivisionError

        parts = HookParts(
            hooks.store, hooks.office.house, Dies(), RULES, hooks.metrics, lambda: 0.5
        )
        with pytest.raises(ZeroDivisionError):
            await OutgoingHooks(parts).deliver(await hooks.one())
        await hooks.serve()
        assert hooks.poster.got == []  # the dead one's lease
        hooks.office.clock.move(RULES.lease)
        await hooks.serve()
        assert hooks.poster.events() == [("000001", 2)]

    async def test_two_processes_deliver_once(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        await more(hooks, 1, 2)
        one = await hooks.one()
        await asyncio.gather(*(hooks.process().deliver(one) for _ in range(4)))
        assert hooks.poster.events() == [("000001", 2), ("000001", 3)]

    async def test_one_whose_lease_ran_out_moves_nothing(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        await more(hooks, 1)
        now = hooks.office.clock.now()
        async with hooks.store.desk() as desk:
            held = await desk.subscriptions.claim(1, now, now + RULES.lease)
            await desk.commit()
        assert held is not None
        hooks.office.clock.move(RULES.lease)
        await hooks.serve()
        async with hooks.store.desk() as desk:
            late = replace(held, attempt=9)
            assert not await desk.subscriptions.record(late, held)
            await desk.commit()
        assert (await hooks.one()).attempt == 0

    async def test_nothing_new_writes_nothing(self, hooks: Hooks) -> None:
        await hooks.add()
        before = await hooks.one()
        hooks.office.clock.move(timedelta(hours=1))
        await hooks.serve()
        assert await hooks.one() == before

    async def test_everybody_goes_their_own_way(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        await hooks.add(name="Lain", url="https://lain.contoh.go.id/")
        hooks.poster.answers = [Taken("http 500"), Taken()]
        await more(hooks, 1)
        await hooks.serve()
        assert [(await hooks.one(n)).attempt for n in (1, 2)] == [1, 0]


class TestPausing:
    async def test_after_days_of_failing_with_an_alarm(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        hooks.poster.answers = [Taken("connect")]
        await more(hooks, 1)
        for _ in range(40):
            await hooks.serve()
            hooks.office.clock.move(timedelta(hours=2))
        paused = await hooks.one()
        assert paused.paused_at is not None
        assert paused.failing_since is not None
        assert paused.paused_at - paused.failing_since >= RULES.patience
        assert hooks.alarms() == 1
        assert (await hooks.office.kinds("subscription:1"))[-1] == "SubscriptionPaused"
        tried = len(hooks.poster.got)
        await hooks.serve()
        assert len(hooks.poster.got) == tried

    async def test_resumed_it_gets_what_it_missed(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        hooks.poster.answers = [Taken("http 410", gone=True), Taken()]
        await more(hooks, 1)
        await hooks.serve()
        assert hooks.alarms() == 1
        await more(hooks, 1)
        alive = await resume_subscription(hooks.office.house, hooks.admin, 1)
        assert isinstance(alive, Subscription)
        await hooks.serve()
        assert hooks.poster.events()[1:] == [("000001", 2), ("000001", 3)]

    async def test_or_goes_on_from_now(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        hooks.poster.answers = [Taken("http 410", gone=True), Taken()]
        await more(hooks, 1)
        await hooks.serve()
        end = await hooks.store.stream.end()
        await resume_subscription(hooks.office.house, hooks.admin, 1, skip_to=end)
        await more(hooks, 1)
        await hooks.serve()
        assert hooks.poster.events()[1:] == [("000001", 3)]

    async def test_when_whoever_named_it_has_left(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        boss = await hooks.office.hires("kepala", Role.ADMIN)
        await hooks.add(boss)
        await disable_staff(hooks.office.house, hooks.admin, boss.id, boss.version)
        await more(hooks, 1)
        await hooks.serve()
        paused = await hooks.one()
        assert (paused.code, hooks.poster.got) == ("owner", [])
        await resume_subscription(hooks.office.house, hooks.admin, 1)
        await hooks.serve()
        assert hooks.poster.events() == [("000001", 2)]

    async def test_when_no_key_opens_its_secret(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await hooks.add()
        await more(hooks, 1)
        hooks.office.keys = (KEY_TWO,)
        await hooks.serve()
        assert ((await hooks.one()).code, hooks.poster.got) == ("key", [])

    async def test_when_its_place_is_of_another_store(self, hooks: Hooks) -> None:
        await hooks.add()
        await resume_subscription(hooks.office.house, hooks.admin, 1, skip_to="x")
        await hooks.serve()
        assert (await hooks.one()).code == "position"


class TestReach:
    async def test_only_what_was_asked_for(self, hooks: Hooks) -> None:
        await history(hooks.store, 1, 1)
        await history(hooks.store, 2, 1, unit_id=3)
        await hooks.add(kinds=frozenset({"Other"}))
        await hooks.add(unit_id=2)
        await more(hooks, 1)
        await more(hooks, 2)
        await hooks.serve()
        assert hooks.poster.events() == [("000002", 2)]
        passed = (await hooks.one(1)).position  # what was left out is not looked at again
        assert (await hooks.store.stream.after(passed, 1, EVERYTHING)).events == ()

    async def test_sensitive_tickets_are_not_told_to_whom_may_not_see_them(
        self, hooks: Hooks
    ) -> None:
        await history(hooks.store, 1, 1, unit_id=1, sensitive=True)
        await hooks.add()
        made = await hooks.tries(None, SubscriptionDraft("Dari server", URL))
        assert made.subscription.created_by == "system"
        await more(hooks, 1)
        await hooks.serve()
        assert [json.loads(body)["subscription"] for _, _, body in hooks.poster.got] == [2]


class TestNaming:
    async def test_only_who_may(self, hooks: Hooks) -> None:
        operator = await hooks.office.hires("siti", Role.OPERATOR)
        made = await hooks.add()
        house, which = hooks.office.house, made.subscription.id
        for refusal in (
            await hooks.tries(operator, SubscriptionDraft("A", URL)),
            await renew_secret(house, operator, which),
            await resume_subscription(house, operator, which),
            await remove_subscription(house, operator, which),
            await subscriptions_of(hooks.store.subscriptions, operator),
        ):
            assert isinstance(refusal, Refusal)

    @pytest.mark.parametrize(
        ("field", "draft"),
        [
            ("name", SubscriptionDraft("  ", URL)),
            ("name", SubscriptionDraft("x" * 81, URL)),
            ("url", SubscriptionDraft("A", "http://contoh.go.id/")),
            ("url", SubscriptionDraft("A", "https://10.0.0.1/")),
            ("kinds", SubscriptionDraft("A", URL, frozenset({"a b"}))),
            ("unit_id", SubscriptionDraft("A", URL, unit_id=99)),
        ],
    )
    async def test_what_is_wrong_is_named(
        self, hooks: Hooks, field: str, draft: SubscriptionDraft
    ) -> None:
        refusal = await hooks.tries(hooks.admin, draft)
        assert isinstance(refusal, Refusal)
        assert refusal.field == field

    async def test_not_more_than_can_be_served(
        self, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert MOST == 50
        monkeypatch.setattr("core.services.subscriptions.MOST", 1)
        await hooks.add()
        assert isinstance(await hooks.tries(hooks.admin, SubscriptionDraft("B", URL)), Refusal)

    async def test_each_change_is_in_its_history_and_no_secret_is(self, hooks: Hooks) -> None:
        made = await hooks.add()
        house = hooks.office.house
        again = await renew_secret(house, hooks.admin, 1)
        assert isinstance(again, MadeSubscription)
        assert again.secret != made.secret
        assert open_secret(house.vault, await hooks.one()) == again.secret.encode()
        await resume_subscription(house, hooks.admin, 1)
        assert await remove_subscription(house, hooks.admin, 1) is None
        assert await hooks.office.kinds("subscription:1") == [
            "SubscriptionAdded",
            "SubscriptionSecretRenewed",
            "SubscriptionResumed",
            "SubscriptionRemoved",
        ]
        async with hooks.store.desk() as desk:
            told = "".join(one.data for one in await desk.admin_history.history("subscription:1"))
        assert made.secret not in told
        assert "/terima" not in told
        assert "dasbor.contoh.go.id" in told

    async def test_one_that_is_not_there(self, hooks: Hooks) -> None:
        house = hooks.office.house
        assert await renew_secret(house, hooks.admin, 9) is NO_SUCH
        assert await resume_subscription(house, hooks.admin, 9) is NO_SUCH
        assert await remove_subscription(house, hooks.admin, 9) is NO_SUCH

    async def test_secrets_move_to_a_new_key(self, hooks: Hooks) -> None:
        made = await hooks.add()
        hooks.office.keys = (KEY_TWO, KEY_ONE)
        assert await reseal_subscriptions(hooks.office.house) == {True: 1, False: 0}
        assert await reseal_subscriptions(hooks.office.house) == {True: 0, False: 0}
        hooks.office.keys = (KEY_TWO,)
        assert open_secret(hooks.office.house.vault, await hooks.one()) == made.secret.encode()
        hooks.office.keys = (KEY_ONE,)
        assert await reseal_subscriptions(hooks.office.house) == {True: 0, False: 1}
