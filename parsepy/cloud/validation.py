"""Judging one call by its validator, in parse-server's order and with its messages."""

import asyncio
from collections.abc import Mapping, MutableMapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

from parsepy import errors
from parsepy.cloud.objects import Object
from parsepy.cloud.requests import CloudRequest, ConfigRequest, FunctionRequest, TriggerRequest
from parsepy.cloud.runner import Runner
from parsepy.cloud.validators import Field, Names, Validator, js_type
from parsepy.errors import Code, ParseError, ScriptFailed
from parsepy.objects.context import RequestContext
from parsepy.protocol.acl import ROLE_PREFIX
from parsepy.types import MISSING, Missing

FAILED = "Validation failed."


async def validate(
    validator: Validator, ctx: RequestContext, request: CloudRequest, runner: Runner
) -> None:
    """Raises 142, or what a validating function raises. May set defaults in the request."""
    if validator.function is not None:
        await _by_function(validator, request, runner)
    elif not request.master or validator.validate_master_key:
        await _Validation(validator, ctx, request, runner).run()


async def _by_function(validator: Validator, request: CloudRequest, runner: Runner) -> None:
    assert validator.function is not None
    try:
        await runner.call(validator.function, request, unnamed=FAILED, failed=Code.VALIDATION_ERROR)
    except ScriptFailed as error:
        raise errors.validation_failed(error.message) from error


@dataclass(slots=True)
class _Validation:
    validator: Validator
    ctx: RequestContext
    request: CloudRequest
    runner: Runner

    async def run(self) -> None:
        user = self._user()
        self._check_login(user)
        if self.validator.require_master and not self.request.master:
            raise _refused("Master key is required to complete this request.")
        await self._check_fields()
        await self._check_roles()
        await self._check_user_keys(user)

    def _user(self) -> Object | None:
        """Who signs up counts as the user."""
        if self.request.user is not None:
            return self.request.user
        subject = self._subject()
        signs_up = subject is not None and subject.class_name == "_User" and not subject.existed()
        return subject if signs_up else None

    def _subject(self) -> Object | None:
        return self.request.object if isinstance(self.request, TriggerRequest) else None

    def _check_login(self, user: Object | None) -> None:
        validator = self.validator
        needs_user = bool(
            validator.require_user
            or validator.require_any_user_roles
            or validator.require_all_user_roles
        )
        if needs_user and user is None:
            raise _refused("Please login to continue.")

    # -- parameters and fields

    async def _check_fields(self) -> None:
        params = self._params()
        fields = self.validator.fields
        if not isinstance(fields, Mapping):
            for name in fields:
                _check_given(params, name)
            return
        judged = []
        for name, wanted in fields.items():
            if isinstance(wanted, str):
                _check_given(params, wanted)
            elif self._is_to_be_judged(name, wanted, params):
                judged.append(self._check_options(wanted, name, params.get(name)))
        await _all(judged)

    def _params(self) -> MutableMapping[str, object]:
        subject = self._subject()
        if isinstance(self.request, FunctionRequest):
            return self.request.params
        if isinstance(self.request, ConfigRequest):
            return {**self.request.object.to_json()}
        return {} if subject is None else {**subject.to_json()}

    def _is_to_be_judged(
        self, name: str, wanted: Field, params: MutableMapping[str, object]
    ) -> bool:
        """Applies default, constant, required and type; whether the options are left to judge."""
        subject = self._subject()
        if wanted.default is not None and params.get(name) is None:
            # A copy: what a handler changes in it must not be there for the next request.
            params[name] = deepcopy(wanted.default)
            if subject is not None:
                subject.set(name, params[name])
        if wanted.constant and subject is not None:
            self._hold_constant(subject, name, wanted)
        if wanted.required:
            _check_given(params, name)
        value = params.get(name, MISSING)
        if isinstance(value, Missing):
            return False
        expected = wanted.type_name
        if expected is not None and js_type(value) != expected:
            raise _refused(f"Invalid type for {name}. Expected: {expected}")
        return not isinstance(wanted.options, Missing)

    def _hold_constant(self, subject: Object, name: str, wanted: Field) -> None:
        original = self.request.original if isinstance(self.request, TriggerRequest) else None
        if original is not None:
            subject.revert(name)
        elif wanted.default is not None:
            subject.set(name, deepcopy(wanted.default))

    async def _check_options(self, wanted: Field, name: str, value: object) -> None:
        options = wanted.options
        if callable(options):
            await self._ask(wanted, name, value)
            return
        allowed = options if isinstance(options, list | tuple) else [options]
        if not any(_same(value, one) for one in allowed):
            shown = ", ".join("" if one is None else str(one) for one in allowed)
            raise _refused_by(wanted, f"{FAILED} Invalid option for {name}. Expected: {shown}")

    async def _ask(self, wanted: Field, name: str, value: object) -> None:
        invalid = f"{FAILED} Invalid value for {name}."
        try:
            result = await self.runner.call(cast("Any", wanted.options), value, unnamed=invalid)
        except ParseError as error:
            raise _refused_by(wanted, error.message) from error
        if not result and result is not None and not isinstance(result, Missing):
            raise _refused_by(wanted, invalid)

    # -- the user

    async def _check_roles(self) -> None:
        any_of, all_of = (
            self.validator.require_any_user_roles,
            self.validator.require_all_user_roles,
        )
        if not any_of and not all_of:
            return
        group = await self.ctx.group()
        held = {name.removeprefix(ROLE_PREFIX) for name in group if name.startswith(ROLE_PREFIX)}
        if any_of and held.isdisjoint(await self._names(any_of)):
            raise _refused("User does not match the required roles.")
        if all_of and not held.issuperset(await self._names(all_of)):
            raise _refused("User does not match all the required roles.")

    async def _names(self, names: Names) -> list[str]:
        if callable(names):
            found = await self.runner.call(lambda _: cast("Any", names)(), None, unnamed=FAILED)
            return [str(name) for name in cast("list[str]", found)]
        return list(names)

    async def _check_user_keys(self, user: Object | None) -> None:
        keys = self.validator.require_user_keys
        if keys and user is None:
            raise errors.validation_failed("Please login to make this request.")
        if user is None:
            return
        if not isinstance(keys, Mapping):
            for name in keys:
                if user.get(name) is None:
                    raise _refused(f"Please set data for {name} on your account.")
            return
        await _all(
            [
                self._check_options(wanted, name, user.get(name))
                for name, wanted in keys.items()
                if not isinstance(wanted.options, Missing)
            ]
        )


async def _all(judged: list[Any]) -> None:
    """Together; the first that fails decides, and none is left running."""
    tasks = [asyncio.ensure_future(one) for one in judged]
    try:
        for task in asyncio.as_completed(tasks):
            await task
    finally:
        for started in tasks:
            started.cancel()


def _check_given(params: Mapping[str, object], name: str) -> None:
    if params.get(name) is None:
        raise _refused(f"Please specify data for {name}.")


def _refused(reason: str) -> ParseError:
    return errors.validation_failed(f"{FAILED} {reason}")


def _refused_by(wanted: Field, message: str) -> ParseError:
    return errors.validation_failed(wanted.error or message)


def _same(left: object, right: object) -> bool:
    """Equal as JSON values: `1` is not `true`."""
    return type(left) is type(right) and left == right if _is_switch(left, right) else left == right


def _is_switch(left: object, right: object) -> bool:
    return isinstance(left, bool) or isinstance(right, bool)
