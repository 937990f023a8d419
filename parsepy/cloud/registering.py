"""The decorators of cloud code that an app loads: those of the registry that is being filled.

from parsepy import cloud

@cloud.function("hello")
async def hello(request: cloud.FunctionRequest) -> str:
    return f"Hello, {request.params['name']}!"
"""

from collections.abc import Callable
from typing import Final

from parsepy.cloud import loading
from parsepy.cloud.decorators import Decorators, LiveListener, TriggerClass
from parsepy.cloud.runner import Handler
from parsepy.cloud.validators import Validator


class _BeingLoaded(Decorators):
    """Keeps nothing: which registry it is, is asked at each registration."""

    def add_function(
        self, name: str, handler: Callable[..., object], validator: Validator | None = None
    ) -> None:
        loading.registry().add_function(name, handler, validator)

    def add_job(self, name: str, handler: Handler) -> None:
        loading.registry().add_job(name, handler)

    def add_trigger(
        self,
        kind: str,
        class_name: TriggerClass,
        handler: Handler,
        validator: Validator | None = None,
    ) -> None:
        loading.registry().add_trigger(kind, class_name, handler, validator)

    def add_live_listener(self, listener: LiveListener) -> None:
        loading.registry().add_live_listener(listener)


_BEING_LOADED: Final = _BeingLoaded()

function = _BEING_LOADED.function
job = _BEING_LOADED.job
trigger = _BEING_LOADED.trigger
before_save = _BEING_LOADED.before_save
after_save = _BEING_LOADED.after_save
before_delete = _BEING_LOADED.before_delete
after_delete = _BEING_LOADED.after_delete
before_find = _BEING_LOADED.before_find
after_find = _BEING_LOADED.after_find
before_login = _BEING_LOADED.before_login
after_login = _BEING_LOADED.after_login
after_logout = _BEING_LOADED.after_logout
before_password_reset_request = _BEING_LOADED.before_password_reset_request
before_connect = _BEING_LOADED.before_connect
before_subscribe = _BEING_LOADED.before_subscribe
after_live_query_event = _BEING_LOADED.after_live_query_event
on_live_query_event = _BEING_LOADED.on_live_query_event
