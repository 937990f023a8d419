"""`Cloud`: the cloud code of one app as its doors and routes see it, wherever it runs."""

import logging
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from parsepy import errors
from parsepy.cache import Changes
from parsepy.cloud.current import CloudApp
from parsepy.cloud.exchange import Answered, Sent
from parsepy.cloud.hooks import Hooks
from parsepy.cloud.jobs import Jobs
from parsepy.cloud.pseudo_classes import CONFIG_CLASS, CONNECT_CLASS, FILE_CLASS
from parsepy.cloud.registry import Entry, Registry
from parsepy.cloud.runner import Runner
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassTriggers
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue, Missing

# What calls code, and the API that code sees, is imported when there is some.
if TYPE_CHECKING:
    from parsepy.cloud.config_triggers import HandledConfigTriggers
    from parsepy.cloud.live_triggers import HandledLiveTriggers
    from parsepy.cloud.triggers import HandledTriggers
    from parsepy.files.ports import FileTriggers

_log = logging.getLogger(__name__)

AddLimit: TypeAlias = Callable[[Mapping[str, object]], Callable[[], None]]
"""Adds a rate limit under the options' names, and gives back what takes it away again."""

_OWN_ROUTES: Final = {"_User": "/users", "_Session": "/sessions"}
_LIMITED: Final = {
    "beforeSave": ["POST", "PUT"],
    "beforeDelete": ["DELETE"],
    "beforeFind": ["GET"],
    "beforeLogin": ["POST", "GET"],
    "beforePasswordResetRequest": ["POST"],
}


