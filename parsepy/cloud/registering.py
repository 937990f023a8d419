"""The decorators of cloud code that an app loads: those of the registry that is being filled.

from parsepy import cloud

@cloud.function("hello")
async def hello(request: cloud.FunctionRequest) -> str:
    return f"Hello, {request.params['name']}!"
"""

from collections.abc import Callable
from typing import TypeVar

from parsepy.cloud import loading
from parsepy.cloud.registry import TriggerClass
from parsepy.cloud.runner import Handler
from parsepy.cloud.validators import Validator

A = TypeVar("A", bound=Callable[..., object])
F = TypeVar("F", bound=Handler)
Decorator = Callable[[F], F]
Class = TriggerClass


def function(name: str, *, validator: Validator | None = None) -> Callable[[A], A]:
    """A function that clients call by `POST /functions/<name>`.

    Parameters behind the request are taken from what the client sends, by name and type:

        @cloud.function("greet")
        async def greet(request: FunctionRequest, name: str, times: int = 1) -> str: ...
    """
    return loading.registry().function(name, validator=validator)


def job(name: str) -> Callable[[F], F]:
    """Work that `POST /jobs/<name>` starts with the master key, and that is not waited for."""
    return loading.registry().job(name)


def trigger(
    kind: str, class_name: Class, *, validator: Validator | None = None
) -> Callable[[F], F]:
    """Any trigger by parse-server's name for it."""
    return loading.registry().trigger(kind, class_name, validator=validator)


def before_save(class_name: Class, *, validator: Validator | None = None) -> Callable[[F], F]:
    """May change `request.object`, or refuse by raising."""
    return trigger("beforeSave", class_name, validator=validator)


def after_save(class_name: Class, *, validator: Validator | None = None) -> Callable[[F], F]:
    """Hears of what is stored."""
    return trigger("afterSave", class_name, validator=validator)


def before_delete(class_name: Class, *, validator: Validator | None = None) -> Callable[[F], F]:
    return trigger("beforeDelete", class_name, validator=validator)


def after_delete(class_name: Class, *, validator: Validator | None = None) -> Callable[[F], F]:
    return trigger("afterDelete", class_name, validator=validator)


def before_find(class_name: Class, *, validator: Validator | None = None) -> Callable[[F], F]:
    """May change `request.query`, give another query, or objects in its place."""
    return trigger("beforeFind", class_name, validator=validator)


def after_find(class_name: Class, *, validator: Validator | None = None) -> Callable[[F], F]:
    """May change `request.objects`, or give others."""
    return trigger("afterFind", class_name, validator=validator)


def before_login(handler: F) -> F:
    return trigger("beforeLogin", "_User")(handler)


def after_login(handler: F) -> F:
    return trigger("afterLogin", "_User")(handler)


def after_logout(handler: F) -> F:
    return trigger("afterLogout", "_Session")(handler)


def before_password_reset_request(handler: F) -> F:
    return trigger("beforePasswordResetRequest", "_User")(handler)
