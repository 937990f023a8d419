"""`authData` in a write of a user: signing up, logging in and linking by it (section 14)."""

from collections.abc import Iterable
from typing import cast

from parsepy.auth.base import PROVIDER_NAME
from parsepy.objects.write_state import Guard, Write
from parsepy.query import tree
from parsepy.query.options import ONE
from parsepy.types import JSONObject, ParseObject
from parsepy.users.auth_data import AuthData, Given, Validated, already_used, given, policies
from parsepy.users.auth_data.given import unsupported
from parsepy.users.auth_data.requests import auth_request
from parsepy.users.auth_data.service import changes_of, lost
from parsepy.users.auth_data.validated import auth_data_of, canonical, is_echo
from parsepy.users.login_triggers import before_login
from parsepy.users.readable import readable_user
from parsepy.users.sessions import Sessions


class Identities:
    def __init__(self, auth_data: AuthData, sessions: Sessions) -> None:
        self._auth_data = auth_data
        self._sessions = sessions

    # -- creating

    async def sign_up_or_log_in(self, write: Write, sent: Given) -> None:
        """A new user with the identities, or a log-in of the one whose they are, which finishes
        the write."""
        self._auth_data.check_names(sent.names)
        ctx, acting = write.ctx, await self._acting(write)
        request = auth_request(ctx, acting, sent.proofs, write.body)
        identified = await self._auth_data.identify(request, sent, auth_data_of(acting))
        owners = await self._auth_data.owners(ctx, identified.proofs)
        if len(owners) == 1 and _may_enter(write, owners[0], acting):
            await self._log_in(write, owners[0], identified)
            return
        if owners:
            # Proven first: the answer must not tell who uses which identity.
            await self._auth_data.validate(
                ctx, request, identified.proofs, owners[0], logged_in=False
            )
            raise already_used()
        validated = await self._auth_data.validate(
            ctx, request, identified.proofs, acting, logged_in=acting is not None
        )
        if validated.refusal is not None:
            raise validated.refusal
        _take_over(write, validated)
        write.answer["authDataResponse"] = validated.response

    async def _log_in(self, write: Write, user: ParseObject, proven: Given) -> None:
        ctx, stored = write.ctx, auth_data_of(user)
        await before_login(ctx, await readable_user(ctx, user))
        request = auth_request(ctx, user, proven.proofs)
        await policies.check(self._auth_data.providers, request, proven.proofs, stored)
        itself = ctx.caller.user_id is not None or ctx.caller.is_master
        answer: JSONObject = {}
        if not (itself and _only_echoes(proven, stored)):
            validated = await self._auth_data.validate(
                ctx, request, proven.proofs, user, logged_in=itself
            )
            for name, data in proven.proofs.items():
                if is_echo(data, stored.get(name)) and validated.stored.get(name) == data:
                    del validated.stored[name]
            await self._auth_data.store(ctx, user, validated)
            await self._sessions.forget_user(str(user["objectId"]))
            answer["authDataResponse"] = validated.response
        write.finished = True
        write.object_id = str(user["objectId"])
        write.answer = await readable_user(ctx, user)
        if ctx.caller.user is None:
            await self._sessions.start(write, log_in_with(proven.names))
        write.answer |= answer

    async def _acting(self, write: Write) -> ParseObject | None:
        """The user of the session, as he is stored, where one signs up or links by POST."""
        caller = write.ctx.caller
        if caller.user_id is None:
            return None
        return await write.ctx.services.storage.get(write.schema, caller.user_id, None)

    # -- updating

    async def link(self, write: Write) -> None:
        """Puts what providers have accepted into the body of an update, in place of what was
        sent. Raises 208, 206 for another's account."""
        ctx, sent = write.ctx, given(write.body)
        if not ctx.caller.is_privileged and ctx.caller.user_id != write.object_id:
            raise ctx.services.rules_of("_User").not_writable(ctx, "update")
        self._auth_data.check_names(sent.names)
        user = await _stored(write)
        if user is None:
            raise ctx.services.rules_of("_User").not_writable(ctx, "update")
        stored = auth_data_of(user)
        request = auth_request(ctx, user, sent.proofs, write.body)
        await self._auth_data.check_unlink(request, sent.unlinked, stored)
        identified = await self._auth_data.identify(request, sent, stored)
        owners = await self._auth_data.owners(ctx, identified.proofs)
        if any(owner["objectId"] != write.object_id for owner in owners):
            await self._auth_data.validate(
                ctx, request, identified.proofs, owners[0], logged_in=False
            )
            raise already_used()
        changed = {
            name: data
            for name, data in identified.proofs.items()
            if not ("id" in data and is_echo(data, stored.get(name)))
        }
        validated = await self._auth_data.validate(ctx, request, changed, user, logged_in=True)
        if validated.refusal is not None:
            await self._auth_data.store(ctx, user, validated)
        validated.removed |= sent.unlinked
        write.guard = Guard(
            self._auth_data.lock(stored, validated.stored, validated.removed), lost()
        )
        _take_over(write, validated)
        if changed or validated.removed:
            write.answer["authDataResponse"] = validated.response

    # -- before the store

    async def set(self, write: Write) -> None:
        """The body's `authData` as changes; a trigger may have put others there. Raises 208,
        252."""
        data = write.body.get("authData")
        if not isinstance(data, dict):
            return
        if not all(PROVIDER_NAME.fullmatch(name) for name in data):
            raise unsupported()
        proofs = {name: each for name, each in data.items() if isinstance(each, dict)}
        for owner in await self._auth_data.owners(write.ctx, proofs):
            if owner["objectId"] != write.object_id:
                raise already_used()
        stored = {name: canonical(each) for name, each in proofs.items()}
        if write.creating:
            if stored:
                write.set("authData", cast("JSONObject", stored))
            return
        removed = [name for name in data if data[name] is None]
        write.changes.update(changes_of(stored, removed))

    def links(self, write: Write) -> bool:
        """Whether somebody who is logged in made a user by further proofs: he gets no session."""
        return write.ctx.caller.user is not None and "authData" in write.body

    def proven_in(self, write: Write) -> tuple[str, ...]:
        """The providers whose data a write of a user stores."""
        data = write.body.get("authData")
        return (
            tuple(name for name in data if data[name] is not None) if isinstance(data, dict) else ()
        )


def log_in_with(names: Iterable[str]) -> JSONObject:
    """What a session says of how it was made."""
    return {"action": "login", "authProvider": ",".join(names)}


def _may_enter(write: Write, owner: ParseObject, acting: ParseObject | None) -> bool:
    """Not another's account, and none that is closed (an empty ACL)."""
    if acting is not None and acting["objectId"] != owner["objectId"]:
        return False
    return owner.get("ACL") != {} or write.ctx.caller.is_privileged


def _only_echoes(proven: Given, stored: dict[str, JSONObject]) -> bool:
    return all(is_echo(data, stored.get(name)) for name, data in proven.proofs.items())


def _take_over(write: Write, validated: Validated) -> None:
    """What is stored is what triggers see."""
    written: JSONObject = {**validated.stored, **dict.fromkeys(validated.removed)}
    if written:
        write.body["authData"] = written
    else:
        write.body.pop("authData", None)


async def _stored(write: Write) -> ParseObject | None:
    where = tree.Equal(tree.Path("objectId"), write.object_id)
    rows = await write.ctx.services.storage.find(write.schema, where, ONE)
    return rows[0] if rows else None
