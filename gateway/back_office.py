"""The ports of administration, put together from what the process is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.schedules import TELLS_BY
from console.staff.admin.checks import Checks
from console.staff.back_office import BackOffice, DoorState, Keeping, Reread
from core.model.events import Fact
from core.ports import Webhook
from core.services.calendars import Almanac
from core.services.doors import subject_of
from core.services.erasing import Eraser
from core.services.policies import Rulebook
from gateway.calendars import check_document
from gateway.file_plan import attachment_folder
from gateway.shredding import FolderShredder
from gateway.unit_loading import unit_registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.settings import Settings
    from core.model.messages import ChannelId
    from core.model.quarantine import Parked
    from core.model.staff import Staff
    from gateway.calendars import Calendars
    from gateway.server import Gateway, MountedDoor


def back_office(gateway: Gateway, settings: Settings, calendars: Calendars) -> BackOffice:
    """One for a process that was built.

    Args:
        gateway: what was built.
        settings: the whole configuration.
        calendars: the registry of the process.
    """
    store, clock = gateway.plan.store, gateway.plan.clock

    async def reread(parked: Parked, by: Staff) -> Reread:
        # Makes doors, and so needs the wiring, which mounts these pages.
        from gateway.replay import DONE, Replay  # noqa: PLC0415 - see above

        replay = Replay(settings, store, clock)
        try:
            fate = await replay.one(parked)
        finally:
            await replay.close()
        told = {"row": parked.id, "result": fate.result.value}
        async with store.desk() as desk:
            fact = Fact("PayloadReread", clock.now(), by.mark, told)
            await desk.admin_history.append(subject_of(parked.channel), [fact])
            await desk.commit()
        return Reread(fate.result in DONE, fate.result.value, fate.detail, fate.numbers)

    return BackOffice(
        registry=unit_registry(settings, store, clock),
        almanac=Almanac(store.desk, clock, check_document),
        calendars=calendars,
        office_calendar=settings.office.calendar,
        doors=GatewayDoors(gateway, settings),
        reread=reread,
        checks=Checks(store.audits, settings.office.ticket_prefix, clock),
        rulebook=Rulebook(
            store.desk, clock, gateway.plan.policy.channels, store.units, store.policies
        ),
        eraser=Eraser(
            store.desk,
            FolderShredder(attachment_folder(settings.attachments, settings.store.data_dir)),
        ),
        keeping=Keeping(
            settings.schedules.anonymise_after_months,
            settings.schedules.keep_drafts_days,
            settings.schedules.keep_answers_hours,
        ),
    )


class GatewayDoors:
    """``console.staff.back_office.Doors`` over the dispatchers and examinations of a process."""

    def __init__(self, gateway: Gateway, settings: Settings) -> None:
        self._gateway, self._settings = gateway, settings

    def states(self) -> Sequence[DoorState]:
        """In the order of the configuration."""
        return [self._state(mounted) for mounted in self._gateway.plan.doors]

    def _state(self, mounted: MountedDoor) -> DoorState:
        gateway, door = self._gateway, mounted.door
        kind = self._settings.channels[door.id].kind
        circuit = next(
            (one.circuit for one in gateway.dispatchers if one.channel == door.id), None
        )
        paused = circuit is not None and circuit.open_at(gateway.plan.clock.now()) is not None
        found = next((one for one in gateway.examinations if one.channel == door.id), None)
        hook = isinstance(door, Webhook) and bool(mounted.routes)
        return DoorState(
            id=door.id,
            kind=kind,
            address=TELLS_BY.get(kind) if circuit is not None else None,
            hook=f"{self._settings.http.public_url}{mounted.routes[0].path}" if hook else "",
            paused_until=circuit.paused_until if circuit and paused else None,
            reason=circuit.reason if circuit and paused else "",
            symptoms=tuple(found.symptoms.values()) if found else (),
        )

    def try_now(self, channel: ChannelId) -> bool:
        """Ends a pause; the circuit then lets one message go first."""
        for dispatcher in self._gateway.dispatchers:
            if dispatcher.channel != channel:
                continue
            ended = dispatcher.circuit.end_pause(self._gateway.plan.clock.now())
            dispatcher.wake()
            return ended
        return False
