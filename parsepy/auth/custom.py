"""Providers of an app's own: an object with some of parse-server's hooks under Python's names.

    class Badge:
        policy = "additional"

        async def validate_auth_data(self, auth_data, options, request):
            if not await badge_is_valid(auth_data["id"], auth_data["code"]):
                raise ParseError(101, "This badge does not open the door.")

    create_app({"auth": {"badge": {"module": Badge, "doors": [1, 2]}}, …})

The hooks are `validate_auth_data(auth_data, options, request)`, or instead of it all three of
`validate_set_up`, `validate_login` and `validate_update`; `validate_app_id(app_ids, auth_data,
options, request)`, asked where the options have `appIds`; `challenge(challenge_data, auth_data,
options, request)`; `after_find(auth_data, options, request)`; `before_find(auth_data, options,
request)`, which gives back the data with the identity; `validate_options(options)`, at the start;
`policy`, a text or a function of `(request, stored)`. A validation gives back nothing, or a mapping
with some of `save`, `doNotSave` and `response`. Plain functions run in threads. Instead of such an
object, `module` may be a class made from `parsepy.auth.base.AuthProvider`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from parsepy import errors
from parsepy.auth.base import (
    ACCEPTED,
    POLICIES,
    AuthProvider,
    AuthRequest,
    Policy,
    ProviderSettings,
    Stage,
    Verdict,
)
from parsepy.errors import Code, ParseError
from parsepy.options.errors import OptionsError
from parsepy.options.functions import call
from parsepy.types import JSONObject, JSONValue

HOOKS: Final = frozenset(
    "validate_auth_data validate_app_id validate_set_up validate_login validate_update challenge"
    " before_find after_find validate_options policy".split()
)
_STAGES: Final = {
    Stage.SET_UP: "validate_set_up",
    Stage.LOGIN: "validate_login",
    Stage.UPDATE: "validate_update",
}


class CustomProvider(AuthProvider):
    """`adapter` may have hooks of its own for a provider that is built in (`base`): what it lacks
    is that one's."""

    locks = True

    def __init__(
        self, settings: ProviderSettings, adapter: object, base: AuthProvider | None = None
    ) -> None:
        super().__init__(settings)
        self._adapter = adapter
        self._base = base
        self.needs_id = base is not None and base.needs_id
        policy = getattr(adapter, "policy", None)
        self.only_adds = policy == "additional" or (
            policy is None and base is not None and base.only_adds
        )
        self.challenges = self._has("challenge") or (base is not None and base.challenges)
        self.reveals_as_stored = not self._has("after_find") and (
            base is None or base.reveals_as_stored
        )

    def check_options(self) -> None:
        if not self._has("validate_options"):
            if self._base is not None:
                self._base.check_options()
            return
        try:
            self._hook("validate_options")(self.settings.options)
        except OptionsError:
            raise
        except Exception as error:
            raise OptionsError(f"Option auth.{self.settings.name}: {error}") from error

    async def identify(self, auth_data: JSONObject, request: AuthRequest) -> JSONObject:
        if self._has("before_find"):
            found = await self._asked("before_find", auth_data, self.settings.options, request)
            return cast("JSONObject", dict(found)) if isinstance(found, Mapping) else auth_data
        return auth_data if self._base is None else await self._base.identify(auth_data, request)

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        options = self.settings.options
        app_ids = options.get("appIds")
        if app_ids and self._has("validate_app_id"):
            await self._asked("validate_app_id", app_ids, auth_data, options, request)
        self._check_policy()
        if self._has("validate_auth_data"):
            return _verdict(await self._asked("validate_auth_data", auth_data, options, request))
        if all(self._has(name) for name in _STAGES.values()):
            staged = replace(request, trigger_name=stage.value)
            return _verdict(await self._asked(_STAGES[stage], auth_data, options, staged))
        if self._base is not None:
            return await self._base.validate(stage, auth_data, request)
        raise ParseError(
            Code.OTHER_CAUSE,
            "Adapter is not configured. Implement either validateAuthData or all of the following:"
            " validateSetUp, validateLogin and validateUpdate",
        )

    async def check_unlink(self, stored: JSONObject, request: AuthRequest) -> None:
        if self._base is not None:
            await self._base.check_unlink(stored, request)

    async def policy(self, request: AuthRequest, stored: JSONObject) -> Policy:
        given = getattr(self._adapter, "policy", None)
        if given is None:
            return "default" if self._base is None else await self._base.policy(request, stored)
        if callable(given):
            given = await call(given, request, stored)
        # Another text means the default, as with parse-server; validations refuse it.
        return cast("Policy", given) if given in POLICIES else "default"

    async def challenge(
        self, challenge_data: JSONValue, auth_data: JSONObject | None, request: AuthRequest
    ) -> JSONValue:
        if not self._has("challenge"):
            if self._base is None:
                return None
            return await self._base.challenge(challenge_data, auth_data, request)
        answer = await self._asked(
            "challenge", challenge_data, auth_data, self.settings.options, request
        )
        return cast("JSONValue", answer)

    async def after_find(self, auth_data: JSONObject, request: AuthRequest) -> JSONObject | None:
        if not self._has("after_find"):
            return None if self._base is None else await self._base.after_find(auth_data, request)
        shown = await self._asked("after_find", auth_data, self.settings.options, request)
        return cast("JSONObject", dict(shown)) if isinstance(shown, Mapping) and shown else None

    def _check_policy(self) -> None:
        given = getattr(self._adapter, "policy", None)
        if given is not None and not callable(given) and given not in POLICIES:
            raise ParseError(
                Code.OTHER_CAUSE,
                "AuthAdapter policy is not configured correctly. The value must be either"
                ' "solo", "additional", "default" or undefined (will be handled as "default")',
            )

    def _has(self, name: str) -> bool:
        return callable(getattr(self._adapter, name, None))

    def _hook(self, name: str) -> Callable[..., Any]:
        return cast("Callable[..., Any]", getattr(self._adapter, name))

    async def _asked(self, name: str, *arguments: object) -> object:
        """What a hook answers; whatever it raises is meant for the client, as in cloud code."""
        try:
            return await call(self._hook(name), *arguments)
        except ParseError:
            raise
        except Exception as error:
            unnamed = f"{'Challenge' if name == 'challenge' else 'Auth'} failed. Unknown error."
            raise errors.script_failed(str(error) or unnamed) from error


def _verdict(answer: object) -> Verdict:
    if not isinstance(answer, Mapping) or not answer:
        return ACCEPTED
    save = answer.get("save")
    return Verdict(
        save=cast("JSONObject", dict(save)) if isinstance(save, Mapping) else None,
        do_not_save=bool(answer.get("doNotSave")),
        response=cast("JSONValue", answer.get("response")),
    )
