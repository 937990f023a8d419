"""Running groups and telling how it went, in the form of parse-server's report."""

import asyncio
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from parsepy.options.functions import call
from parsepy.security_check.base import Check, CheckGroup
from parsepy.types import JSONObject, JSONValue

State: TypeAlias = Literal["success", "fail", "none"]

VERSION: Final = "1.0.0"
PATIENCE: Final = 10.0
"""Seconds for one check: who asks for a report must not wait for a check that hangs."""


async def make_report(groups: Iterable[CheckGroup], *, patience: float = PATIENCE) -> JSONObject:
    """`{"report": {"version", "state", "groups": [{"name", "state", "checks": [...]}]}}`.

    Each check has `title` and `state`: `success`, `fail` (with `warning` and `solution`), or
    `none` where it did not end in time. Groups and the report fail when one of theirs does.
    """
    reports = await asyncio.gather(*(_group_report(group, patience) for group in groups))
    return {"report": {"version": VERSION, "state": _together(reports), "groups": [*reports]}}


async def _group_report(group: CheckGroup, patience: float) -> JSONObject:
    checks = await asyncio.gather(*(_check_report(check, patience) for check in group.checks))
    return {"name": group.name, "state": _together(checks), "checks": [*checks]}


async def _check_report(check: Check, patience: float) -> JSONObject:
    state, reason = await _run(check, patience)
    report: JSONObject = {"title": check.title, "state": state}
    if state == "fail":
        report["warning"] = f"{check.warning} {reason}" if reason else check.warning
        report["solution"] = check.solution
    return report


async def _run(check: Check, patience: float) -> tuple[State, str]:
    try:
        async with asyncio.timeout(patience) as limit:
            answer = await call(check.check)
    except Exception as error:
        return ("none", "") if limit.expired() else ("fail", str(error))
    return ("fail", "") if answer is False else ("success", "")


def _together(parts: Iterable[JSONObject]) -> JSONValue:
    return "fail" if any(part["state"] == "fail" for part in parts) else "success"
