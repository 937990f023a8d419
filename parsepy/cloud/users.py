"""`User`, `Session`, `Role`, `Installation`: the classes of accounts in cloud code."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

import msgspec

from parsepy import errors
from parsepy.cloud import saving
from parsepy.cloud.acl import ACL
from parsepy.cloud.current import asking, current
from parsepy.cloud.objects import Object
from parsepy.cloud.relations import Relation
from parsepy.cloud.typed import Key
from parsepy.objects.context import RequestContext
from parsepy.types import JSONMapping, JSONObject


class User(Object, class_name="_User"):
    """An account. A class of the app's own may be made of it: `class Player(User): team: str`.

    Nobody is logged in on a server: a call says whose `session_token` it uses.
    """

    username: str
    password: str
    email: str
    email_verified: Annotated[bool, Key("emailVerified")]

    @property
    def session_token(self) -> str | None:
        """Of the session that the user was just given, or that the request has."""
        token = self.state.get("sessionToken")
        return token if isinstance(token, str) else None

    # -- coming and going

    async def sign_up(
        self,
        *,
        installation_id: str | None = None,
        use_master_key: bool = False,
        context: JSONObject | None = None,
    ) -> Self:
        """Creates the account; for an installation also a session (`session_token`).

        Raises 200, 201, 202, 203, 125, 142, and what triggers raise.
        """
        ctx = await asking(
            use_master_key=use_master_key, installation_id=installation_id, context=context
        )
        await saving.save(self, ctx)
        return self

    @classmethod
    async def log_in(
        cls,
        username: str,
        password: str,
        *,
        auth_data: JSONObject | None = None,
        installation_id: str | None = None,
        context: JSONObject | None = None,
    ) -> Self:
        """The user with a new session. Raises 101, 205, -1, and what triggers raise."""
        sent: JSONObject = {"username": username, "password": password}
        if auth_data is not None:
            sent["authData"] = auth_data
        ctx = await _visiting(installation_id, context)
        return cls._with(await current().accounts.log_in(ctx, sent))

    @classmethod
    async def log_in_with(
        cls, provider: str, auth_data: JSONObject, *, installation_id: str | None = None
    ) -> Self:
        """Signs up or logs in by a provider."""
        user = cls()
        user.ops["authData"] = {provider: auth_data}
        ctx = await _visiting(installation_id, None)
        await saving.save(user, ctx)
        return user

    @classmethod
    async def log_in_as(cls, user_id: str) -> Self:
        """A session for any user, by the master key. Raises 101, 162."""
        ctx = _from_installation(await asking(use_master_key=True), None)
        return cls._with(await current().accounts.log_in_as(ctx, user_id))

    @classmethod
    async def become(cls, session_token: str) -> Self:
        """The user of a session. Raises 209."""
        ctx = await asking(session_token=session_token)
        return cls._with(await current().accounts.me(ctx))

    @classmethod
    async def log_out(cls, session_token: str) -> None:
        """Ends the session. Raises 209."""
        await current().accounts.log_out(await asking(session_token=session_token))

    @classmethod
    async def verify_password(cls, username: str, password: str) -> Self:
        """The user, without a session. Raises 101."""
        sent: JSONObject = {"username": username, "password": password}
        return cls._with(await current().accounts.verify_password(await asking(), sent))

    # -- providers

    async def link_with(
        self,
        provider: str,
        auth_data: JSONObject,
        *,
        session_token: str | None = None,
        use_master_key: bool = False,
    ) -> Self:
        """Raises 208, 252, and what the provider raises."""
        self.ops["authData"] = {provider: auth_data}
        return await self.save(session_token=session_token, use_master_key=use_master_key)

    async def unlink_from(
        self, provider: str, *, session_token: str | None = None, use_master_key: bool = False
    ) -> Self:
        self.ops["authData"] = {provider: None}
        return await self.save(session_token=session_token, use_master_key=use_master_key)

    def is_linked(self, provider: str) -> bool:
        linked = self.state.get("authData")
        return isinstance(linked, dict) and bool(linked.get(provider))

    # -- mails

    @classmethod
    async def request_password_reset(cls, email: str) -> None:
        await current().password_reset.request(await asking(), email, None)

    @classmethod
    async def request_email_verification(cls, email: str) -> None:
        await current().verification.request(await asking(), email)

    @classmethod
    def _with(cls, answer: JSONObject) -> Self:
        return cls(None, str(answer["objectId"]), answer, existed=True)


class Session(Object, class_name="_Session"):
    """Whoever is logged in somewhere."""

    user: User
    installation_id: Annotated[str | None, Key("installationId")]
    created_with: Annotated[JSONMapping, Key("createdWith")]
    expires_at: Annotated[Any, Key("expiresAt")]

    @classmethod
    async def current(cls, session_token: str) -> Self:
        """The session of a token. Raises 209."""
        ctx = await asking(session_token=session_token)
        found = await current().sessions.find_by_token(session_token)
        if found is None:
            raise errors.invalid_session_token()
        session = cls(None, str(found["objectId"]))
        await saving.fetch(session, ctx, (), None)
        return session


class Role(Object, class_name="_Role"):
    """A group of users, and of roles whose members are in it too."""

    name: str

    @classmethod
    def named(cls, name: str, acl: ACL) -> Self:
        """A new role; the ACL says who may change who is in it."""
        role = cls(name=name)
        role.set_acl(acl)
        return role

    @property
    def users(self) -> Relation:
        return self.relation("users")

    @property
    def roles(self) -> Relation:
        return self.relation("roles")


class Installation(Object, class_name="_Installation"):
    """An app on a device. A new one whose ids are known changes the row that has them."""

    device_type: Annotated[str, Key("deviceType")]
    device_token: Annotated[str | None, Key("deviceToken")]
    installation_id: Annotated[str, Key("installationId")]
    channels: list[str]
    badge: int
    time_zone: Annotated[str | None, Key("timeZone")]
    locale_identifier: Annotated[str | None, Key("localeIdentifier")]
    app_identifier: Annotated[str | None, Key("appIdentifier")]
    app_name: Annotated[str | None, Key("appName")]
    app_version: Annotated[str | None, Key("appVersion")]


BUILT_IN: Final[Mapping[str, type[Object]]] = {
    "_User": User,
    "_Session": Session,
    "_Role": Role,
    "_Installation": Installation,
}
"""What objects of these classes are, unless an app has a class of its own for them."""


async def _visiting(installation_id: str | None, context: JSONObject | None) -> RequestContext:
    """A request that may get a session: with the installation that asks, or none."""
    return _from_installation(await asking(context=context), installation_id)


def _from_installation(ctx: RequestContext, installation_id: str | None) -> RequestContext:
    return msgspec.structs.replace(
        ctx, caller=msgspec.structs.replace(ctx.caller, installation_id=installation_id)
    )
