"""What the log says of functions and triggers that have run (cloud-code sheet, 1.8 and 3)."""

import logging
from collections.abc import Mapping
from typing import Final, TypeGuard

import orjson

from parsepy.cloud import values
from parsepy.cloud.live_requests import CONNECT_CLASS, ConnectRequest, SubscribeRequest
from parsepy.cloud.requests import (
    CloudRequest,
    ConfigRequest,
    FileRequest,
    FindRequest,
    FunctionRequest,
    TriggerRequest,
)
from parsepy.telemetry.logs import level_of
from parsepy.types import JSONValue, Missing

_log = logging.getLogger(__name__)

MOST: Final = 1000
"""Characters of a value; the rest is cut off."""

MASK: Final = "********"
_SECRET: Final = frozenset(
    ("password", "sessiontoken", "masterkey", "maintenancekey", "authdata", "_hashed_password")
)
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
            _log.log(
                self._function_ran,
                "Ran cloud function %s for user %s with: Input: %s Result: %s [%s]",
                request.function_name,
                _who(request),
                _shown(request.params),
                _shown(result),
                request.request_id,
            )

    def function_failed(self, request: FunctionRequest, error: Exception) -> None:
        if _is_written(self._function_failed):
            _log.log(
                self._function_failed,
                "Failed running cloud function %s for user %s with: Input: %s Error: %s [%s]",
                request.function_name,
                _who(request),
                _shown(request.params),
                error,
                request.request_id,
                exc_info=_cause(error),
            )

    def trigger_ran(self, request: CloudRequest) -> None:
        name = _trigger_name(request)
        level = self._after if name.startswith("after") else self._before_ran
        if _is_written(level):
            class_name, given = _subject(request)
            _log.log(
                level,
                "%s triggered for %s for user %s: Input: %s [%s]",
                name,
                class_name,
                _who(request),
                _shown(given),
                request.request_id,
            )

    def trigger_failed(self, request: CloudRequest, error: Exception) -> None:
        name = _trigger_name(request)
        if _is_written(self._before_failed):
            class_name, given = _subject(request)
            _log.log(
                self._before_failed,
                "%s failed for %s for user %s: Input: %s Error: %s [%s]",
                name,
                class_name,
                _who(request),
                _shown(given),
                error,
                request.request_id,
                exc_info=_cause(error),
            )


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
    try:
        text = orjson.dumps(_masked(value, 0), option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError, RecursionError):
        return "(no JSON)"
    return text if len(text) <= MOST else f"{text[:MOST]}... (truncated)"


def _masked(value: object, depth: int) -> object:
    if isinstance(value, Missing):
        return None
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            name: MASK if str(name).lower() in _SECRET else _masked(child, depth + 1)
            for name, child in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(child, depth + 1) for child in value]
    if isinstance(value, bytes):
        return f"[Buffer: {len(value)} bytes]"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return _masked(values.encode(value), depth + 1)
