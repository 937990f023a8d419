"""The security check of an app: on request, and in the log at start."""

import asyncio
import logging

import pytest

from parsepy.app import create_app
from parsepy.security_check import Check, CheckGroup
from parsepy.security_check.service import SelfCheck
from tests.security_check.settings import options_with

pytestmark = pytest.mark.anyio

LOGGER = "parsepy.security_check.service"


def closed_door() -> None:
    pass


def open_door() -> None:
    raise ValueError("It is ajar.")


class Finished:
    """The last line of a report has been written."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def filter(self, record: logging.LogRecord) -> bool:
        if "checks failed" in record.getMessage():
            self.event.set()
        return True


async def lines_after_the_start(
    caplog: pytest.LogCaptureFixture, *checks: Check
) -> list[tuple[int, str]]:
    finished = Finished()
    logger = logging.getLogger(LOGGER)
    logger.addFilter(finished)
    groups = [CheckGroup("House", checks)]
    check = SelfCheck(
        options_with(security={"enableCheck": True, "enableCheckLog": True, "checkGroups": groups})
    )
    try:
        with caplog.at_level(logging.INFO, LOGGER):
            check.started()
            await asyncio.wait_for(finished.event.wait(), timeout=30)
    finally:
        logger.removeFilter(finished)
        await check.close()
    return [(level, message) for name, level, message in caplog.record_tuples if name == LOGGER]


async def test_the_log_tells_what_failed_and_what_did_not(caplog: pytest.LogCaptureFixture) -> None:
    lines = await lines_after_the_start(
        caplog,
        Check("Door", "It is open.", "Shut it.", open_door),
        Check("Window", "It is open.", "Shut it.", closed_door),
    )

    assert lines == [
        (logging.WARNING, "security check House, Door: It is open. It is ajar. Shut it."),
        (logging.INFO, "security check House, Window: success"),
        (logging.WARNING, "security check: 1 of 2 checks failed"),
    ]


async def test_where_all_is_well_the_log_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    lines = await lines_after_the_start(
        caplog, Check("Window", "It is open.", "Shut it.", closed_door)
    )

    assert {level for level, _ in lines} == {logging.INFO}
    assert lines[-1][1] == "security check: 0 of 1 checks failed"


@pytest.mark.parametrize(
    "security",
    [{}, {"enableCheckLog": True}],
    ids=["off", "log without check"],
)
def test_where_the_check_is_off_there_is_none(security: dict[str, object]) -> None:
    app = create_app(options_with(security={**security, "checkGroups": [1]}))

    assert app.parts.services.self_check is None


async def test_the_log_is_left_alone_where_the_check_is_for_requests_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran = []
    group = CheckGroup("House", [Check("Door", "Open.", "Shut it.", lambda: ran.append(1))])
    check = SelfCheck(options_with(security={"enableCheck": True, "checkGroups": [group]}))

    before = asyncio.all_tasks()
    check.started()

    assert asyncio.all_tasks() == before
    await check.close()
    assert not ran
    assert LOGGER not in {name for name, _, _ in caplog.record_tuples}


async def test_an_end_does_not_wait_for_a_check() -> None:
    began = asyncio.Event()

    async def hangs() -> None:
        began.set()
        await asyncio.Event().wait()

    group = CheckGroup("House", [Check("Door", "Open.", "Shut it.", hangs)])
    check = SelfCheck(
        options_with(security={"enableCheck": True, "enableCheckLog": True, "checkGroups": [group]})
    )
    check.started()
    await asyncio.wait_for(began.wait(), timeout=30)

    await asyncio.wait_for(check.close(), timeout=5)
