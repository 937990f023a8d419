"""A batch of which all is done or nothing: its requests run one after another, and the first that
fails is the answer to the whole.

parse-server answers every such failure with 500 and code 1. That tells a client nothing, and makes
SDKs send the batch again that was refused for good reasons.
"""

from collections.abc import Sequence
from copy import deepcopy
from itertools import groupby

import msgspec

from parsepy.errors import ParseError
from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.sub_requests import SubRequest
from parsepy.objects import write
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Written
from parsepy.storage.transaction import all_or_nothing
from parsepy.types import JSONValue


async def answers_of_whole(request: Request, sub_requests: Sequence[SubRequest]) -> list[JSONValue]:
    """One success for each. Raises what the first that failed answers; nothing was done then."""

    async def attempt() -> list[JSONValue]:
        answers: list[JSONValue] = []
        for class_name, run in groupby(sub_requests, _created_class):
            answers += await _answers_of_run(request.ctx, class_name, list(run))
        return answers

    return await all_or_nothing(request.services.objects.storage, attempt)


def _created_class(sub_request: SubRequest) -> str | None:
    """The class of a create that can be stored together with others.

    Updates cannot: one may depend on what another of the same object has done.
    """
    plain = sub_request.plain_write
    return plain[1] if plain is not None and plain[0] is classes.create else None


async def _answers_of_run(
    ctx: RequestContext, class_name: str | None, run: Sequence[SubRequest]
) -> list[JSONValue]:
    """New objects of one class that follow one another are stored in one go."""
    # Bodies are changed on their way; the next attempt needs them as they came.
    bodies = [deepcopy(sub_request.request.body) for sub_request in run]
    if class_name is not None:
        outcomes = await write.create_many(ctx, class_name, bodies)
        return [{"success": _written(outcome).answer} for outcome in outcomes]
    answers: list[JSONValue] = []
    for sub_request, body in zip(run, bodies, strict=True):
        answer = await sub_request.handler(msgspec.structs.replace(sub_request.request, body=body))
        answers.append({"success": answer.value})
    return answers


def _written(outcome: Written | ParseError) -> Written:
    if isinstance(outcome, ParseError):
        raise outcome
    return outcome
