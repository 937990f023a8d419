"""`AuthData`: the providers of an app at work, each step that sign-up, log-in, link and challenge
have in common."""

import logging
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final, cast

import msgspec

from parsepy.auth.base import AuthProvider, AuthRequest, Stage, Verdict
from parsepy.errors import DuplicateValue, ParseError, script_failed
from parsepy.objects.context import RequestContext
from parsepy.protocol.operations import Changes, SetValue, Unset
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, Where
from parsepy.types import JSONObject, ParseObject
from parsepy.users.auth_data import policies
from parsepy.users.auth_data.given import Given, invalid_id, unsupported
from parsepy.users.auth_data.requests import auth_request, reading_request
from parsepy.users.auth_data.validated import (
    Validated,
    already_used,
    auth_data_of,
    canonical,
    differing,
    is_echo,
    still_as,
)
from parsepy.users.lockout import Lockout

_log = logging.getLogger(__name__)

NO_DATA: Final[JSONObject] = {}


class AuthData:
    def __init__(self, providers: Mapping[str, AuthProvider], lockout: Lockout) -> None:
        self.providers = providers
        self._lockout = lockout

    def provider(self, name: str) -> AuthProvider:
        """Raises 252."""
        provider = self.providers.get(name)
        if provider is None:
            raise unsupported()
        return provider

    def check_names(self, names: Iterable[str]) -> None:
        """Raises 252, before any query is made, for a name that nothing has."""
        for name in names:
            self.provider(name)

    async def identify(
        self, request: AuthRequest, given: Given, stored: Mapping[str, JSONObject]
    ) -> Given:
        """The proofs with the identities that they lead to. Echoes of what is `stored` lead
        nowhere new. Raises 252, 162, and what providers raise."""
        self.check_names(given.names)
        found: dict[str, JSONObject] = {}
        for name, data in given.proofs.items():
            if not is_echo(data, stored.get(name)):
                data = await self.provider(name).identify(dict(data), request)
            identity = data.get("id")
            if "id" in data and not (isinstance(identity, str) and identity):
                raise invalid_id(name)
            found[name] = data
        return msgspec.structs.replace(given, proofs=found)

    async def owners(
        self, ctx: RequestContext, proofs: Mapping[str, JSONObject]
    ) -> list[ParseObject]:
        """At most two users that one of the identities belongs to. Nothing is proven by that."""
        identities = [
            tree.Equal(tree.Path(f"authData.{name}.id"), data["id"])
            for name, data in proofs.items()
            if isinstance(data.get("id"), str)
        ]
        if not identities:
            return []
        schema = await ctx.services.schemas.get("_User")
        return await ctx.services.storage.find(
            schema, tree.Or(tuple(identities)), FindOptions(limit=2)
        )

    async def validate(
        self,
        ctx: RequestContext,
        request: AuthRequest,
        proofs: Mapping[str, JSONObject],
        user: ParseObject | None,
        *,
        logged_in: bool,
    ) -> Validated:
        """Asks every provider, in alphabetical order; the first that refuses ends it. Those
        that only add to others come last.

        `user` is the one whom the data are for, as he is stored; `logged_in`: he asks himself, or
        the master key does. Raises what providers raise, 101 where too many guesses have locked
        the account, 108.
        """
        async with self._counted(ctx, proofs, user):
            return await self._validate(request, proofs, user, logged_in=logged_in)

    def _counted(
        self, ctx: RequestContext, proofs: Mapping[str, JSONObject], user: ParseObject | None
    ) -> AbstractAsyncContextManager[None]:
        """What comes on top of another proof is short enough to be guessed, by whatever door."""
        guessable = any(
            name in proofs and self.provider(name).only_adds for name in auth_data_of(user)
        )
        if user is None or ctx.caller.is_master or not guessable:
            return nullcontext()
        return self._lockout.guess(ctx, user)

    async def _validate(
        self,
        request: AuthRequest,
        proofs: Mapping[str, JSONObject],
        user: ParseObject | None,
        *,
        logged_in: bool,
    ) -> Validated:
        has, result = auth_data_of(user), Validated()
        for name in sorted(proofs, key=lambda name: (self.provider(name).only_adds, name)):
            provider, sent = self.provider(name), proofs[name]
            stage = _stage(known=name in has, logged_in=logged_in)
            try:
                verdict = await provider.validate(stage, dict(sent), request)
            except ParseError as error:
                _log.info("%s of %s refused: %d %s", stage, name, error.code, error.message)
                raise
            if verdict.refusal is not None:
                return _refused(name, verdict)
            saved = sent if verdict.save is None else verdict.save
            if verdict.response:
                result.response[name] = verdict.response
            if verdict.remove:
                result.removed.add(name)
            elif provider.needs_id and "id" not in saved:
                raise invalid_id(name)
            elif not verdict.do_not_save:
                result.stored[name] = canonical(saved)
        return result

    async def validate_further(
        self, ctx: RequestContext, user: ParseObject, given: Given
    ) -> Validated:
        """What comes with a password: further proofs, and those that the user's policies ask for.

        Raises -1 for a missing one, 208, 252, 162, and what providers raise.
        """
        request = auth_request(ctx, user, given.proofs)
        has = auth_data_of(user)
        await policies.check(self.providers, request, given.proofs, has)
        if not given.proofs:
            return Validated()
        identified = await self.identify(request, given, {})
        await self.check_owners(ctx, request, identified.proofs, user)
        return await self.validate(ctx, request, identified.proofs, user, logged_in=False)

    async def asks_no_more(self, ctx: RequestContext, user: ParseObject) -> bool:
        """Whether a password is all that a log-in of the user takes."""
        try:
            await policies.check(
                self.providers, auth_request(ctx, user, {}), {}, auth_data_of(user)
            )
        except ParseError:
            return False
        return True

    async def check_owners(
        self,
        ctx: RequestContext,
        request: AuthRequest,
        proofs: Mapping[str, JSONObject],
        user: ParseObject,
    ) -> None:
        """Raises 208 for an identity of somebody else, once it is proven: the answer must not
        tell who uses which."""
        for owner in await self.owners(ctx, proofs):
            if owner["objectId"] != user["objectId"]:
                await self.validate(ctx, request, proofs, owner, logged_in=False)
                raise already_used()

    def lock(
        self,
        before: Mapping[str, JSONObject],
        after: Mapping[str, JSONObject],
        removed: Iterable[str] = (),
    ) -> Where:
        """The condition under which single-use values are consumed by the write of `after`, and
        by taking `removed` away."""
        conditions = [
            still_as(before[name], f"authData.{name}", data)
            for name, data in {**dict.fromkeys(removed, NO_DATA), **after}.items()
            if name in before and name in self.providers and self.provider(name).locks
        ]
        kept = tuple(each for each in conditions if each is not EVERYTHING)
        return tree.And(kept) if kept else EVERYTHING

    async def store(self, ctx: RequestContext, user: ParseObject, validated: Validated) -> bool:
        """Writes what a log-in has changed; whether there was anything.

        Raises the refusal, 141 when another log-in has used the same code meanwhile, 208.
        """
        before = auth_data_of(user)
        changed = differing(validated.stored, before)
        if changed or validated.removed:
            schema = await ctx.services.schemas.get("_User")
            named = tree.Equal(tree.Path("objectId"), user["objectId"])
            where = tree.both(named, self.lock(before, changed, validated.removed))
            try:
                stored = await ctx.services.storage.update(
                    schema, where, changes_of(changed, validated.removed)
                )
            except DuplicateValue:
                raise already_used() from None
            if stored is None:
                raise lost()
        if validated.refusal is not None:
            raise validated.refusal
        return bool(changed or validated.removed)

    async def reveal(self, ctx: RequestContext, users: list[ParseObject]) -> None:
        """Leaves of authentication data that are going to be shown what providers let be seen."""
        for user in users:
            stored = auth_data_of(user)
            shown = {name: await self._shown(ctx, name, data) for name, data in stored.items()}
            if shown != stored:
                user["authData"] = cast("JSONObject", shown)

    async def _shown(self, ctx: RequestContext, name: str, data: JSONObject) -> JSONObject:
        provider = self.providers.get(name)
        if provider is None:
            # Nobody can say what in it is a secret.
            return (
                data
                if ctx.caller.is_privileged
                else {key: data[key] for key in data if key == "id"}
            )
        if provider.reveals_as_stored:
            return data
        shown = await provider.after_find(dict(data), reading_request(ctx))
        return data if shown is None else shown

    async def check_unlink(
        self, request: AuthRequest, names: Iterable[str], stored: Mapping[str, JSONObject]
    ) -> None:
        """Raises what providers raise that do not go by a mere null."""
        if request.master:
            return
        for name in names:
            provider = self.providers.get(name)
            if provider is not None and name in stored:
                await provider.check_unlink(stored[name], request)


def changes_of(stored: Mapping[str, JSONObject], removed: Iterable[str]) -> Changes:
    """Authentication data are written one provider at a time."""
    changes: Changes = {f"authData.{name}": SetValue(data) for name, data in stored.items()}
    changes.update({f"authData.{name}": Unset() for name in removed})
    return changes


def _refused(name: str, verdict: Verdict) -> Validated:
    """What the providers before it have accepted is not stored: nothing came of it."""
    save = None if verdict.do_not_save else verdict.save
    stored = {} if save is None else {name: canonical(save)}
    return Validated(stored, refusal=verdict.refusal)


def _stage(*, known: bool, logged_in: bool) -> Stage:
    if not known:
        return Stage.SET_UP
    return Stage.UPDATE if logged_in else Stage.LOGIN


def lost() -> ParseError:
    return script_failed("Invalid auth data")
