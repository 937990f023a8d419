"""`/batch`: many requests in one, each judged and answered on its own."""

import asyncio
import logging
from urllib.parse import urlsplit

import msgspec

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.http import paths
from parsepy.http.answer import Answer
from parsepy.http.failure import failure_body
from parsepy.http.rate_limits.limits import SubPath
from parsepy.http.request import Request
from parsepy.http.routers.batch_transaction import answers_of_whole
from parsepy.http.routing import Handler, Routes
from parsepy.http.sub_requests import SubRequest
from parsepy.objects import write
from parsepy.objects.write_state import Written
from parsepy.storage.updates import CONCURRENCY
from parsepy.types import JSONObject, JSONValue

_log = logging.getLogger(__name__)


async def batch(request: Request) -> Answer:
    """Raises 107 for the whole when one sub-request cannot be routed."""
    given = request.body.get("requests")
    if not isinstance(given, list):
        raise errors.invalid_json("requests must be an array")
    _check_size(request, len(given))
    sub_requests = [_read(request, item) for item in given]
    await _check_limits(request, sub_requests)
    if request.body.get("transaction") is True:
        return Answer(await answers_of_whole(request, sub_requests))
    return Answer(await _answers(request, sub_requests))


ROUTES: Routes = {("POST", 0): batch}


async def _answers(request: Request, sub_requests: list[SubRequest]) -> list[JSONValue]:
    """One answer for each, in order; creates in one class are stored in one go, so are updates."""
    answers: list[JSONValue] = [None] * len(sub_requests)
    together: dict[tuple[Handler, str], list[int]] = {}
    singles: list[int] = []
    for place, sub_request in enumerate(sub_requests):
        write_to = sub_request.plain_write
        if write_to is None:
            singles.append(place)
        else:
            together.setdefault(write_to, []).append(place)
    limit = asyncio.Semaphore(CONCURRENCY)

    async def answer_single(place: int) -> None:
        async with limit:
            answers[place] = await _answer(sub_requests[place])

    async def answer_together(class_name: str, places: list[int]) -> None:
        writes = [sub_requests[place].request for place in places]
        for place, answer in zip(places, await _write(class_name, writes), strict=True):
            answers[place] = answer

    await asyncio.gather(
        *(answer_together(class_name, places) for (_, class_name), places in together.items()),
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


async def _write(class_name: str, requests: list[Request]) -> list[JSONObject]:
    """The answers to creates in one class, or to updates in it."""
    request = requests[0]
    try:
        if request.method == "POST":
            bodies = [each.body for each in requests]
            outcomes = await write.create_many(request.ctx, class_name, bodies)
        else:
            changes = [(each.segments[2], each.body) for each in requests]
            outcomes = await write.update_many(request.ctx, class_name, changes)
    except ParseError as error:
        return [_failure(request, error)] * len(requests)
    except Exception:
        _log.exception("unexpected error in the writes of a batch")
        return [_failure(request, errors.internal_error())] * len(requests)
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
    if request.services.allowed_routes is not None:
        request.services.allowed_routes.check(
            request.ctx.caller, str(method or "GET").upper(), segments
        )
    handler = request.find_route(method, segments) if isinstance(method, str) else None
    if handler is None:
        shown = method if isinstance(method, str) else "undefined"
        raise errors.invalid_json(f"cannot route {shown} {path}")
    sub_request = msgspec.structs.replace(
        request,
        method=str(method),
        path=path,
        segments=segments,
        query={},
        body=body if body is not None else {},
        headers={},
    )
    return SubRequest(handler, sub_request)


def _below_mount(request: Request, path: str) -> str:
    """The path behind the API's prefix: the mount's, or that of a public or internal address."""
    options = request.services.options
    prefixes = [options.mount_path]
    for url in (request.ctx.mount_url, options.server_url, options.public_server_url):
        if isinstance(url, str) and url:
            prefixes.append(urlsplit(url).path.rstrip("/"))
    for prefix in prefixes:
        if path.startswith(f"{prefix}/"):
            return path[len(prefix) :]
    raise errors.invalid_json(f"cannot route batch path {path}")


async def _check_limits(request: Request, sub_requests: list[SubRequest]) -> None:
    """Each sub-request counts as a request of its own; one that is over the limit stops the
    batch before anything is done. Raises 100."""
    if request.asking is None:
        return
    places = [SubPath(sub.request.method, sub.request.segments) for sub in sub_requests]
    refusal = await request.services.rate_limits.check_batch(places, request.asking)
    if refusal is not None:
        raise ParseError(Code.CONNECTION_FAILED, refusal)


def _check_size(request: Request, size: int) -> None:
    limit = request.services.options.request_complexity.batch_request_limit
    if limit >= 0 and size > limit and not request.ctx.caller.is_privileged:
        raise errors.invalid_json(
            f"Batch request contains {size} sub-requests, which exceeds the limit of {limit}."
        )
