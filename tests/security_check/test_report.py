"""The report: what runs, what it says, and that nothing which a check does breaks it."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from parsepy.security_check import Check, CheckGroup
from parsepy.security_check.report import make_report
from parsepy.types import JSONObject

pytestmark = pytest.mark.anyio


def check(function: Callable[[], object], title: str = "Door") -> Check:
    return Check(title, "It is open.", "Shut it.", function)


def raising(error: Exception) -> Callable[[], object]:
    def fail() -> object:
        raise error

    return fail


async def passes_later() -> None:
    await asyncio.sleep(0)


async def fails_later() -> None:
    await asyncio.sleep(0)
    raise ValueError("The lock is broken.")


async def says_no_later() -> bool:
    return False


async def only_check(function: Callable[[], object]) -> JSONObject:
    answer = await make_report([CheckGroup("House", [check(function)])])
    report = answer["report"]
    assert isinstance(report, dict)
    groups = report["groups"]
    assert isinstance(groups, list)
    (group,) = groups
    assert isinstance(group, dict)
    checks = group["checks"]
    assert isinstance(checks, list)
    (found,) = checks
    assert isinstance(found, dict)
    assert report["state"] == group["state"] == found["state"]
    return found


@pytest.mark.parametrize("function", [lambda: None, lambda: True, lambda: 0, list, passes_later])
async def test_a_check_that_ends_is_a_success(function: Callable[[], object]) -> None:
    assert await only_check(function) == {"title": "Door", "state": "success"}


@pytest.mark.parametrize(
    ("function", "warning"),
    [
        (lambda: False, "It is open."),
        (says_no_later, "It is open."),
        (raising(ValueError()), "It is open."),
        (raising(ValueError("The lock is broken.")), "It is open. The lock is broken."),
        (raising(TimeoutError("The lock is slow.")), "It is open. The lock is slow."),
        (fails_later, "It is open. The lock is broken."),
    ],
)
async def test_a_check_that_says_no_or_raises_has_failed(
    function: Callable[[], object], warning: str
) -> None:
    assert await only_check(function) == {
        "title": "Door",
        "state": "fail",
        "warning": warning,
        "solution": "Shut it.",
    }


async def test_one_failure_is_the_state_of_its_group_and_of_the_report() -> None:
    groups = [
        CheckGroup("House", [check(lambda: True), check(lambda: False, "Window")]),
        CheckGroup("Garden", [check(lambda: True, "Gate")]),
        CheckGroup("Street", []),
    ]

    assert await make_report(groups) == {
        "report": {
            "version": "1.0.0",
            "state": "fail",
            "groups": [
                {
                    "name": "House",
                    "state": "fail",
                    "checks": [
                        {"title": "Door", "state": "success"},
                        {
                            "title": "Window",
                            "state": "fail",
                            "warning": "It is open.",
                            "solution": "Shut it.",
                        },
                    ],
                },
                {
                    "name": "Garden",
                    "state": "success",
                    "checks": [{"title": "Gate", "state": "success"}],
                },
                {"name": "Street", "state": "success", "checks": []},
            ],
        }
    }


async def test_a_check_that_hangs_is_left_and_the_others_are_told() -> None:
    group = CheckGroup("House", [check(asyncio.Event().wait), check(lambda: True, "Window")])

    answer = await make_report([group], patience=0.01)

    assert answer["report"] == {
        "version": "1.0.0",
        "state": "success",
        "groups": [
            {
                "name": "House",
                "state": "success",
                "checks": [
                    {"title": "Door", "state": "none"},
                    {"title": "Window", "state": "success"},
                ],
            }
        ],
    }


async def test_a_plain_check_may_block() -> None:
    told = threading.Event()

    def waits_for_the_other() -> None:
        assert told.wait(timeout=30)

    async def tells() -> None:
        told.set()

    answer = await make_report(
        [CheckGroup("House", [check(waits_for_the_other), check(tells, "Window")])]
    )

    assert isinstance(answer["report"], dict)
    assert answer["report"]["state"] == "success"
