"""Calling a webhook: a handler like any other, whose code is somewhere else (section 6)."""

import logging
from collections.abc import Callable
from typing import Final, cast
from urllib.parse import urljoin, urlsplit

from parsepy import errors
from parsepy.cloud import values
from parsepy.cloud.app_config import CONFIG_CLASS
from parsepy.cloud.objects import Object
from parsepy.cloud.requests import (
    CloudRequest,
    ConfigRequest,
    FileRequest,
    FindRequest,
    FunctionRequest,
    TriggerRequest,
)
from parsepy.errors import ScriptFailed
from parsepy.outbound import Outbound, Response
from parsepy.outbound.client import OutboundError
from parsepy.protocol import json
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_log = logging.getLogger(__name__)

_WITHHELD: Final = frozenset(
    ("x-parse-master-key", "x-parse-maintenance-key", "authorization", "cookie")
)
"""Headers that open this server: no business of whoever runs the hook."""

_REDIRECTS: Final = (301, 302, 307, 308)

_NOT_STORED: Final = ("createdAt", "updatedAt", "className")


class Webhook:
    """Posts the request to `url` and takes the answer as what the handler gives back.

    The answer is somebody else's: it is bounded, and judged like a client's body.
    """

    def __init__(
        self, url: str, outbound: Outbound, key: str | None, *, max_redirects: int = 0
    ) -> None:
        self._url = url
        self._outbound = outbound
        self._key = key
        self._max_redirects = max_redirects

    async def __call__(self, request: CloudRequest) -> object:
        """Raises 141."""
        answer = _answer(await self._post(json.dumps(_as_json(request))))
        if isinstance(request, TriggerRequest):
            return _for_trigger(request, answer)
        return answer if isinstance(request, FunctionRequest) else None

    async def _post(self, content: bytes) -> Response:
        """Raises 141."""
        url = self._url
        for _ in range(self._max_redirects + 1):
            try:
                response = await self._outbound.post(url, content, self._headers(url))
            except OutboundError as error:
                raise errors.script_failed(f"The webhook did not answer: {error}.") from None
            target = _redirected(url, response) if self._max_redirects else None
            if target is None:
                return response
            url = target
        raise errors.script_failed("The webhook redirects too often.")

    def _headers(self, url: str) -> dict[str, str]:
        """The key is for the host that was configured, and for no other that it names."""
        headers = {"Content-Type": "application/json"}
        if self._key is None:
            _log.warning("Making outgoing webhook request without webhookKey being set!")
        elif url == self._url or _origin(url) == _origin(self._url):
            headers["X-Parse-Webhook-Key"] = self._key
        return headers


def _answer(response: Response) -> JSONValue | Missing:
    """The `success` of an answer; `MISSING` for none. Raises 141 for its `error`."""
    if not 200 <= response.status < 400:
        raise errors.script_failed(f"The webhook answered with status {response.status}.")
    try:
        value = json.loads(response.content)
    except json.InvalidJSON:
        return MISSING
    if not isinstance(value, dict):
        return MISSING
    if value.get("error"):
        raise _failure(value["error"])
    return value.get("success", MISSING)


def _redirected(url: str, response: Response) -> str | None:
    """Where the request is to be sent again, with its body. Raises 141 for what is no place."""
    location = response.headers.get("location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(url, location)
        scheme, host, _ = _origin(target)
    except ValueError:
        raise errors.script_failed("The webhook redirects to no address.") from None
    if not host or scheme not in ("http", "https"):
        raise errors.script_failed("The webhook redirects to no address.")
    if scheme == "http" and url.startswith("https:"):
        raise errors.script_failed("The webhook redirects to a connection without encryption.")
    return target


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Raises `ValueError`."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(scheme)


def _failure(error: JSONValue) -> errors.ParseError:
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        error = error["message"]
    return errors.script_failed(error) if isinstance(error, str) else ScriptFailed(error)


def _for_trigger(request: TriggerRequest, answer: JSONValue | Missing) -> object:
    if not isinstance(answer, dict):
        return None
    if request.trigger_name == "beforeSave":
        return {"object": {name: answer[name] for name in answer if name not in _NOT_STORED}}
    return answer if request.trigger_name == "afterSave" else None


def _as_json(request: CloudRequest) -> JSONObject:
    sent: JSONObject = {
        "master": request.master,
        "isReadOnly": request.is_read_only,
        "headers": {
            name: value for name, value in request.headers.items() if name not in _WITHHELD
        },
        "ip": request.ip,
        "context": cast("JSONValue", request.context),
        "log": {},
    }
    if request.user is not None:
        sent["user"] = _object_json(request.user)
    if request.installation_id is not None:
        sent["installationId"] = request.installation_id
    describe = cast("Callable[[CloudRequest], JSONObject]", _DESCRIBED[type(request)])
    return {**sent, **describe(request)}


def _function_json(request: FunctionRequest) -> JSONObject:
    return {"functionName": request.function_name, "params": values.encode(request.params)}


def _trigger_json(request: TriggerRequest) -> JSONObject:
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        "object": _object_json(request.object),
    }
    if request.original is not None:
        sent["original"] = _object_json(request.original)
    return sent


def _find_json(request: FindRequest) -> JSONObject:
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        "query": request.query.to_json(),
        "count": request.count,
        "isGet": request.is_get,
    }
    if request.trigger_name == "afterFind":
        sent["objects"] = [_object_json(one) for one in request.objects]
    return sent


def _file_json(request: FileRequest) -> JSONObject:
    return {
        "triggerName": request.trigger_name,
        "file": request.file.to_json(),
        "fileSize": request.file_size,
    }


def _config_json(request: ConfigRequest) -> JSONObject:
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        "object": {**request.object.to_json(), "className": CONFIG_CLASS},
    }
    if request.original is not None:
        sent["original"] = {**request.original.to_json(), "className": CONFIG_CLASS}
    return sent


_DESCRIBED: Final[dict[type[CloudRequest], object]] = {
    FunctionRequest: _function_json,
    TriggerRequest: _trigger_json,
    FindRequest: _find_json,
    FileRequest: _file_json,
    ConfigRequest: _config_json,
}


def _object_json(one: Object) -> JSONObject:
    return {**one.to_json(), "className": one.class_name}
