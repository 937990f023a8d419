"""`Config`: the config of the app as cloud code reads and changes it."""

from collections.abc import Awaitable, Iterator, Mapping
from copy import deepcopy
from typing import Any, ClassVar, Protocol, cast, overload

from parsepy.cloud import loading, values
from parsepy.cloud.current import asking, current
from parsepy.cloud.pseudo_classes import CONFIG_CLASS
from parsepy.cloud.unsaved import save_unsaved
from parsepy.types import JSONObject


class _Fetch(Protocol):
    def __call__(
        self, *, use_master_key: bool = False, session_token: str | None = None
    ) -> "Awaitable[Config]":
        """The config as it is stored now, without what is for the master key only unless that
        one asks."""


class _Lookup(Protocol):
    def __call__(self, name: str, default: object = None, /) -> Any: ...


class _Get:
    """`Config.get()` asks the store, `config.get(name)` what it has answered: so in all SDKs."""

    @overload
    def __get__(self, config: None, owner: "type[Config]") -> _Fetch: ...

    @overload
    def __get__(self, config: "Config", owner: "type[Config]") -> _Lookup: ...

    def __get__(self, config: "Config | None", owner: "type[Config]") -> _Fetch | _Lookup:
        return _fetch if config is None else config._lookup


class Config:
    """The values as they were when they were read.

    config = await Config.get()
    if config.get("maintenance", False):
        …
    await Config.save({"limit": 10}, master_key_only={"limit": True}, use_master_key=True)
    """

    trigger_class: ClassVar[str] = CONFIG_CLASS

    __slots__ = ("_params", "master_key_only")

    get: ClassVar[_Get] = _Get()

    def __init__(self, params: JSONObject, master_key_only: JSONObject | None = None) -> None:
        """Both in the wire's form."""
        self._params = params
        self.master_key_only = {
            name: bool(closed) for name, closed in (master_key_only or {}).items()
        }

    def __repr__(self) -> str:
        # What is for the master key only is not for logs either.
        return f"<Config {sorted(self._params)}>"

    def __getitem__(self, name: str) -> Any:
        """Raises `KeyError`."""
        return values.decode(self._params[name], loading.refer)

    def __contains__(self, name: str) -> bool:
        return name in self._params

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def to_json(self) -> JSONObject:
        return deepcopy(self._params)

    @classmethod
    async def save(
        cls,
        params: Mapping[str, object],
        *,
        master_key_only: Mapping[str, bool] | None = None,
        use_master_key: bool = False,
        session_token: str | None = None,
    ) -> "Config":
        """Changes the values that are named, and gives back all of them.

        Each that is named is open to all, unless `master_key_only` says otherwise. An operation
        may stand for a value: `{"__op": "Delete"}`, `{"__op": "Increment", "amount": 1}`. For the
        master key. Raises 403, 105, 141, and what triggers raise.
        """
        ctx = await asking(use_master_key=use_master_key, session_token=session_token)
        encoded = cast("JSONObject", values.encode(params))
        await save_unsaved(encoded, ctx)
        closed: JSONObject = {name: bool(flag) for name, flag in (master_key_only or {}).items()}
        await current().config.save(ctx, encoded, closed)
        return await _fetch(use_master_key=use_master_key, session_token=session_token)

    def _lookup(self, name: str, default: object = None, /) -> Any:
        return self[name] if name in self._params else default


async def _fetch(*, use_master_key: bool = False, session_token: str | None = None) -> Config:
    ctx = await asking(use_master_key=use_master_key, session_token=session_token)
    read = await current().config.read(ctx)
    params, closed = read.get("params"), read.get("masterKeyOnly")
    return Config(
        params if isinstance(params, dict) else {}, closed if isinstance(closed, dict) else {}
    )
