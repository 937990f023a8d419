"""What the log says of functions and triggers that have run (cloud-code sheet, 1.8 and 3)."""

import logging
from collections.abc import Mapping
from typing import Final, TypeGuard

import orjson

from parsepy.cloud import values
from parsepy.cloud.live_requests import ConnectRequest, SubscribeRequest
from parsepy.cloud.pseudo_classes import CONNECT_CLASS
from parsepy.cloud.requests import (
    CloudRequest,
    ConfigRequest,
    FileRequest,
    FindRequest,
    FunctionRequest,
    TriggerRequest,
)
from parsepy.errors import ParseError
from parsepy.telemetry.entries import cut
from parsepy.telemetry.levels import level_of
from parsepy.telemetry.masking import MASK, is_secret
from parsepy.types import JSONObject, JSONValue, Missing

_log = logging.getLogger(__name__)

MOST: Final = 1000
"""Characters of a value; the rest is cut off."""

MOST_KEPT: Final = 8000
"""Characters of parameters that are kept as they are beside the text."""

NO_JSON: Final = "(no JSON)"
_DEEPEST: Final = 32


class CallLog:
    """`levels` is the option `logLevels`."""

    def __init__(self, levels: Mapping[str, str]) -> None:
        self._function_ran = level_of(levels.get("cloudFunctionSuccess", "info"))
        self._function_failed = level_of(levels.get("cloudFunctionError", "error"))
        self._before_ran = level_of(levels.get("triggerBeforeSuccess", "info"))
        self._before_failed = level_of(levels.get("triggerBeforeError", "error"))
        self._after = level_of(levels.get("triggerAfter", "info"))

    def function_ran(self, request: FunctionRequest, result: JSONValue | Missing) -> None:
        if _is_written(self._function_ran):
            given = _json(request.params)
            text = (
                f"Ran cloud function {request.function_name} for user {_who(request)} with:\n"
                f"  Input: {cut(given, MOST)}\n  Result: {_shown(result)}"
            )
            _tell(self._function_ran, text, request, _of_function(request, given))

    def function_failed(self, request: FunctionRequest, error: Exception) -> None:
        if _is_written(self._function_failed):
            given = _json(request.params)
            text = (
                f"Failed running cloud function {request.function_name} for user {_who(request)}"
                f" with:\n  Input: {cut(given, MOST)}\n  Error: {_told(error)}"
            )
            meta = {**_of_function(request, given), "error": _body(error)}
            _tell(self._function_failed, text, request, meta, _cause(error))

    def trigger_ran(self, request: CloudRequest) -> None:
        name = _trigger_name(request)
        level = self._after if name.startswith("after") else self._before_ran
        if _is_written(level):
            class_name, given = _subject(request)
            text = (
                f"{name} triggered for {class_name} for user {_who(request)}:\n"
                f"  Input: {_shown(given)}"
            )
            _tell(level, text, request, _of_trigger(request, name, class_name))

    def trigger_failed(self, request: CloudRequest, error: Exception) -> None:
        name = _trigger_name(request)
        if _is_written(self._before_failed):
            class_name, given = _subject(request)
            text = (
                f"{name} failed for {class_name} for user {_who(request)}:\n"
                f"  Input: {_shown(given)}\n  Error: {_told(error)}"
            )
            meta = {**_of_trigger(request, name, class_name), "error": _body(error)}
            _tell(self._before_failed, text, request, meta, _cause(error))


def _tell(
    level: int,
    text: str,
    request: CloudRequest,
    meta: JSONObject,
    cause: BaseException | None = None,
) -> None:
    extra = {"meta": meta, "request_id": request.request_id}
    _log.log(level, "%s", text, exc_info=cause, extra=extra)


def _of_function(request: FunctionRequest, given: str) -> JSONObject:
    meta: JSONObject = {"functionName": request.function_name, **_of_user(request)}
    if len(given) <= MOST_KEPT and given != NO_JSON:
        meta["params"] = orjson.loads(given)
    return meta


def _of_trigger(request: CloudRequest, name: str, class_name: str) -> JSONObject:
    return {"className": class_name, "triggerType": name, **_of_user(request)}


def _of_user(request: CloudRequest) -> JSONObject:
    return {} if request.user is None else {"user": request.user.object_id}


def _told(error: Exception) -> str:
    return _json(_body(error))


def _body(error: Exception) -> JSONObject:
    if isinstance(error, ParseError):
        return {"message": error.message, "code": error.code}
    return {"message": str(error)}


def _trigger_name(request: CloudRequest) -> str:
    return str(getattr(request, "trigger_name", ""))


def _subject(request: CloudRequest) -> tuple[str, object]:
    """The class that a trigger is of, and what it was called with."""
    match request:
        case TriggerRequest():
            return request.object.class_name, request.object.to_json()
        case FindRequest() | SubscribeRequest():
            return request.query.class_name, request.query.to_json()
        case ConnectRequest():
            return CONNECT_CLASS, request.client
        case FileRequest():
            return request.file.trigger_class, request.file.name
        case ConfigRequest():
            # The names alone: values may be for the master key only.
            return request.object.trigger_class, sorted(request.object)
    return "", None


def _is_written(level: int | None) -> TypeGuard[int]:
    return level is not None and _log.isEnabledFor(level)


def _cause(error: Exception) -> BaseException | None:
    """What the code has raised itself, where that was no Parse error: with its traceback."""
    return error.__cause__


def _who(request: CloudRequest) -> str | None:
    return None if request.user is None else request.user.object_id


def _shown(value: object) -> str:
    return cut(_json(value), MOST)


def _json(value: object) -> str:
    try:
        return orjson.dumps(_masked(value, 0), option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError, RecursionError):
        return NO_JSON


def _masked(value: object, depth: int) -> object:
    if isinstance(value, Missing):
        return None
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            name: MASK if is_secret(str(name)) else _masked(child, depth + 1)
            for name, child in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(child, depth + 1) for child in value]
    if isinstance(value, bytes):
        return f"[Buffer: {len(value)} bytes]"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return _masked(values.encode(value), depth + 1)
