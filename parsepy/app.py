"""The composition root: everything one app needs is made and wired here, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from parsepy.cache import Changes
from parsepy.cloud.config import Config
from parsepy.cloud.current import CloudApp, running
from parsepy.cloud.registry import Registry
from parsepy.cloud.service import Cloud
from parsepy.cloud.task_guard import guard_tasks
from parsepy.files.acls import FileAcls
from parsepy.files.base import FileStore
from parsepy.files.downloads import Downloads
from parsepy.files.gate import Gate, is_gated
from parsepy.files.opening import open_files
from parsepy.files.removals import Removals
from parsepy.files.uploads import Uploads
from parsepy.http import paths
from parsepy.http.api import ParseApi
from parsepy.http.rate_limits import RateLimits
from parsepy.http.readiness import Check, Readiness
from parsepy.http.route_allow_list import RouteAllowList
from parsepy.http.services import AppServices
from parsepy.installations.audience_rules import AudienceRules
from parsepy.installations.rules import InstallationRules
from parsepy.logs.opening import open_logs
from parsepy.objects.context import ObjectServices
from parsepy.options.load import load_options
from parsepy.options.model import ServerOptions
from parsepy.outbound import Outbound
from parsepy.permissions.denylist import Denylist
from parsepy.permissions.file_signatures import FileSignatures
from parsepy.permissions.file_urls import FileUrls
from parsepy.pubsub.base import PubSub
from parsepy.purchases.app_store import AppStore
from parsepy.purchases.product_rules import ProductRules
from parsepy.schema.api import SchemaApi
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.base import Storage
from parsepy.storage.marks import open_marks
from parsepy.storage.opening import open_storage
from parsepy.storage.wanted_indexes import wanted_indexes
from parsepy.users.parts import AccountParts
from parsepy.users.roles import Roles
from parsepy.users.sessions import Sessions

if TYPE_CHECKING:
    from parsepy.analytics.adapter import Analytics
    from parsepy.cloud.loader import CloudCode
    from parsepy.cloud.watching import Watcher
    from parsepy.email.mailer import AppMailer
    from parsepy.livequery.parts import LiveParts
    from parsepy.security_check.service import SelfCheck

FIRST_CLASSES: Final = ("_User", "_Role")
"""Classes that every store has from the first start on, as with parse-server."""

SCHEMA_MAX_AGE: Final = 5.0
"""Seconds after which another server's schema changes are seen at the latest."""


