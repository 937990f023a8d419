"""The triggers of the app's config (cloud-code sheet, 4.10)."""

from collections.abc import Mapping

from parsepy.cloud import requests
from parsepy.cloud.app_config import Config
from parsepy.cloud.current import running
from parsepy.cloud.handling import handle
from parsepy.cloud.registry import Entry
from parsepy.cloud.runner import Runner
from parsepy.objects.context import RequestContext
from parsepy.types import JSONObject


class HandledConfigTriggers:
    """Calls the handlers of `@Config`, their validators first. They can refuse, and change
    nothing."""

    def __init__(self, entries: Mapping[str, Entry], runner: Runner) -> None:
        self._entries = entries
        self._runner = runner

    async def tell(
        self, ctx: RequestContext, kind: str, params: JSONObject, original: JSONObject | None
    ) -> None:
        """`params` are those that are sent, or all that are stored."""
        entry = self._entries.get(kind)
        if entry is None:
            return
        before = None if original is None else Config(original)
        with running(self._runner.app):
            request = requests.config_request(ctx, kind, Config(params), before)
        await handle(entry, self._runner, ctx, request)
