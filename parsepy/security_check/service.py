"""The security check of one app: on request, and in the log at start."""

import asyncio
import logging
from collections.abc import Iterator
from typing import cast

from parsepy.options.model import ServerOptions
from parsepy.security_check.groups import groups_of
from parsepy.security_check.report import make_report
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)


class SelfCheck:
    """Of an app that has the check on. Raises `OptionsError` where a group of its own cannot be
    made."""

    def __init__(self, options: ServerOptions) -> None:
        self._is_logged = options.security.enable_check_log
        self._groups = groups_of(options)
        self._logging: asyncio.Task[None] | None = None

    async def report(self) -> JSONObject:
        return await make_report(self._groups)

    def started(self) -> None:
        """Logs the report if it is wished for; a start does not wait for checks."""
        if self._is_logged:
            self._logging = asyncio.create_task(self._write_log())

    async def close(self) -> None:
        if self._logging is not None:
            self._logging.cancel()
            await asyncio.wait([self._logging])

    async def _write_log(self) -> None:
        report = cast("JSONObject", (await self.report())["report"])
        failed = 0
        for group, check in _checks(report):
            if check["state"] == "fail":
                failed += 1
                _log.warning(
                    "security check %s, %s: %s %s",
                    *(group, check["title"], check["warning"], check["solution"]),
                )
            elif check["state"] == "none":
                _log.warning("security check %s, %s: did not end in time", group, check["title"])
            else:
                _log.info("security check %s, %s: success", group, check["title"])
        _log.log(
            logging.WARNING if failed else logging.INFO,
            "security check: %d of %d checks failed",
            *(failed, sum(1 for _ in _checks(report))),
        )


def _checks(report: JSONObject) -> Iterator[tuple[str, JSONObject]]:
    """The checks of a report, each with the name of its group."""
    for group in cast("list[JSONObject]", report["groups"]):
        for check in cast("list[JSONObject]", group["checks"]):
            yield str(group["name"]), check