class ParseApp(Starlette):
    """A Starlette app; requests below the mount go straight to the API, without its router."""

    def __init__(
        self,
        options: ServerOptions,
        storage: Storage | None = None,
        *,
        files: FileStore | None = None,
        registry: Registry | None = None,
    ) -> None:
        super().__init__(lifespan=self._run)
        self.registry = registry or Registry()
        """Where the app's cloud code is registered, at any time."""
        self.parts = AppParts(options, storage, files, self.registry)
        self._mount = options.mount_path
        self._api = ParseApi(self.parts.services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_api(scope):
            await self._api(scope, receive, send)
        elif scope["type"] == "websocket" and self.parts.live is not None:
            self.parts.logs.enter()
            await self.parts.live(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    @contextmanager
    def cloud_code(self) -> Iterator[None]:
        """Lets scripts and tests use the API of cloud code: `with app.cloud_code():`."""
        with running(self.parts.cloud_app):
            yield

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

    def __init__(
        self,
        options: ServerOptions,
        storage: Storage | None,
        files: FileStore | None,
        registry: Registry,
    ) -> None:
        self.code = _cloud_code(options)
        loaded = None if self.code is None else self.code.load()
        self.watcher: Watcher | None = None
        self._pubsub: PubSub | None = None
        self.changes = Changes()
        self.outbound = Outbound()
        self.logs = open_logs(options)
        self.storage: Storage = storage or open_storage(options)
        self.files: FileStore = files or open_files(options, self.storage)
        self.analytics = _analytics(options, self.storage)
        self._wire_objects(options)
        self._wire_accounts(options)
        self._wire_cloud(options, registry)
        if loaded is not None:
            registry.take_loaded(loaded)
        self.live = _live(self.objects, self.users.sessions, self.roles, self.cloud)
        if self.live is not None:
            self.cloud_app.live_figures = self.live.figures
        self.services = self._app_services(options)

    def _wire_objects(self, options: ServerOptions) -> None:
        self.schemas = SchemaRegistry(
            self.storage, max_age=_schema_max_age(options), changes=self.changes
        )
        self.roles = Roles(
            self.storage,
            self.changes,
            ttl=options.cache_ttl / 1000,
            max_size=options.cache_max_size,
        )
        self.objects = _object_services(options, self.storage, self.schemas, self.roles)
        if not is_gated(options):
            # What others serve, they serve to all.
            self.objects.file_location = self.files.location
        self.schema_api = _schema_api(self.objects)

    def _wire_accounts(self, options: ServerOptions) -> None:
        self.mailer = _mailer(options, self.storage)
        self.users = AccountParts(
            self.objects, self.roles, self.changes, self.outbound, self.mailer
        )
        self.objects.rules = {
            **self.users.rules,
            "_Installation": InstallationRules(options),
            "_Audience": AudienceRules(),
            "_Product": ProductRules(),
        }

    def _wire_cloud(self, options: ServerOptions, registry: Registry) -> None:
        self.rate_limits = RateLimits(
            options.app_id, options.rate_limit, redis_url=options.redis_url
        )
        self.cloud_app = CloudApp(
            objects=self.objects,
            schemas=self.schema_api,
            sessions=self.users.sessions,
            accounts=self.users.accounts,
            verification=self.users.verification,
            password_reset=self.users.password_reset,
            files=self.files,
            outbound=Outbound(public_only=not options.cloud_code.allow_private),
            mailer=self.mailer,
            mount_url=_own_url(options),
        )
        self.cloud = Cloud(
            registry,
            self.cloud_app,
            self.changes,
            webhook_key=options.webhook_key,
            add_limit=self.rate_limits.add,
        )
        self.objects.triggers = self.cloud
        self._wire_files(options)
        self.cloud_app.config = Config(self.objects, self.cloud)

    def _wire_files(self, options: ServerOptions) -> None:
        app, files, default = self.cloud_app, self.files, options.file_access_control
        acls = None if default is None else FileAcls(self.storage, default)
        gate = Gate(self.objects.signatures, acls)
        app.uploads = Uploads(options, files, self.objects.denylist, self.cloud, acls)
        app.downloads = Downloads(options, files, self.cloud, gate)
        app.removals = Removals(files, self.cloud, acls)

    def _app_services(self, options: ServerOptions) -> AppServices:
        return AppServices(
            options=options,
            objects=self.objects,
            schemas=self.schema_api,
            sessions=self.users.sessions,
            accounts=self.users.accounts,
            challenges=self.users.challenges,
            verification=self.users.verification,
            password_reset=self.users.password_reset,
            files=self.files,
            uploads=self.cloud_app.uploads,
            downloads=self.cloud_app.downloads,
            removals=self.cloud_app.removals,
            rate_limits=self.rate_limits,
            cloud=self.cloud,
            config=self.cloud_app.config,
            allowed_routes=_allowed_routes(options),
            self_check=_self_check(options),
            logs=self.logs,
            readiness=Readiness(self._checks(options)),
            app_store=AppStore(self.outbound),
            analytics=self.analytics,
        )

    def _checks(self, options: ServerOptions) -> dict[str, Check]:
        """What `/health/ready` looks at: something that is nowhere is asked for."""

        async def database() -> None:
            await self.storage.get(await self.schemas.get("_User"), "readiness", None)

        async def redis() -> None:
            if self._pubsub is None or not self._pubsub.hears:
                raise ConnectionError("Redis does not answer")

        checks: dict[str, Check] = {
            "database": database,
            "files": lambda: self.files.find("readiness"),
        }
        return checks if options.redis_url is None else {**checks, "redis": redis}

    async def start(self) -> None:
        self.services.state = "starting"
        self.logs.start()
        try:
            await self.storage.start()
            await self.prepare()
        except BaseException:
            self.services.state = "error"
            await self.logs.close()
            raise

    async def prepare(self) -> None:
        """Readies what a started store needs before the first request."""
        self.logs.start()
        self.cloud_app.loop = asyncio.get_running_loop()
        await self._join_others()
        for class_name in FIRST_CLASSES:
            await self.schemas.ensure_class(await self.schemas.get(class_name))
        # After the classes: their entries list the indexes.
        await self._prepare_indexes()
        await self._migrate()
        await self._settle_code()
        await self.cloud.refresh()
        await self.cloud.jobs.open()
        if self.mailer is not None:
            await self.mailer.start()
        if self.analytics is not None:
            await self.analytics.start()
        if self.live is not None:
            await self.live.start()
        if self.services.options.database_options.get("enableSchemaHooks"):
            self.schemas.follow()
        if self.watcher is not None:
            self.watcher.start()
        self.services.state = "ok"
        if self.services.self_check is not None:
            self.services.self_check.started()

    async def _settle_code(self) -> None:
        guard_tasks(asyncio.get_running_loop())
        if self.code is not None:
            with running(self.cloud_app):
                await self.code.settle(self.cloud.registry)

    async def _join_others(self) -> None:
        """From here on, changes of other processes that serve the same store are heard."""
        options = self.services.options
        self.changes.share(open_marks(options))
        if options.redis_url is None:
            return
        from parsepy.pubsub.confirmed import Confirmed
        from parsepy.pubsub.redis import RedisPubSub

        self._pubsub = RedisPubSub(options.redis_url)
        self.changes.relay = Confirmed(
            self._pubsub,
            options.app_id,
            take_in=self.changes.take_in,
            void=self.changes.void_all,
        )
        await self._pubsub.start()

    async def _migrate(self) -> None:
        defined = self.services.options.schema
        if defined:
            from parsepy.schema.definitions import read_definitions
            from parsepy.schema.migration import Migration

            definitions = read_definitions(defined)
            await Migration(definitions, self.services.schemas, self.schemas).run()

    async def _prepare_indexes(self) -> None:
        shared = self.storage.capabilities.parse_server_layout
        await self.storage.ensure_indexes(wanted_indexes(self.services.options, shared=shared))
        await self.schemas.load()

    async def stop(self) -> None:
        await self.release()
        await self.files.close()
        await self.storage.close()

    def watch_code(self, tell: Callable[[str], None]) -> None:
        """From the start on, cloud code is loaded again when its files change; `tell` gets what
        there is to say of it."""
        from parsepy.cloud.watching import Watcher

        if self.code is not None:
            self.watcher = Watcher(self.code, self.cloud.registry, tell)

    async def release(self) -> None:
        """Ends everything but the stores."""
        self.services.state = "stopping"
        if self.watcher is not None:
            await self.watcher.close()
        await self.cloud.jobs.close()
        if self.live is not None:
            await self.live.close()
        if self.analytics is not None:
            await self.analytics.close()
        await self.users.background.settled()
        await self.users.sessions.settled()
        if self.services.self_check is not None:
            await self.services.self_check.close()
        await self.services.readiness.close()
        if self._pubsub is not None:
            await self._pubsub.close()
        await self.cloud.close()
        if self.mailer is not None:
            await self.mailer.close()
        await self.cloud_app.outbound.close()
        await self.outbound.close()
        await self.rate_limits.close()
        await self.schemas.close()
        self.users.passwords.close()
        self.changes.close()
        await self.logs.close()

    async def reset(self) -> None:
        """Erases all data, the first classes too, and forgets what was cached: for tests."""
        await self.begin_anew(self.storage.erase)
        await self._prepare_indexes()

    async def begin_anew(self, erase: Callable[[], Awaitable[None]]) -> None:
        """As `reset`, where `erase` makes the store what a started one is: for tests."""
        await self.cloud.jobs.cancel_all()
        await erase()
        await self.files.erase()
        await self.users.sessions.forget_all()
        await self.roles.forget_all()
        self.rate_limits.forget()
        await self.cloud.hooks.forget()
        if self.analytics is not None:
            self.analytics.forget()
        if self.live is not None:
            self.live.forget()


def create_app(options: Mapping[str, object] | ServerOptions) -> ParseApp:
    """The ASGI app for `options` (parse-server's names, or options already loaded).

    Raises `OptionsError` for options that are missing or wrong, and for cloud code that cannot be
    loaded. The store is opened when the app's lifespan begins.
    """
    loaded = options if isinstance(options, ServerOptions) else load_options(options).options
    return ParseApp(loaded)


def _object_services(
    options: ServerOptions,
    storage: Storage,
    schemas: SchemaRegistry,
    roles: Roles,
) -> ObjectServices:
    return ObjectServices(
        options=options,
        storage=storage,
        schemas=schemas,
        denylist=Denylist(options.request_keyword_denylist),
        file_urls=_file_urls(options),
        roles=roles,
        signatures=_signatures(options),
        protected={
            class_name: {group: frozenset(fields) for group, fields in groups.items()}
            for class_name, groups in options.protected_fields.items()
        },
    )


def _cloud_code(options: ServerOptions) -> "CloudCode | None":
    if not options.cloud:
        return None
    from parsepy.cloud.loader import CloudCode

    return CloudCode(options.cloud)


def _mailer(options: ServerOptions, storage: Storage) -> "AppMailer | None":
    if options.email_adapter is None:
        return None
    # Most of it is needed with the first mail only, all of it by an app that sends some.
    from parsepy.email.opening import open_mailer

    return open_mailer(options, storage)


def _analytics(options: ServerOptions, storage: Storage) -> "Analytics | None":
    if options.analytics_adapter is None:
        return None
    from parsepy.analytics.opening import open_analytics

    return open_analytics(options.analytics_adapter, storage)


def _self_check(options: ServerOptions) -> "SelfCheck | None":
    if not options.security.enable_check:
        return None
    from parsepy.security_check.service import SelfCheck

    return SelfCheck(options)


def _live(
    objects: ObjectServices, sessions: Sessions, roles: Roles, cloud: Cloud
) -> "LiveParts | None":
    wanted = objects.options.live_query
    if not (wanted.class_names or wanted.serves):
        return None
    from parsepy.livequery.parts import LiveParts

    return LiveParts(objects, sessions, roles, cloud.live, _own_url(objects.options))


def _own_url(options: ServerOptions) -> str:
    """Under which files are addressed by code that nobody's request has called."""
    given = options.public_server_url
    return (given if isinstance(given, str) else options.server_url).rstrip("/")


def _allowed_routes(options: ServerOptions) -> RouteAllowList | None:
    listed = options.route_allow_list
    return None if listed is None else RouteAllowList(listed)


def _file_urls(options: ServerOptions) -> FileUrls | None:
    domains = options.allowed_file_url_domains
    return None if "*" in domains else FileUrls(domains)


def _signatures(options: ServerOptions) -> FileSignatures | None:
    signed = options.signed_urls
    return None if signed is None else FileSignatures(options.app_id, signed)


def _schema_api(objects: ObjectServices) -> SchemaApi:
    options = objects.options
    return SchemaApi(
        objects.schemas,
        custom_ids=options.allow_custom_object_id,
        check_index_fields=not options.database_options.get("disableIndexFieldValidation"),
        protected=objects.protected,
    )


def _schema_max_age(options: ServerOptions) -> float:
    configured = options.database_options.get("schemaCacheTtl")
    if isinstance(configured, int | float) and configured > 0:
        return min(configured / 1000, SCHEMA_MAX_AGE)
    return SCHEMA_MAX_AGE
