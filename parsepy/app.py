"""The composition root: everything one app needs is made and wired here, and nowhere else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from parsepy.auth.registry import providers
from parsepy.http import paths
from parsepy.http.api import ParseApi
from parsepy.http.services import AppServices
from parsepy.objects.context import ObjectServices
from parsepy.objects.ports import ClassRules
from parsepy.options.load import load_options
from parsepy.options.model import ServerOptions
from parsepy.permissions.denylist import Denylist
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.base import Storage
from parsepy.storage.opening import open_storage
from parsepy.storage.wanted_indexes import wanted_indexes
from parsepy.users.accounts import Accounts
from parsepy.users.auth_data import AuthData
from parsepy.users.passwords import Passwords
from parsepy.users.roles import RoleRules, Roles
from parsepy.users.session_rules import SessionRules
from parsepy.users.sessions import Sessions
from parsepy.users.user_rules import UserRules

FIRST_CLASSES: Final = ("_User", "_Role")
"""Classes that every store has from the first start on, as with parse-server."""

SCHEMA_MAX_AGE: Final = 5.0
"""Seconds after which another server's schema changes are seen at the latest."""


class ParseApp(Starlette):
    """A Starlette app; requests below the mount go straight to the API, without its router."""

    def __init__(self, options: ServerOptions, storage: Storage | None = None) -> None:
        super().__init__(lifespan=self._run)
        self.parts = AppParts(options, storage)
        self._mount = options.mount_path
        self._api = ParseApi(self.parts.services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_api(scope):
            await self._api(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    @asynccontextmanager
    async def _run(self, _app: Starlette) -> AsyncIterator[None]:
        """The lifespan; an outer application may run it as its own."""
        await self.parts.start()
        try:
            yield
        finally:
            await self.parts.stop()

    def _is_api(self, scope: Scope) -> bool:
        root_path = scope.get("root_path", "")
        return paths.below_mount(scope["path"], root_path, self._mount) is not None


class AppParts:
    """The parts of one app, wired. A `storage` that is given is started already."""

    def __init__(self, options: ServerOptions, storage: Storage | None) -> None:
        self.storage: Storage = storage or open_storage(options)
        self.passwords = Passwords()
        self.schemas = SchemaRegistry(self.storage, max_age=_schema_max_age(options))
        self.roles = Roles(
            self.storage, ttl=options.cache_ttl / 1000, max_size=options.cache_max_size
        )
        rules: dict[str, ClassRules] = {}
        objects = ObjectServices(
            options=options,
            storage=self.storage,
            schemas=self.schemas,
            denylist=Denylist(options.request_keyword_denylist),
            roles=self.roles,
            rules=rules,
            protected={
                class_name: {group: frozenset(fields) for group, fields in groups.items()}
                for class_name, groups in options.protected_fields.items()
            },
        )
        self.sessions = Sessions(objects)
        rules["_User"] = UserRules(self.passwords, self.sessions, AuthData(providers(options)))
        rules["_Session"] = SessionRules(self.sessions)
        rules["_Role"] = RoleRules(self.roles)
        self.services = AppServices(
            options=options,
            objects=objects,
            sessions=self.sessions,
            accounts=Accounts(self.passwords, self.sessions),
        )

    async def start(self) -> None:
        self.services.state = "starting"
        await self.storage.start()
        await self.prepare()

    async def prepare(self) -> None:
        """Readies what a started store needs before the first request."""
        await self._prepare_indexes()
        for class_name in FIRST_CLASSES:
            await self.schemas.ensure_class(await self.schemas.get(class_name))
        self.services.state = "ok"

    async def _prepare_indexes(self) -> None:
        shared = self.storage.capabilities.parse_server_layout
        await self.storage.ensure_indexes(wanted_indexes(self.services.options, shared=shared))
        await self.schemas.load()

    async def stop(self) -> None:
        await self.release()
        await self.storage.close()

    async def release(self) -> None:
        """Ends everything but the store."""
        self.services.state = "stopping"
        await self.schemas.close()
        self.passwords.close()

    async def reset(self) -> None:
        """Erases all data, the first classes too, and forgets what was cached: for tests."""
        await self.storage.erase()
        self.sessions.forget_all()
        self.roles.forget_all()
        await self._prepare_indexes()


def create_app(options: Mapping[str, object] | ServerOptions) -> ParseApp:
    """The ASGI app for `options` (parse-server's names, or options already loaded).

    Raises `OptionsError` for options that are missing or wrong. The store is opened when the
    app's lifespan begins.
    """
    loaded = options if isinstance(options, ServerOptions) else load_options(options).options
    return ParseApp(loaded)


def _schema_max_age(options: ServerOptions) -> float:
    configured = options.database_options.get("schemaCacheTtl")
    if isinstance(configured, int | float) and configured > 0:
        return min(configured / 1000, SCHEMA_MAX_AGE)
    return SCHEMA_MAX_AGE