class Cloud:
    """Code in this process wins over a webhook for the same thing."""

    def __init__(
        self,
        registry: Registry,
        app: CloudApp,
        changes: Changes,
        *,
        webhook_key: str | None,
        add_limit: AddLimit,
    ) -> None:
        self.registry = registry
        self.app = app
        app.cloud = self
        self.hooks = Hooks(app.objects, changes)
        self.jobs = Jobs(app)
        self._webhooks = app.objects.options.webhooks
        self._outbound = Outbound(
            timeout=self._webhooks.timeout,
            deadline=self._webhooks.timeout,
            max_answer=self._webhooks.max_answer,
            public_only=not self._webhooks.allow_private,
        )
        self._webhook_key = webhook_key
        self._add_limit = add_limit
        options = app.objects.options
        self._runner = Runner(
            app,
            timeout=options.cloud_code.timeout,
            threads=options.cloud_code.threads,
            log_levels=options.log_levels,
        )
        self._functions: dict[str, Entry] = {}
        self._triggers: dict[str, HandledTriggers] = {}
        self.of_files: FileTriggers | None = None
        self._config_triggers: HandledConfigTriggers | None = None
        self._limits: dict[tuple[str, str], tuple[object, Callable[[], None]]] = {}
        self._unfollow = registry.follow(self._rebuild)
        self._rebuild()

    @cached_property
    def live(self) -> "HandledLiveTriggers":
        """The triggers of LiveQuery."""
        from parsepy.cloud.live_triggers import HandledLiveTriggers

        return HandledLiveTriggers(self.registry, self._runner)

    def of(self, class_name: str) -> ClassTriggers | None:
        return self._triggers.get(class_name)

    @property
    def is_known(self) -> bool:
        """Whether `of` and `call` may be asked without `refresh`."""
        return self.hooks.are_known

    async def refresh(self) -> None:
        """Learns of webhooks that were changed by others."""
        if await self.hooks.load():
            self._rebuild()

    async def call(self, ctx: RequestContext, name: str, params: JSONObject) -> JSONValue | Missing:
        """Raises 141 for a name that nothing has, and what the function raises."""
        return (await self.answer(ctx, name, Sent(params))).value

    async def answer(self, ctx: RequestContext, name: str, sent: Sent) -> Answered:
        """As `call`, with the status and headers that the function wants."""
        entry = self._functions.get(name)
        if entry is None:
            raise errors.invalid_function(name)
        from parsepy.cloud import functions

        return await functions.call(entry, self._runner, ctx, name, sent)

    async def config_trigger(
        self, kind: str, ctx: RequestContext, params: JSONObject, original: JSONObject | None
    ) -> None:
        """beforeSave or afterSave of the app's config; it can refuse, and change nothing."""
        if self._config_triggers is not None:
            await self._config_triggers.tell(ctx, kind, params, original)

    async def close(self) -> None:
        self._unfollow()
        for _, remove in self._limits.values():
            remove()
        self._limits = {}
        self._runner.close()
        await self._outbound.close()

    def _rebuild(self) -> None:
        functions_now: dict[str, Entry] = {
            name: self._webhook(hook.url) for name, hook in self.hooks.functions.items()
        }
        triggers_now: dict[tuple[str, str], Entry] = {
            pair: self._webhook(hook.url) for pair, hook in self.hooks.triggers.items()
        }
        self._tell_of_twins(functions_now.keys() & self.registry.functions.keys())
        self._tell_of_twins(triggers_now.keys() & self.registry.triggers.keys())
        self._functions = {**functions_now, **self.registry.functions}
        self._set_triggers({**triggers_now, **self.registry.triggers})
        self._set_limits()

    def _set_triggers(self, entries: Mapping[tuple[str, str], Entry]) -> None:
        by_class: dict[str, dict[str, Entry]] = {}
        for (kind, class_name), entry in entries.items():
            by_class.setdefault(class_name, {})[kind] = entry
        by_class.pop(CONNECT_CLASS, None)
        self.of_files = self._triggers_of_files(by_class.pop(FILE_CLASS, None))
        self._config_triggers = self._triggers_of_config(by_class.pop(CONFIG_CLASS, None))
        self._triggers = self._triggers_of_classes(by_class)

    def _triggers_of_files(self, entries: Mapping[str, Entry] | None) -> "FileTriggers | None":
        if not entries:
            return None
        from parsepy.cloud.file_triggers import HandledFileTriggers

        return HandledFileTriggers(entries, self._runner)

    def _triggers_of_config(
        self, entries: Mapping[str, Entry] | None
    ) -> "HandledConfigTriggers | None":
        if not entries:
            return None
        from parsepy.cloud.config_triggers import HandledConfigTriggers

        return HandledConfigTriggers(entries, self._runner)

    def _triggers_of_classes(
        self, by_class: Mapping[str, Mapping[str, Entry]]
    ) -> "dict[str, HandledTriggers]":
        if not by_class:
            return {}
        from parsepy.cloud import loading
        from parsepy.cloud.triggers import HandledTriggers

        return {
            class_name: HandledTriggers(
                class_name,
                entries,
                self._runner,
                loading.class_of(class_name, self.registry.classes),
            )
            for class_name, entries in by_class.items()
        }

    def _webhook(self, url: str) -> Entry:
        from parsepy.cloud.webhooks import Webhook

        redirects = self._webhooks.max_redirects
        return Entry(Webhook(url, self._outbound, self._webhook_key, max_redirects=redirects))

    def _tell_of_twins(self, twins: "set[str] | set[tuple[str, str]]") -> None:
        for twin in twins:
            _log.warning(
                "A webhook is not called, since this server has code for the same: %s", twin
            )

    def _set_limits(self) -> None:
        """The rate limits of validators; those that stay keep what they have counted."""
        wanted = dict(self._wanted_limits())
        for key, (rule, remove) in list(self._limits.items()):
            if wanted.get(key) != rule:
                remove()
                del self._limits[key]
        for key, rule in wanted.items():
            if key not in self._limits:
                self._limits[key] = rule, self._add_limit(rule)

    def _wanted_limits(self) -> "list[tuple[tuple[str, str], dict[str, object]]]":
        found: list[tuple[tuple[str, str], dict[str, object]]] = []
        for name, entry in self.registry.functions.items():
            if entry.validator is not None and entry.validator.rate_limit:
                path = {"requestPath": f"/functions/{_literally(name)}"}
                found.append((("function", name), {**path, **entry.validator.rate_limit}))
        for (kind, class_name), entry in self.registry.triggers.items():
            limit = None if entry.validator is None else entry.validator.rate_limit
            if limit and kind in _LIMITED:
                rule: dict[str, object] = {
                    "requestPath": _path(kind, class_name),
                    "requestMethods": _LIMITED[kind],
                }
                found.append(((kind, class_name), {**rule, **limit}))
        return found


def _path(kind: str, class_name: str) -> str:
    match kind, class_name:
        case "beforeLogin", _:
            return "/login"
        case "beforePasswordResetRequest", _:
            return "/requestPasswordReset"
        case _, value if value == FILE_CLASS:
            return "/files{/*id}"
        case _, value if value == CONFIG_CLASS:
            return "/config"
    base = _OWN_ROUTES.get(class_name, f"/classes/{_literally(class_name)}")
    return f"{base}{{/*id}}"


def _literally(name: str) -> str:
    """A name in a path pattern means itself."""
    return "".join(char if char.isalnum() or char in "_-" else f"\\{char}" for char in name)
