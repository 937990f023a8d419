"""The decorators with which cloud code is registered, typed by what their handlers get.

    @cloud.before_save(GameScore)
    async def check(request: TriggerRequest[GameScore]) -> None: ...

    @cloud.before_save("GameScore")
    async def check(request: TriggerRequest) -> None: ...

Of a class that is named by a text no checker knows what its objects are, so any request will do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, overload

from parsepy.cloud.pseudo_classes import CONNECT_CLASS
from parsepy.cloud.runner import Handler

# The server has a registry without any code too, and then needs none of what it speaks of.
if TYPE_CHECKING:
    from parsepy.cloud.app_config import Config
    from parsepy.cloud.files import File
    from parsepy.cloud.live_requests import (
        ConnectRequest,
        EventRequest,
        LiveQueryEvent,
        SubscribeRequest,
    )
    from parsepy.cloud.objects import Object
    from parsepy.cloud.requests import ConfigRequest, FileRequest, FindRequest, TriggerRequest
    from parsepy.cloud.users import Session, User
    from parsepy.cloud.validators import Validator

TriggerClass: TypeAlias = "str | type[Object] | type[File] | type[Config]"
"""What a trigger may be for: a Parse class by name or subclass, `File`, `Config`."""

LiveListener: TypeAlias = "Callable[[LiveQueryEvent], object]"

A = TypeVar("A", bound=Callable[..., object])
F = TypeVar("F", bound=Handler)
T = TypeVar("T", bound="Object")
Request = TypeVar("Request")
Result = TypeVar("Result")


class Decorator(Protocol[Request]):
    def __call__(self, handler: Callable[[Request], Result], /) -> Callable[[Request], Result]: ...


class Decorators(ABC):
    """Where they register is up to who inherits this."""

    @abstractmethod
    def add_function(
        self, name: str, handler: Callable[..., object], validator: Validator | None = None
    ) -> None: ...

    @abstractmethod
    def add_job(self, name: str, handler: Handler) -> None: ...

    @abstractmethod
    def add_trigger(
        self,
        kind: str,
        class_name: TriggerClass,
        handler: Handler,
        validator: Validator | None = None,
    ) -> None: ...

    @abstractmethod
    def add_live_listener(self, listener: LiveListener) -> None: ...

    def function(self, name: str, *, validator: Validator | None = None) -> Callable[[A], A]:
        """A function that clients call by `POST /functions/<name>`.

        Parameters behind the request are taken from what the client sends, by name and type:

            @cloud.function("greet")
            async def greet(request: FunctionRequest, name: str, times: int = 1) -> str: ...
        """

        def register(handler: A) -> A:
            self.add_function(name, handler, validator)
            return handler

        return register

    def job(self, name: str) -> Callable[[F], F]:
        """Work that `POST /jobs/<name>` starts with the master key, and that is not waited for."""

        def register(handler: F) -> F:
            self.add_job(name, handler)
            return handler

        return register

    def trigger(
        self, kind: str, class_name: TriggerClass, *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """Any trigger by parse-server's name for it."""

        def register(handler: Callable[[Any], Result]) -> Callable[[Any], Result]:
            self.add_trigger(kind, class_name, handler, validator)
            return handler

        return register

    # -- writes

    @overload
    def before_save(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[TriggerRequest[T]]: ...
    @overload
    def before_save(
        self, class_name: type[File], *, validator: Validator | None = None
    ) -> Decorator[FileRequest]: ...
    @overload
    def before_save(
        self, class_name: type[Config], *, validator: Validator | None = None
    ) -> Decorator[ConfigRequest]: ...
    @overload
    def before_save(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def before_save(
        self, class_name: TriggerClass, *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """May change `request.object`, or refuse by raising."""
        return self.trigger("beforeSave", class_name, validator=validator)

    @overload
    def after_save(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[TriggerRequest[T]]: ...
    @overload
    def after_save(
        self, class_name: type[File], *, validator: Validator | None = None
    ) -> Decorator[FileRequest]: ...
    @overload
    def after_save(
        self, class_name: type[Config], *, validator: Validator | None = None
    ) -> Decorator[ConfigRequest]: ...
    @overload
    def after_save(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def after_save(
        self, class_name: TriggerClass, *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """Hears of what is stored."""
        return self.trigger("afterSave", class_name, validator=validator)

    @overload
    def before_delete(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[TriggerRequest[T]]: ...
    @overload
    def before_delete(
        self, class_name: type[File], *, validator: Validator | None = None
    ) -> Decorator[FileRequest]: ...
    @overload
    def before_delete(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def before_delete(
        self, class_name: TriggerClass, *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """May refuse by raising."""
        return self.trigger("beforeDelete", class_name, validator=validator)

    @overload
    def after_delete(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[TriggerRequest[T]]: ...
    @overload
    def after_delete(
        self, class_name: type[File], *, validator: Validator | None = None
    ) -> Decorator[FileRequest]: ...
    @overload
    def after_delete(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def after_delete(
        self, class_name: TriggerClass, *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """Hears of what is gone."""
        return self.trigger("afterDelete", class_name, validator=validator)

    # -- reads

    @overload
    def before_find(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[FindRequest[T]]: ...
    @overload
    def before_find(
        self, class_name: type[File], *, validator: Validator | None = None
    ) -> Decorator[FileRequest]: ...
    @overload
    def before_find(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def before_find(
        self, class_name: TriggerClass, *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """May change `request.query`, give another query, or objects in its place."""
        return self.trigger("beforeFind", class_name, validator=validator)

    @overload
    def after_find(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[FindRequest[T]]: ...
    @overload
    def after_find(
        self, class_name: type[File], *, validator: Validator | None = None
    ) -> Decorator[FileRequest]: ...
    @overload
    def after_find(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def after_find(
        self, class_name: TriggerClass, *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """May change `request.objects`, or give others."""
        return self.trigger("afterFind", class_name, validator=validator)

    # -- accounts

    def before_login(
        self, handler: Callable[[TriggerRequest[User]], Result]
    ) -> Callable[[TriggerRequest[User]], Result]:
        """May refuse a log-in by raising."""
        self.add_trigger("beforeLogin", "_User", handler)
        return handler

    def after_login(
        self, handler: Callable[[TriggerRequest[User]], Result]
    ) -> Callable[[TriggerRequest[User]], Result]:
        self.add_trigger("afterLogin", "_User", handler)
        return handler

    def after_logout(
        self, handler: Callable[[TriggerRequest[Session]], Result]
    ) -> Callable[[TriggerRequest[Session]], Result]:
        self.add_trigger("afterLogout", "_Session", handler)
        return handler

    def before_password_reset_request(
        self, handler: Callable[[TriggerRequest[User]], Result]
    ) -> Callable[[TriggerRequest[User]], Result]:
        """May refuse by raising; then no mail goes out."""
        self.add_trigger("beforePasswordResetRequest", "_User", handler)
        return handler

    # -- LiveQuery

    def before_connect(
        self, handler: Callable[[ConnectRequest], Result]
    ) -> Callable[[ConnectRequest], Result]:
        """May refuse a LiveQuery connection by raising."""
        self.add_trigger("beforeConnect", CONNECT_CLASS, handler)
        return handler

    @overload
    def before_subscribe(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[SubscribeRequest[T]]: ...
    @overload
    def before_subscribe(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def before_subscribe(
        self, class_name: str | type[Object], *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """May change `request.query`, give another query, or refuse by raising."""
        return self.trigger("beforeSubscribe", class_name, validator=validator)

    @overload
    def after_live_query_event(
        self, class_name: type[T], *, validator: Validator | None = None
    ) -> Decorator[EventRequest[T]]: ...
    @overload
    def after_live_query_event(
        self, class_name: str, *, validator: Validator | None = None
    ) -> Decorator[Any]: ...
    def after_live_query_event(
        self, class_name: str | type[Object], *, validator: Validator | None = None
    ) -> Decorator[Any]:
        """Runs for every event and subscriber; may change what he is told, or keep it from him."""
        return self.trigger("afterEvent", class_name, validator=validator)

    def on_live_query_event(self, listener: LiveListener) -> LiveListener:
        """Hears of connections and subscriptions, to watch the server."""
        self.add_live_listener(listener)
        return listener
