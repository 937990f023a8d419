"""`/batch`: many requests in one, each judged and answered on its own."""

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.http import paths
from parsepy.http.answer import Answer
from parsepy.http.failure import failure_body
from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.routing import Handler, Routes
from parsepy.objects import write
from parsepy.objects.write_state import Written
from parsepy.types import JSONObject, JSONValue

_log = logging.getLogger(__name__)
CONCURRENCY: Final = 20
"""Sub-requests under way at once: enough for one group commit, not for starving others."""


@dataclass(frozen=True, slots=True)
class SubRequest:
    handler: Handler
    request: Request

    @property
    def creates_plain_object_of(self) -> str | None:
        """The class, when this is nothing but a new object of a class without own rules."""
        if self.handler is not classes.create:
            return None
        class_name = self.request.segments[1]
        return None if class_name in self.request.services.objects.rules else class_name


async def batch(request: Request) -> Answer:
    """Raises 107 for the whole when one sub-request cannot be routed."""
    given = request.body.get("requests")
    if not isinstance(given, list):
        raise errors.invalid_json("requests must be an array")
    _check_size(request, len(given))
    if request.body.get("transaction") is True:
        raise errors.not_supported_yet("a batch with transaction")
    sub_requests = [_read(request, item) for item in given]
    return Answer(await _answers(request, sub_requests))


ROUTES: Routes = {("POST", 0): batch}


async def _answers(request: Request, sub_requests: list[SubRequest]) -> list[JSONValue]:
    """One answer for each, in order; new objects of one class are stored in one go."""
    answers: list[JSONValue] = [None] * len(sub_requests)
    places_by_class: dict[str, list[int]] = {}
    singles: list[int] = []
    for place, sub_request in enumerate(sub_requests):
        class_name = sub_request.creates_plain_object_of
        if class_name is None:
            singles.append(place)
        else:
            places_by_class.setdefault(class_name, []).append(place)
    limit = asyncio.Semaphore(CONCURRENCY)

    async def answer_single(place: int) -> None:
        async with limit:
            answers[place] = await _answer(sub_requests[place])

    async def answer_creates(class_name: str, places: list[int]) -> None:
        bodies = [sub_requests[place].request.body for place in places]
        for place, answer in zip(places, await _create(request, class_name, bodies), strict=True):
            answers[place] = answer

    await asyncio.gather(
        *(answer_creates(class_name, places) for class_name, places in places_by_class.items()),
        *(answer_single(place) for place in singles),
    )
    return answers


async def _answer(sub_request: SubRequest) -> JSONObject:
    try:
        answer = await sub_request.handler(sub_request.request)
    except ParseError as error:
        return _failure(sub_request.request, error)
    except Exception:
        _log.exception("unexpected error in a sub-request of a batch")
        return _failure(sub_request.request, errors.internal_error())
    return {"success": answer.value}


async def _create(request: Request, class_name: str, bodies: list[JSONObject]) -> list[JSONObject]:
    try:
        outcomes = await write.create_many(request.ctx, class_name, bodies)
    except ParseError as error:
        return [_failure(request, error)] * len(bodies)
    except Exception:
        _log.exception("unexpected error in the creates of a batch")
        return [_failure(request, errors.internal_error())] * len(bodies)
    return [
        {"success": outcome.answer} if isinstance(outcome, Written) else _failure(request, outcome)
        for outcome in outcomes
    ]


def _failure(request: Request, error: ParseError) -> JSONObject:
    return {"error": failure_body(error, request.services.options)}


def _read(request: Request, item: JSONValue) -> SubRequest:
    path = item.get("path") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(path, str):
        raise errors.invalid_json("batch request path must be a string")
    method, body = item.get("method"), item.get("body")
    if body is not None and not isinstance(body, dict):
        raise errors.invalid_json("batch request body must be an object")
    path = _below_mount(request, path)
    segments = paths.split(path)
    if segments[:1] == ["batch"]:
        raise errors.invalid_json("nested batch requests are not allowed")
    handler = request.find_route(method, segments) if isinstance(method, str) else None
    if handler is None:
        shown = method if isinstance(method, str) else "undefined"
        raise errors.invalid_json(f"cannot route {shown} {path}")
    sub_request = replace(
        request,
        method=str(method),
        path=path,
        segments=segments,
        query={},
        body=body if body is not None else {},
    )
    return SubRequest(handler, sub_request)


def _below_mount(request: Request, path: str) -> str:
    """The path behind the API's prefix: the mount's, or that of a public or internal address."""
    options = request.services.options
    prefixes = [options.mount_path]
    for url in (request.ctx.mount_url, options.server_url, options.public_server_url):
        if url:
            prefixes.append(urlsplit(url).path.rstrip("/"))
    for prefix in prefixes:
        if path.startswith(f"{prefix}/"):
            return path[len(prefix) :]
    raise errors.invalid_json(f"cannot route batch path {path}")


def _check_size(request: Request, size: int) -> None:
    limit = request.services.options.request_complexity.batch_request_limit
    if limit >= 0 and size > limit and not request.ctx.caller.is_privileged:
        raise errors.invalid_json(
            f"Batch request contains {size} sub-requests, which exceeds the limit of {limit}."
        )
