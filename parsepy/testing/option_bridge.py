"""Options whose functions and adapters live in the test's process, as our options take them."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from parsepy.auth.base import AuthRequest, Stage
from parsepy.email.base import Letter, Message
from parsepy.testing.argument_values import members_json, user_json
from parsepy.testing.process import Lent, RemoteProcess
from parsepy.types import MISSING, JSONObject

_AUTH_HOOKS: Final = {
    "validateAuthData": "validate_auth_data",
    "validateAppId": "validate_app_id",
    "validateSetUp": "validate_set_up",
    "validateLogin": "validate_login",
    "validateUpdate": "validate_update",
    "challenge": "challenge",
    "afterFind": "after_find",
    "policy": "policy",
}
"""`validateOptions` is asked before anything can be waited for, so it cannot cross; what the suites
have in `beforeFind` is not asked by parse-server either."""

_STAGES: Final = frozenset(stage.value for stage in Stage)


def decoded_options(configuration: JSONObject, process: RemoteProcess) -> dict[str, object]:
    """Parse names → values, with Python objects where the configuration has tags."""
    options: dict[str, object] = {
        name: process.decoded(value) for name, value in configuration.items()
    }
    email_adapter = options.get("emailAdapter")
    if isinstance(email_adapter, Lent):
        options["emailAdapter"] = mail_adapter(email_adapter)
    auth = options.get("auth")
    if isinstance(auth, Mapping):
        options["auth"] = {name: auth_option(given) for name, given in auth.items()}
    return options


def auth_option(given: object) -> object:
    """An entry of `auth`: hooks stand beside its options, or in its `module`."""
    if isinstance(given, Lent):
        return _WithHooks(given)
    if isinstance(given, Mapping) and isinstance(given.get("module"), Lent):
        return {**given, "module": _Module(given["module"])}
    return given


class _WithHooks(dict[str, Any]):
    """What the test's process lent, and its hooks under Python's names too."""

    def __init__(self, lent: Lent) -> None:
        super().__init__({**lent, **_hooks(lent)})
        self._lent = lent

    def tag(self) -> JSONObject:
        return self._lent.tag()


class _Module(SimpleNamespace):
    def __init__(self, lent: Lent) -> None:
        super().__init__(**_hooks(lent))
        self._lent = lent

    def tag(self) -> JSONObject:
        return self._lent.tag()


def _hooks(lent: Lent) -> dict[str, Any]:
    return {
        python_name: _Hook(name, lent[name]) if callable(lent[name]) else lent[name]
        for name, python_name in _AUTH_HOOKS.items()
        if name in lent
    }


class _Hook:
    """A hook of a provider, which is told by which name it is asked."""

    def __init__(self, name: str, function: Any) -> None:
        self._name = name
        self._function = function

    async def __call__(self, *arguments: object) -> object:
        return await self._function(*(self._sent(one) for one in arguments))

    def _sent(self, argument: object) -> object:
        if argument is None:
            # What nobody has sent is no null there.
            return MISSING
        if isinstance(argument, AuthRequest) and self._name in _STAGES:
            return {**members_json(argument), "triggerName": self._name}
        return argument


def mail_adapter(lent: Lent) -> object:
    """The methods that the test's adapter has, and no others: what it lacks means something.

    Requests wait for it, as for adapters of parse-server.
    """
    methods: dict[str, Any] = {"queued": False}
    if "sendMail" in lent:
        methods["send_mail"] = _Sender(lent["sendMail"], _message_json)
    if "sendVerificationEmail" in lent:
        methods["send_verification_email"] = _Sender(lent["sendVerificationEmail"], _letter_json)
    if "sendPasswordResetEmail" in lent:
        methods["send_password_reset_email"] = _Sender(lent["sendPasswordResetEmail"], _letter_json)
    return SimpleNamespace(**methods)


class _Sender:
    def __init__(self, function: Any, as_json: Callable[[Any], JSONObject]) -> None:
        self._function = function
        self._as_json = as_json

    async def __call__(self, mail: Message | Letter) -> None:
        await self._function(self._as_json(mail))


def _message_json(message: Message) -> JSONObject:
    sent: JSONObject = {"to": message.to, "subject": message.subject, "text": message.text}
    return sent if message.html is None else {**sent, "html": message.html}


def _letter_json(letter: Letter) -> JSONObject:
    return {"appName": letter.app_name, "link": letter.link, "user": user_json(letter.user)}
